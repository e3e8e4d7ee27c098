/** The walk over one layer: a row for every entry, and what the catalogers take out of the files that they want. */
import type { Evidence, LayerIndex, LayerProblem } from '../../../model/layer-index.ts'
import type { Scratch } from '../../../model/world.ts'
import { type Cataloger, type LayerFile, Unreadable, wholeLimit } from '../../cataloger.ts'
import { imagePath } from '../paths.ts'
import type { BodySink, SparsePart, TarEntry, TarEntryType, TarHandler } from '../tar.ts'
import { wantedFor } from './wanted.ts'

/** Bounds per layer: a real image of 40 GB and 500,000 files stays far below them. */
export type LayerLimits = {
  /** Of all files together, uncompressed. */
  readonly bytes: number
  readonly entries: number
  /** Milliseconds. */
  readonly time: number
}

export const defaultLayerLimits: LayerLimits = { bytes: 256 * 1024 ** 3, entries: 1_500_000, time: 60 * 60 * 1000 }

/** A layer goes beyond a bound. */
export class LayerTooLarge extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LayerTooLarge'
  }
}

/** Larger files wait in a scratch file rather than in memory. */
const memoryLimit = 32 * 1024 * 1024

/** Bytes in the scratch file of a layer, of which there is one at a time. */
const scratchLimit = 4 * 1024 ** 3

/** A body that can be had at once, without waiting for the archive to come by it. */
export type Body = { readonly file: LayerFile; close(): void }

export type IndexerOptions = {
  readonly catalogers: ReadonlyMap<string, Cataloger>
  readonly limits?: LayerLimits
  readonly scratch: () => Scratch
  /** When the walk ends, whatever it has found, by `now`; milliseconds. */
  readonly deadline: number
  readonly now: () => number
  /** Entries of all layers of an image that may still come. */
  readonly budget?: { entries: number }
  /** Where bodies can be read in any order: gives an entry's body. Then none is taken from the walk. */
  readonly bodyOf?: (entry: TarEntry, path: string) => Body | undefined
  /** Of a second walk: paths whose bodies are wanted for hard links that came later → those links. Nothing else is collected then. */
  readonly linked?: ReadonlyMap<string, readonly string[]>
}

/** Linux's PATH_MAX: nothing could open a file by a longer name. */
const pathLimit = 4096

const elf = 0x464c457f

export class LayerIndexer implements TarHandler {
  readonly #options: IndexerOptions
  readonly #wanted: (path: string) => readonly string[]
  readonly #elfCatalogers: readonly string[]
  readonly #anyCatalogers: readonly string[]
  readonly #limits: LayerLimits
  readonly #paths: string[] = []
  #types = ''
  readonly #sizes: number[] = []
  readonly #modes: number[] = []
  readonly #targets: Record<number, string> = {}
  readonly #owners: Record<number, string> = {}
  readonly #capabilities: Record<number, string> = {}
  readonly #opaque: number[] = []
  #evidence = new Map<string, readonly Evidence[]>()
  /** Of entries that a later one of the same name replaced: what is wanted of every layer. */
  readonly #earlier: Evidence[] = []
  readonly #problems = new Map<string, LayerProblem>()
  readonly #fileProblems = new Map<string, LayerProblem[]>()
  /** Of what is wanted of every layer: a later entry of the same name does not end them. */
  readonly #lasting = new Set<LayerProblem>()
  readonly #linked = new Map<string, string[]>()
  #size = 0
  #capture: Capture | undefined
  readonly #room = new Room()

  constructor(options: IndexerOptions) {
    this.#options = options
    this.#limits = options.limits ?? defaultLayerLimits
    this.#wanted = wantedFor(options.catalogers)
    const forContent = (kind: Cataloger['content']): readonly string[] =>
      [...options.catalogers].filter(([, { content }]) => content === kind).map(([name]) => name)
    this.#elfCatalogers = forContent('elf')
    this.#anyCatalogers = forContent('any')
  }

  /** Hard links whose bodies a cataloger wants, by the path that they lead to: a second walk has to read those. */
  get linked(): ReadonlyMap<string, readonly string[]> {
    return this.#linked
  }

