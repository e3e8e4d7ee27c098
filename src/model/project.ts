/** What a build context says of the program in it. Plain data; all paths are relative to the context, with `/`. */
import type { Problem } from './finding.ts'

export const stackNames = ['node', 'python', 'go', 'java', 'rust', 'dotnet', 'php', 'ruby', 'static'] as const
export type StackName = (typeof stackNames)[number]

/** A fact, and the file that states it. */
export type Stated<T> = { readonly value: T; readonly by: string }

export type Project = {
  /** The one that the top folder holds first. */
  readonly stacks: readonly Stack[]
  /** Every file that the builder sees: what .dockerignore keeps out is not among them. Sorted. */
  readonly files: ReadonlySet<string>
  /** Folders that the builder sees, and that are not looked into: `node_modules`, `.git`. Sorted. */
  readonly closed: readonly string[]
  /** Small text files that some transformation wants to look into or change (server configurations, entry points): path → text. */
  readonly texts: ReadonlyMap<string, string>
  /** There are more files than were looked at. */
  readonly isCut: boolean
  readonly problems: readonly Problem[]
}

/** One program with its package manager. */
export type Stack = {
  readonly name: StackName
  /** '' for the top of the context. */
  readonly folder: string
  /** npm, yarn, pnpm, bun; pip, poetry, uv, pipenv; go; maven, gradle; cargo; dotnet; composer; bundler. */
  readonly manager: string | undefined
  /** As far as it is stated: `9.1.0` out of `packageManager`; `1` or `>=2` by the format of yarn.lock. */
  readonly managerVersion: Stated<string> | undefined
  readonly lockFile: string | undefined
  /** All that installing the dependencies reads: manifests, lock file, the manager's configuration, patches, workspaces’ manifests. */
  readonly manifests: readonly string[]
  /** Of the language, as written: `>=20`, `3.11`, `1.22`, `17`. */
  readonly version: Stated<string> | undefined
  /** Names of what is needed at run time, and of what only building or testing needs. */
  readonly dependencies: ReadonlySet<string>
  readonly devDependencies: ReadonlySet<string>
  /** The command that builds it, as a shell line: `npm run build`. Undefined: nothing is built. */
  readonly build: Stated<string> | undefined
  /** What building leaves: a folder (`dist`), a jar, a binary. */
  readonly output: Stated<string> | undefined
  /** What starts it, as words. */
  readonly start: Stated<readonly string[]> | undefined
  /** Evidence of machine code that is compiled, or that only a glibc or only a musl can load. */
  readonly native: readonly Native[]
  /** Folders and files that it writes while it runs, as far as can be known: absolute, or relative to the program’s folder. */
  readonly writes: readonly Stated<string>[]
  /** TCP ports that it listens on, as far as its files state them. */
  readonly ports: readonly Stated<number>[]
  /** Paths that look like an answer to “are you well?”: `/health`. */
  readonly healthPaths: readonly Stated<string>[]
  /** Programs outside the language that it starts: `ffmpeg`, `git`. As far as can be known. */
  readonly programs: readonly Stated<string>[]
  /** It loads time zones by name, and does not bring them along itself. */
  readonly timeZones: Stated<true> | undefined
}

export type Native = {
  readonly name: string
  readonly by: string
  readonly why: string
  /** Nothing but this C library can load it. */
  readonly libc?: 'glibc' | 'musl'
  /** Only what builds or tests the program needs it. */
  readonly isDev?: true
}
