/** What one walk over a layer leaves behind: plain data, for the cache and for threads. */
import type { Digest, Problem } from './finding.ts'

export type LayerIndex = {
  /** Computed over all bytes that were read; undefined where bytes were skipped. Only such an index is ever shared between images. */
  readonly verified: Digest | undefined
  /** sha256 (or what was asked for) of the uncompressed archive, where all of it was hashed: what a claimed diffID must be. */
  readonly diffId?: Digest
  readonly files: FileTable
  readonly evidence: readonly Evidence[]
  readonly problems: readonly LayerProblem[]
  /** Bytes of all files together, as a reader of them sees them. */
  readonly size: number
}

/** All entries of a layer in the archive's order, one list per column: a tenth of the memory of an object for each. */
export type FileTable = {
  /** Without a slash in front; '' is the root. Whiteouts are among them as they are written. */
  readonly paths: readonly string[]
  /** One letter each: f(ile), h(ard link), l(ink), d(irectory), c(haracter), b(lock), p(ipe), o(ther). */
  readonly types: string
  readonly sizes: readonly number[]
  /** Permission bits. */
  readonly modes: readonly number[]
  /** Rows that are links → where they lead; hard links name a path of this layer. */
  readonly targets: Readonly<Record<number, string>>
  /** Rows whose owner is not root → `uid:gid`. */
  readonly owners: Readonly<Record<number, string>>
  /** Rows with `security.capability` → its value in hexadecimal digits; rows of opaque directories → ''. */
  readonly capabilities: Readonly<Record<number, string>>
  /** Rows of directories that hide what lower layers have in them, where no whiteout file says so. */
  readonly opaque: readonly number[]
}

/** What a cataloger took out of one file. */
export type Evidence = {
  readonly cataloger: string
  readonly path: string
  readonly data: unknown
  /** Where links in the finished image lead from `path`: the file that was read. */
  readonly real?: string
  /** From 1, where the layer has further entries of that name behind it: no file system shows it, and whoever reads the layer has it. */
  readonly earlier?: number
}

/** `path`: the file that it is about, whose fate in the image is its own: what a later layer deleted or replaced troubles nobody. */
export type LayerProblem = Problem & { readonly path?: string; readonly real?: string }