  /** Throws LayerTooLarge when the time is over. */
  tick(): void {
    if (this.#options.now() > this.#options.deadline)
      throw new LayerTooLarge(`the layer takes longer than ${this.#limits.time / 1000} s`)
  }

  entry(entry: TarEntry): BodySink | undefined {
    this.tick()
    if (entry.path.length > pathLimit) {
      this.#problems.set(' path', {
        kind: 'failed',
        code: 'path-too-long',
        message: `a path has more than ${pathLimit} characters, and was left out: ${entry.path.slice(0, 60)}…`,
      })
      return undefined
    }
    const path = imagePath(entry.path)
    if (this.#options.linked) {
      const links = entry.type === 'file' ? this.#options.linked.get(path) : undefined
      return links ? this.#body(entry, links, link => this.#wanted(link)) : undefined
    }
    this.#row(entry, path)
    // The last of several entries with one name counts.
    if (this.#evidence.size > 0) this.#replace(path)
    if (this.#fileProblems.size > 0) this.#keepLasting(path)
    if (entry.type === 'hard-link') {
      if (this.#wanted(path).length > 0) {
        const target = imagePath(entry.linkTarget)
        const links = this.#linked.get(target)
        if (links) links.push(path)
        else this.#linked.set(target, [path])
      }
      return undefined
    }
    if (entry.type !== 'file' || entry.size === 0) return undefined
    const wanted = this.#wanted(path)
    const mayBeElf =
      wanted.length === 0 &&
      this.#elfCatalogers.length > 0 &&
      entry.size > 64 &&
      ((entry.mode & 0o111) !== 0 || /\.so(?:\.|$)/.test(path))
    if (this.#anyCatalogers.length > 0) {
      const all = [...wanted, ...this.#anyCatalogers]
      return this.#body(entry, [path], () => all, mayBeElf ? 'perhaps' : 'no')
    }
    if (wanted.length > 0) return this.#body(entry, [path], () => wanted)
    return mayBeElf ? this.#body(entry, [path], () => this.#elfCatalogers, 'only') : undefined
  }

  /** A folder that nobody may look into. */
  unread(path: string, reason: string): void {
    this.#problems.set(` ${path}`, {
      kind: 'failed',
      code: 'folder-unreadable',
      message: `/${path} was not looked into: ${reason}`,
    })
  }

