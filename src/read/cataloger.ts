/** What finds packages in an image: one file each in `catalogers/`. */
import type { Location, Problem } from '../model/finding.ts'
import type { Distro, Package } from '../model/package.ts'

export type Cataloger<Data = unknown> = {
  /** One more with every change of what `collect` gives: what older versions cached is read again. */
  readonly revision: number
  /** Globs over paths without a slash in front: `*` within a name, `**` across folders, `{a,b}`. Case counts. */
  readonly files: readonly string[]
  /** `elf`: also programs and shared libraries, whatever they are called; `any`: every file. */
  readonly content?: 'elf' | 'any'
  /** Also what was collected in files that later layers deleted or replaced is wanted: it is in `everywhere` of the inventory. */
  readonly everyLayer?: true
  /** Bytes of the largest file that `collect` reads from (default: what `wholeFile` accepts). Of larger ones it learns path and size alone. */
  readonly largest?: number
  /**
   * Looks at one file and takes out what `assemble` will need: plain data, small. Undefined: the file is none of ours. Throws Unreadable when it
   * looks like ours and is broken. The file's bytes are only lent.
   */
  collect(file: LayerFile): Data | undefined
  /** Packages from what was collected in the files that the finished image has. */
  assemble(found: readonly Found<Data>[], image: ImageView): Iterable<Package | Problem>
}

/** One file of a layer while the layer is walked. */
export type LayerFile = {
  /** Without a slash in front. */
  readonly path: string
  readonly size: number
  /** At most `length` bytes from `offset` on; fewer only at the end of the file. Only lent: valid until the next call. */
  read(offset: number, length: number): Uint8Array
  /** The same into memory of the caller's, where nothing has the bytes in memory already; gives how many there were. */
  readInto?(offset: number, into: Uint8Array): number
}

export type Found<Data> = {
  readonly path: string
  readonly at: Extract<Location, { in: 'layer' | 'file' }>
  readonly data: Data
  /** What was collected from the same path in lower layers, which this layer replaced: the next lower one first. */
  readonly earlier: readonly { readonly at: Found<Data>['at']; readonly data: Data }[]
}

/**
 * Where something came in that stands in a file that many layers write, such as a package database: the lowest layer from which on every
 * version of the file has it.
 */
export const cameIn = <Data>(found: Found<Data>, has: (data: Data) => boolean): Found<Data>['at'] => {
  let { at } = found
  for (const one of found.earlier) {
    if (!has(one.data)) break
    at = one.at
  }
  return at
}

/** The finished image: what a container would see. Paths without a slash in front. */
export type ImageView = {
  readonly distro: Distro | undefined
  /** The kind of entry at a path after all links, or undefined when there is none. */
  typeOf(path: string): 'file' | 'directory' | 'other' | undefined
  /** The path without links, as if the image's root were `/`; undefined when nothing is there. */
  real(path: string): string | undefined
  /** The layer that gave the file at this path its present content. */
  locate(path: string): Extract<Location, { in: 'layer' | 'file' }> | undefined
}

/** A file that looks like something that a cataloger knows, and is broken. The message has no full stop and does not name the file. */
export class Unreadable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Unreadable'
  }
}

/** Of catalogers that read here and there in a file. */
export const anySize = Number.MAX_SAFE_INTEGER

/** Bytes of one's own, from the beginning of their own buffer: what `read` lends may be a Buffer, whose `slice` copies nothing. */
export const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** Databases of packages are larger than anything else that is read whole: dpkg's of a full desktop has 10 MB. */
export const wholeLimit = 64 * 1024 * 1024

/** All bytes of a file. Throws Unreadable when there are more than `limit`. */
export const wholeFile = (file: LayerFile, limit = wholeLimit): Uint8Array => {
  if (file.size > limit) throw new Unreadable(`it has ${file.size} bytes; at most ${limit} are read`)
  return file.read(0, file.size)
}

/** The file as text: UTF-8, where broken units are replaced. Throws Unreadable when it has more than `limit` bytes (default 32 MiB). */
export const wholeText = (file: LayerFile, limit = 32 * 1024 * 1024): string => new TextDecoder().decode(wholeFile(file, limit))

/** The file as JSON. Throws Unreadable. */
export const wholeJson = (file: LayerFile, limit?: number): unknown => {
  const text = wholeText(file, limit)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Unreadable('it is no JSON', error)
  }
}
