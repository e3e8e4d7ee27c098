/** The outside, as the flows see it. `world/` implements it on the machine; tests implement it in memory. */
export type World = {
  readonly files: Files
  readonly processes: Processes
  readonly http: Http
  readonly clock: Clock
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Entry = { readonly name: string; readonly type: 'file' | 'directory' | 'link' | 'other' }

/** Paths are the machine's own, relative ones from the working directory. Every function rejects with WorldError for expected trouble. */
export type Files = {
  /** At most `limit` bytes (default 64 MiB); a larger file rejects with code `too-large`. */
  read(path: string, limit?: number): Promise<Uint8Array>
  /**
   * Writes beside the target and renames, so that a crash leaves the old file whole. Keeps the mode of an existing file. What comes in pieces is written one
   * piece after the other.
   */
  write(path: string, bytes: Uint8Array | Iterable<Uint8Array>): Promise<void>
  /** With all folders above it; one that is there is no trouble. */
  makeFolder(path: string): Promise<void>
  list(path: string): Promise<readonly Entry[]>
  /** The absolute path without any links in it. */
  real(path: string): Promise<string>
  /** Follows links; undefined when there is nothing. */
  stat(path: string): Promise<{ readonly type: Entry['type']; readonly size: number } | undefined>
  /** A private folder that `use` may fill; removed afterwards, also when `use` throws. */
  temporary<T>(use: (folder: string) => Promise<T>): Promise<T>
  /** For reading here and there in a file of any size. Follows links; only ordinary files. Throws WorldError at once. */
  open(path: string): OpenFile
  /** The names in a folder, sorted. Throws WorldError. */
  names(path: string): readonly string[]
  /** What is there, links not followed; undefined when there is nothing. Throws WorldError. */
  inspect(path: string): Inspected | undefined
  /**
   * A file without a name for what does not fit into memory, in our cache where that can be written: gone when it is closed, and when the process dies.
   * Throws WorldError.
   */
  scratch(): Scratch
}

/** All calls do their work at once: for local files that is many times as fast as waiting for each. They throw WorldError. */
export type OpenFile = {
  readonly size: number
  /** Names this content on this machine: device, inode, size, time of change. Another content has another. */
  readonly identity: string
  /** Fills `into` with the bytes from `offset` on, and says how many there were: fewer only at the end of the file. */
  read(offset: number, into: Uint8Array): number
  close(): void
}

export type Scratch = OpenFile & {
  append(bytes: Uint8Array): void
  /** Forgets everything. */
  truncate(): void
}

export type Inspected = {
  readonly type: Entry['type'] | 'character-device' | 'block-device' | 'fifo'
  readonly size: number
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly inode: string
  /** Of links. */
  readonly target: string
}

export type Http = {
  /**
   * One request, one answer: redirects are not followed. Rejects with WorldError when there is no answer: `not-found` (no such host, no
   * such socket), `timed-out`, `failed`.
   */
  request(request: HttpRequest): Promise<HttpResponse>
}

export type HttpRequest = {
  readonly url: string
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Of a Unix socket (or a Windows named pipe) to speak to, in place of the address's host. */
  readonly socketPath?: string
  /** PEM: certificate authorities, and the client's own certificate. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly isInsecure?: boolean }
  /** Refuse (`not-permitted`) when the host's address is loopback, link-local or of a private network. */
  readonly publicOnly?: boolean
  /**
   * Milliseconds without any byte after which it ends with `timed-out` (default 60,000). Until status and headers are there, twice as many may pass
   * altogether. How long the body takes is for whoever reads it to bound.
   */
  readonly timeout?: number
}

export type HttpResponse = {
  readonly status: number
  /** Names in small letters; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Whoever answered has a loopback, link-local or private address, or is a local socket. */
  readonly isPrivate: boolean
  /** To be read, or closed. Rejects with WorldError: `timed-out`, `failed`. */
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

export type Processes = {
  /** The path of a program on PATH, or undefined. */
  find(program: string): Promise<string | undefined>
  /**
   * Runs without a shell. Output over `limit` bytes (default 64 MiB) and runs over `timeout` milliseconds (default 60,000) reject. `env`: besides our own
   * variables.
   */
  run(
    program: string,
    args: readonly string[],
    options?: {
      readonly input?: Uint8Array
      readonly cwd?: string
      readonly timeout?: number
      readonly limit?: number
      readonly env?: Readonly<Record<string, string>>
    },
  ): Promise<{ readonly code: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }>
}

export type Clock = {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
  /** Milliseconds. */
  sleep(duration: number): Promise<void>
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