  /** Everything that was found; `verified` and the problems of reading are for the caller to say. */
  finish(): Omit<LayerIndex, 'verified'> {
    return {
      files: {
        paths: this.#paths,
        types: this.#types,
        sizes: this.#sizes,
        modes: this.#modes,
        targets: this.#targets,
        owners: this.#owners,
        capabilities: this.#capabilities,
        opaque: this.#opaque,
      },
      evidence: [...[...this.#evidence.values()].flat(), ...this.#earlier],
      problems: [...this.#problems.values(), ...[...this.#fileProblems.values()].flat()],
      size: this.#size,
    }
  }

  /** Lets go of what a walk that ended early was collecting. */
  drop(): void {
    this.#capture?.drop()
  }

  #replace(path: string): void {
    const found = this.#evidence.get(path)
    if (!found) return
    this.#evidence.delete(path)
    for (const one of found)
      if (this.#options.catalogers.get(one.cataloger)!.everyLayer === true)
        this.#earlier.push({ ...one, earlier: this.#earlier.length + 1 })
  }

  #keepLasting(path: string): void {
    const lasting = this.#fileProblems.get(path)?.filter(problem => this.#lasting.has(problem)) ?? []
    if (lasting.length > 0) this.#fileProblems.set(path, lasting)
    else this.#fileProblems.delete(path)
  }

  #row(entry: TarEntry, path: string): void {
    const row = this.#paths.length
    if (row >= this.#limits.entries) throw new LayerTooLarge(`the layer has more than ${this.#limits.entries} entries`)
    if (this.#options.budget && --this.#options.budget.entries < 0)
      throw new LayerTooLarge('the layers of the image have too many entries')
    this.#size += entry.size
    if (this.#size > this.#limits.bytes)
      throw new LayerTooLarge(`the files of the layer have more than ${this.#limits.bytes} bytes`)
    this.#paths.push(path)
    this.#types += letters[entry.type]
    this.#sizes.push(entry.size)
    this.#modes.push(entry.mode)
    if (entry.type === 'symlink') this.#targets[row] = entry.linkTarget
    else if (entry.type === 'hard-link') this.#targets[row] = imagePath(entry.linkTarget)
    if (entry.uid !== 0 || entry.gid !== 0) this.#owners[row] = `${entry.uid}:${entry.gid}`
    if (!entry.xattrs) return
    const capability = entry.xattrs.get('security.capability')
    if (capability !== undefined) this.#capabilities[row] = Buffer.from(capability, 'latin1').toString('hex')
    for (const name of ['trusted.overlay.opaque', 'user.overlay.opaque'])
      if (entry.type === 'directory' && entry.xattrs.get(name) === 'y') this.#opaque.push(row)
  }

  #body(
    entry: TarEntry,
    paths: readonly string[],
    catalogersOf: (path: string) => readonly string[],
    /** `only`: nobody wants it unless it is a program; `perhaps`: those for programs want it too, when it is one. */
    asElf: 'no' | 'only' | 'perhaps' = 'no',
  ): BodySink | undefined {
    const onlyElf = asElf === 'only'
    const take = (file: LayerFile): void => {
      const read = (offset: number, length: number): Uint8Array => {
        this.tick()
        return file.read(offset, length)
      }
      const readInto = (offset: number, into: Uint8Array): number => {
        this.tick()
        return file.readInto!(offset, into)
      }
      for (const path of paths) {
        const names = catalogersOf(path)
        const isProgram = asElf === 'perhaps' && file.size <= largest && isElf(read(0, 4))
        this.#collect(
          { path, size: file.size, read, ...(file.readInto ? { readInto } : {}) },
          isProgram ? [...names, ...this.#elfCatalogers] : names,
        )
      }
    }
    let largest = 0
    for (const path of paths) for (const name of catalogersOf(path)) largest = Math.max(largest, this.#largest(name))
    largest = Math.min(largest, scratchLimit)
    const isTooLarge = entry.size > largest
    /** A name and a size are enough for some. */
    const refuse = (): void =>
      take({
        path: paths[0]!,
        size: entry.size,
        read() {
          throw new Unreadable(`it has ${entry.size} bytes; at most ${largest} are read`)
        },
      })
    if (isTooLarge && !onlyElf) {
      refuse()
      return undefined
    }
    if (this.#options.bodyOf) {
      const body = this.#options.bodyOf(entry, imagePath(entry.path))
      if (!body) return undefined
      try {
        if (!onlyElf || isElf(body.file.read(0, 4))) {
          if (isTooLarge) refuse()
          else take(body.file)
        }
      } finally {
        body.close()
      }
      return undefined
    }
    this.#capture = new Capture(
      entry,
      paths[0]!,
      onlyElf,
      this.#options.scratch,
      this.#room,
      take,
      isTooLarge ? refuse : undefined,
    )
    return this.#capture
  }

  #largest(cataloger: string): number {
    return this.#options.catalogers.get(cataloger)!.largest ?? wholeLimit
  }

  /** Of a file that is larger than this one reads, path and size alone. */
  #within(file: LayerFile, cataloger: string): LayerFile {
    const largest = this.#largest(cataloger)
    if (file.size <= largest) return file
    return {
      path: file.path,
      size: file.size,
      read() {
        throw new Unreadable(`it has ${file.size} bytes; at most ${largest} are read`)
      },
    }
  }

  #collect(file: LayerFile, names: readonly string[]): void {
    const found: Evidence[] = []
    const problems: LayerProblem[] = []
    for (const cataloger of names) {
      try {
        const data = this.#options.catalogers.get(cataloger)!.collect(this.#within(file, cataloger))
        this.tick()
        if (data !== undefined) found.push({ cataloger, path: file.path, data })
      } catch (error) {
        if (error instanceof LayerTooLarge) throw error
        const isEverywhere = this.#anyCatalogers.includes(cataloger)
        const reason = error instanceof Error ? error.message : String(error)
        const problem: LayerProblem = {
          kind: 'failed',
          code: 'package-file-unreadable',
          path: file.path,
          message: `/${file.path} ${isEverywhere ? `was not looked through for ${cataloger}` : `could not be read as ${cataloger} data`}: ${reason}`,
          // What is not Unreadable is a fault of ours, which hostile data brought to light.
          ...(error instanceof Unreadable ? {} : { cause: error instanceof Error ? (error.stack ?? reason) : reason }),
        }
        problems.push(problem)
        if (this.#options.catalogers.get(cataloger)!.everyLayer === true) this.#lasting.add(problem)
      }
    }
    if (found.length > 0) this.#evidence.set(file.path, found)
    if (problems.length > 0) this.#fileProblems.set(file.path, [...(this.#fileProblems.get(file.path) ?? []), ...problems])
  }
}

const letters: Readonly<Record<TarEntryType, string>> = {
  file: 'f',
  'hard-link': 'h',
  symlink: 'l',
  directory: 'd',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
  other: 'o',
}

const isElf = (head: Uint8Array): boolean =>
  head.length >= 4 && (head[0]! | (head[1]! << 8) | (head[2]! << 16) | (head[3]! << 24)) === elf

/** Memory for one body at a time, used again for the next: bodies are only lent to catalogers. */
class Room {
  #bytes: Uint8Array = new Uint8Array(0)

