/**
 * A pack of a Git repository, in one run over its entries and a second one over those that others are changes of:
 * https://git-scm.com/docs/gitformat-pack. Entries do not say how long they are stored, so each has to be unpacked to find the next.
 */
import { type LayerFile, Unreadable } from '../cataloger.ts'
import { applyDelta, deltaSizes, insertedBy } from './delta.ts'
import { inflateAt, LargeStream, wholeObject } from './inflate.ts'
import { bodyOf, type GitHash, type GitObject, type GitType, idLength, objectId } from './object.ts'

export type PackLimits = {
  readonly entries: number
  /** Bytes that all entries may unpack to. */
  readonly unpacked: number
  /** Bytes of all objects that are put together from others. */
  readonly resolved: number
  /** Bytes of bases that are held at a time. */
  readonly held: number
  /** Git writes chains of 50, by --aggressive of 250 in former years, and 4095 at most: https://git-scm.com/docs/git-pack-objects */
  readonly depth: number
}

export const packLimits: PackLimits = {
  entries: 2_000_000,
  unpacked: 16 * 1024 ** 3,
  resolved: 4 * 1024 ** 3,
  held: 64 * 1024 * 1024,
  depth: 4095,
}

export type PackVisitor = {
  /** A commit, a blob or a tag. */
  object(object: GitObject): void
  /** What a change brings by itself, where the object cannot be put together. `offset`: of the entry. */
  inserted(bytes: Uint8Array, offset: number): void
  /** Asked when all other objects have come by. */
  wantsTrees(): boolean
  tree(id: string, bytes: Uint8Array): void
}

export type PackReport = {
  /** Why the entries behind a place could not be read; undefined: all were. */
  readonly broken: string | undefined
  /** Entries that could not be read. */
  readonly unread: number
  /** Of how many objects only what a change brings by itself was read. */
  readonly partly: number
}

const types: Readonly<Record<number, GitType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' }
const codes: Readonly<Record<GitType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }
const offsetDelta = 6
const referenceDelta = 7
const headerSize = 12
/** Of an entry: sizes and distances have 10 bytes at most, an id 32. */
const entryHeader = 64

type Read = LayerFile['read']

/** Broken packs give what could be read of them. Throws Unreadable when the file cannot be read at all. */
export const readPack = (file: LayerFile, hash: GitHash, visitor: PackVisitor, limits = packLimits): PackReport => {
  const head = Buffer.from(file.read(0, headerSize))
  if (head.length < headerSize || head.toString('latin1', 0, 4) !== 'PACK')
    return { broken: 'it has no header of a pack', unread: 0, partly: 0 }
  const version = head.readUInt32BE(4)
  if (version !== 2 && version !== 3) return { broken: `it is a pack of version ${version}`, unread: 0, partly: 0 }
  const pack = new Pack(file, hash, visitor, limits)
  const broken = pack.index(head.readUInt32BE(8))
  pack.resolve()
  return { broken, ...pack.counts }
}

type Frame = { readonly bytes: Uint8Array; readonly children: readonly number[]; next: number; readonly depth: number }

class Pack {
  readonly #file: LayerFile
  readonly #hash: GitHash
  readonly #visitor: PackVisitor
  readonly #limits: PackLimits
  readonly #offsets = new Numbers(Float64Array)
  readonly #dataAt = new Numbers(Float64Array)
  readonly #sizes = new Numbers(Float64Array)
  /** As they are stored. */
  readonly #codes = new Numbers(Uint8Array)
  /** What they are in the end; 0: not known. */
  readonly #types = new Numbers(Uint8Array)
  readonly #isDone = new Numbers(Uint8Array)
  readonly #firstChild = new Numbers(Int32Array)
  readonly #nextChild = new Numbers(Int32Array)
  /** Changes whose base is named by its id, until it has come by. */
  readonly #waiting = new Map<string, number[]>()
  #end = 0
  #resolved = 0
  #unread = 0
  #partly = 0

  constructor(file: LayerFile, hash: GitHash, visitor: PackVisitor, limits: PackLimits) {
    this.#file = file
    this.#hash = hash
    this.#visitor = visitor
    this.#limits = limits
  }

