/** The outside, as the flows see it. `world/` implements it on the machine; tests implement it in memory. */
export type World = {
  readonly files: Files
  readonly processes: Processes
  readonly clock: Clock
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Entry = { readonly name: string; readonly type: 'file' | 'directory' | 'link' | 'other' }

/** Paths are the machine's own, relative ones from the working directory. Every function rejects with WorldError for expected trouble. */
export type Files = {
  /** At most `limit` bytes (default 64 MiB); a larger file rejects with code `too-large`. */
  read(path: string, limit?: number): Promise<Uint8Array>
  /** Writes beside the target and renames, so that a crash leaves the old file whole. Keeps the mode of an existing file. */
  write(path: string, bytes: Uint8Array): Promise<void>
  list(path: string): Promise<readonly Entry[]>
  /** The absolute path without any links in it. */
  real(path: string): Promise<string>
  /** Follows links; undefined when there is nothing. */
  stat(path: string): Promise<{ readonly type: Entry['type']; readonly size: number } | undefined>
  /** A private folder that `use` may fill; removed afterwards, also when `use` throws. */
  temporary<T>(use: (folder: string) => Promise<T>): Promise<T>
}

export type Processes = {
  /** The path of a program on PATH, or undefined. */
  find(program: string): Promise<string | undefined>
  /** Runs without a shell. Output over `limit` bytes (default 64 MiB) and runs over `timeout` milliseconds (default 60,000) reject. */
  run(
    program: string,
    args: readonly string[],
    options?: { readonly input?: Uint8Array; readonly cwd?: string; readonly timeout?: number; readonly limit?: number },
  ): Promise<{ readonly code: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }>
}

export type Clock = {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

/** Expected trouble with the outside. */
export class WorldError extends Error {
  readonly code: 'not-found' | 'not-permitted' | 'not-a-file' | 'not-a-directory' | 'too-large' | 'timed-out' | 'failed'
  constructor(code: WorldError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'WorldError'
    this.code = code
  }
}