  take(size: number): Uint8Array {
    // The size is only claimed, and bounded: filling it with zeros first would cost as much as inflating does.
    if (this.#bytes.length < size)
      this.#bytes = Buffer.allocUnsafeSlow(Math.min(memoryLimit, Math.max(size, 2 * this.#bytes.length)))
    return this.#bytes
  }
}

/** Collects one body as it comes by: lent when it comes in one piece, in memory up to a limit, then in a scratch file. */
class Capture implements BodySink {
  readonly #entry: TarEntry
  readonly #path: string
  readonly #take: (file: LayerFile) => void
  readonly #makeScratch: () => Scratch
  readonly #room: Room
  readonly #refuse: (() => void) | undefined
  #checkElf: boolean
  #held: Uint8Array | undefined
  #filled = 0
  #scratch: Scratch | undefined
  #isDone = false

  constructor(
    entry: TarEntry,
    path: string,
    onlyElf: boolean,
    scratch: () => Scratch,
    room: Room,
    take: (file: LayerFile) => void,
    refuse: (() => void) | undefined,
  ) {
    this.#room = room
    this.#refuse = refuse
    this.#entry = entry
    this.#path = path
    this.#checkElf = onlyElf
    this.#makeScratch = scratch
    this.#take = take
  }

  write(bytes: Uint8Array): boolean {
    if (this.#checkElf && this.#filled === 0 && bytes.length >= 4) {
      if (!isElf(bytes)) return false
      this.#checkElf = false
    }
    if (this.#refuse && !this.#checkElf) {
      this.#isDone = true
      this.#refuse()
      return false
    }
    const { stored } = this.#entry
    if (this.#filled === 0 && bytes.length === stored) {
      this.#filled = stored
      this.#finish(bytes)
      return true
    }
    if (this.#scratch) this.#scratch.append(bytes)
    else if (stored > memoryLimit) {
      this.#scratch = this.#makeScratch()
      this.#scratch.append(bytes)
    } else {
      this.#held ??= this.#room.take(stored)
      if (this.#filled + bytes.length > stored) throw new RangeError('more bytes than the entry has')
      this.#held.set(bytes, this.#filled)
    }
    this.#filled += bytes.length
    return true
  }

  end(): void {
    if (this.#isDone) return
    if (this.#scratch) {
      const scratch = this.#scratch
      try {
        this.#give(readScratch(scratch), scratch.size)
      } finally {
        scratch.close()
      }
    } else this.#finish((this.#held ?? new Uint8Array(0)).subarray(0, this.#filled))
  }

  /** To be called when the walk ends in the middle of the body. */
  drop(): void {
    this.#scratch?.close()
  }

  #finish(bytes: Uint8Array): void {
    this.#isDone = true
    if (this.#checkElf && !isElf(bytes)) return
    this.#give((offset, length) => bytes.subarray(offset, offset + length), bytes.length)
  }

  #give(read: LayerFile['read'], size: number): void {
    const { sparse } = this.#entry
    this.#take(
      sparse
        ? { path: this.#path, size: this.#entry.size, read: readSparse(read, sparse, this.#entry.size) }
        : { path: this.#path, size, read },
    )
  }
}

const readScratch =
  (scratch: Scratch): LayerFile['read'] =>
  (offset, length) => {
    const into = new Uint8Array(Math.max(0, Math.min(length, scratch.size - offset)))
    return into.subarray(0, scratch.read(offset, into))
  }

/** The stored bytes of a sparse file → the file: what lies between the parts is zero. */
export const readSparse =
  (stored: LayerFile['read'], parts: readonly SparsePart[], size: number): LayerFile['read'] =>
  (offset, length) => {
    const end = Math.min(size, offset + length)
    const whole = new Uint8Array(Math.max(0, end - offset))
    let at = 0
    for (const part of parts) {
      const from = Math.max(offset, part.offset)
      const to = Math.min(end, part.offset + part.length)
      if (from < to) whole.set(stored(at + from - part.offset, to - from), from - offset)
      at += part.length
    }
    return whole
  }