  get counts(): { readonly unread: number; readonly partly: number } {
    return { unread: this.#unread, partly: this.#partly }
  }

  /** The first run. Why it ended early. */
  index(count: number): string | undefined {
    const read = forwards(this.#file.read)
    let unpacked = 0
    this.#end = headerSize
    for (let i = 0; i < count; i++) {
      const after = (reason: string): string =>
        `behind ${i.toLocaleString('en-US')} of ${count.toLocaleString('en-US')} objects: ${reason}`
      if (i >= this.#limits.entries) return after('nothing more was read: there are too many')
      try {
        const size = this.#entry(read)
        unpacked += size
        if (unpacked > this.#limits.unpacked) return after('nothing more was read: they unpack to too much')
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        return after(error.message)
      }
    }
    const rest = this.#file.size - this.#end
    return rest > idLength(this.#hash) && rest !== idLength('sha256') ? 'it has more objects than it says' : undefined
  }

  /** Reads one entry: its bytes when they are unpacked. */
  #entry(read: Read): number {
    const offset = this.#end
    const head = read(offset, entryHeader)
    let at = 0
    const next = (): number => {
      const byte = head[at++]
      if (byte === undefined) throw new Unreadable('the pack ends')
      return byte
    }
    let byte = next()
    const code = (byte >> 4) & 7
    let size = byte & 15
    for (let scale = 16; byte >= 0x80; scale *= 128) {
      byte = next()
      size += (byte & 0x7f) * scale
      if (scale > 2 ** 42) throw new Unreadable('an entry says a size that cannot be')
    }
    let base = -1
    let reference = ''
    if (code === offsetDelta) {
      byte = next()
      let distance = byte & 0x7f
      while (byte >= 0x80) {
        byte = next()
        distance = (distance + 1) * 128 + (byte & 0x7f)
        if (distance > 2 ** 42) throw new Unreadable('an entry says a place that cannot be')
      }
      base = this.#offsets.indexOf(offset - distance)
    } else if (code === referenceDelta) {
      const length = idLength(this.#hash)
      reference = Buffer.from(head.subarray(at, at + length)).toString('hex')
      at += length
    } else if (types[code] === undefined) throw new Unreadable('an entry is of no kind that there is')
    const i = this.#offsets.length
    const dataAt = offset + at
    const type = types[code] ?? (base === -1 ? undefined : types[this.#types.at(base)])
    const isWhole = types[code] !== undefined
    if (size > wholeObject) this.#end = this.#large(read, dataAt, size, isWhole ? type : undefined)
    else {
      const { bytes, end } = inflateAt(read, dataAt, size)
      this.#end = end
      if (isWhole && type !== 'tree') this.#visit(type!, bytes)
    }
    this.#offsets.push(offset)
    this.#dataAt.push(dataAt)
    this.#sizes.push(size)
    this.#codes.push(code)
    this.#types.push(type ? codes[type] : 0)
    this.#isDone.push(isWhole || size > wholeObject ? 1 : 0)
    this.#firstChild.push(-1)
    this.#nextChild.push(-1)
    if (base !== -1) {
      this.#nextChild.set(i, this.#firstChild.at(base))
      this.#firstChild.set(base, i)
    } else if (reference !== '') {
      const list = this.#waiting.get(reference)
      if (list) list.push(i)
      else this.#waiting.set(reference, [i])
    }
    return size
  }

  /** What is too large for memory goes by in pieces; a change of that size cannot be read. Where it ends. */
  #large(read: Read, at: number, size: number, type: GitType | undefined): number {
    const stream = new LargeStream(read, at, size)
    try {
      if (type === undefined || type === 'tree') this.#unread++
      else this.#visitor.object({ type, body: stream, id: () => objectId(this.#hash, type, stream) })
      return stream.end()
    } finally {
      stream.close()
    }
  }

  /** The second run: objects that are changes of others. */
  resolve(): void {
    this.#roots(code => types[code] !== 'tree')
    const hasTrees = this.#waiting.size > 0 || this.#visitor.wantsTrees()
    if (hasTrees) this.#roots(code => types[code] === 'tree')
    // Of the others what they bring by themselves is looked at.
    for (let i = 0; i < this.#offsets.length; i++) {
      if (this.#isDone.at(i) === 1 || (!hasTrees && types[this.#types.at(i)] === 'tree')) continue
      const inserted = this.#try(() => insertedBy(this.#bytesOf(i)))
      if (!inserted) continue
      this.#partly++
      this.#visitor.inserted(inserted, this.#offsets.at(i))
    }
  }

  #roots(fits: (code: number) => boolean): void {
    for (let i = 0; i < this.#offsets.length; i++) {
      const code = this.#codes.at(i)
      const type = types[code]
      if (type === undefined || !fits(code) || this.#sizes.at(i) > wholeObject) continue
      if (type !== 'tree' && this.#firstChild.at(i) === -1 && this.#waiting.size === 0) continue
      const bytes = this.#try(() => this.#bytesOf(i))
      if (!bytes) continue
      if (type === 'tree') this.#visit(type, bytes)
      this.#descend(i, type, bytes)
    }
  }

  /** Everything that is made of one object. Of a chain only its last link is held; of one that branches, what the branches begin with. */
  #descend(root: number, type: GitType, rootBytes: Uint8Array): void {
    const stack: Frame[] = [{ bytes: rootBytes, children: this.#childrenOf(root, type, rootBytes), next: 0, depth: 0 }]
    let held = rootBytes.length
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const child = top.children[top.next++]
      if (top.next >= top.children.length) {
        stack.pop()
        held -= top.bytes.length
      }
      if (child === undefined) continue
      const base = top.bytes
      const bytes = this.#isDone.at(child) === 1 ? undefined : this.#made(child, base)
      if (!bytes) continue
      this.#isDone.set(child, 1)
      this.#visit(type, bytes)
      if (top.depth + 1 >= this.#limits.depth || held + bytes.length > this.#limits.held) continue
      const children = this.#childrenOf(child, type, bytes)
      if (children.length === 0) continue
      stack.push({ bytes, children, next: 0, depth: top.depth + 1 })
      held += bytes.length
    }
  }

  /** Undefined: beyond a bound, or broken. What it brings by itself is looked at later. */
  #made(i: number, base: Uint8Array): Uint8Array | undefined {
    try {
      const delta = this.#bytesOf(i)
      const sizes = deltaSizes(delta)
      if (sizes.result > wholeObject || this.#resolved + sizes.result > this.#limits.resolved) return undefined
      this.#resolved += sizes.result
      return applyDelta(base, delta, sizes)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      return undefined
    }
  }

  #childrenOf(i: number, type: GitType, bytes: Uint8Array): readonly number[] {
    const children: number[] = []
    for (let child = this.#firstChild.at(i); child !== -1; child = this.#nextChild.at(child)) children.push(child)
    if (this.#waiting.size === 0) return children
    const id = objectId(this.#hash, type, bodyOf(bytes))
    const waiting = this.#waiting.get(id) ?? []
    this.#waiting.delete(id)
    return [...children, ...waiting]
  }

  #bytesOf(i: number): Uint8Array {
    const at = this.#dataAt.at(i)
    const end = i + 1 < this.#offsets.length ? this.#offsets.at(i + 1) : this.#end
    return inflateAt(this.#file.read, at, this.#sizes.at(i), end - at).bytes
  }

  #visit(type: GitType, bytes: Uint8Array): void {
    const id = (): string => objectId(this.#hash, type, bodyOf(bytes))
    if (type === 'tree') this.#visitor.tree(id(), bytes)
    else this.#visitor.object({ type, body: bodyOf(bytes), id })
  }

  /** A broken object is counted: nothing is made of it then. */
  #try(read: () => Uint8Array | undefined): Uint8Array | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.#unread++
      return undefined
    }
  }
}

const windowSize = 1024 * 1024

/** Reads that mostly follow each other, of more at a time. */
const forwards = (read: Read): Read => {
  let held: Uint8Array = new Uint8Array(0)
  let from = 0
  return (offset, length) => {
    if (offset < from || offset + length > from + held.length) {
      held = read(offset, Math.max(length, windowSize))
      from = offset
    }
    return held.subarray(offset - from, offset - from + length)
  }
}

type NumberArray = Float64Array | Int32Array | Uint8Array

/** A list of numbers that grows: there may be millions. */
class Numbers {
  #array: NumberArray
  readonly #make: new (
    length: number,
  ) => NumberArray
  length = 0

  constructor(make: new (length: number) => NumberArray) {
    this.#make = make
    this.#array = new make(256)
  }

  push(value: number): void {
    if (this.length === this.#array.length) {
      const larger = new this.#make(2 * this.length)
      larger.set(this.#array)
      this.#array = larger
    }
    this.#array[this.length++] = value
  }

  at(i: number): number {
    return this.#array[i]!
  }

  set(i: number, value: number): void {
    this.#array[i] = value
  }

  /** Of a value in a list that rises; -1 when it is not there. */
  indexOf(value: number): number {
    let low = 0
    let high = this.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.#array[middle]!
      if (found === value) return middle
      if (found < value) low = middle + 1
      else high = middle - 1
    }
    return -1
  }
}
