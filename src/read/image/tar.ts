/**
 * Tar archives, walked without keeping them: every entry's header, and of the bodies only what somebody asks for. POSIX ustar and pax
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html), GNU long names and sparse files
 * (https://www.gnu.org/software/tar/manual/html_node/Standard.html), base-256 numbers. Where programs differ, as Go's archive/tar does,
 * since that is what container engines read layers with.
 */
import { decode } from '../../model/text.ts'

export type TarEntryType = 'file' | 'hard-link' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo' | 'other'

export type TarEntry = {
  /** As written, UTF-8 when it is valid, else latin1: perhaps absolute, perhaps with `..`. Never to be opened as it is. */
  readonly path: string
  readonly type: TarEntryType
  /** Bytes of the file as a reader of it sees them; 0 for all that have no body. */
  readonly size: number
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970, perhaps with a fraction. */
  readonly mtime: number
  /** Of hard and symbolic links; else ''. */
  readonly linkTarget: string
  /** pax records `SCHILY.xattr.*`, without that prefix: `security.capability`. Values are latin1: one unit per byte. */
  readonly xattrs: ReadonlyMap<string, string> | undefined
  /** Offset of the body in the archive, and how many bytes of it are there: fewer than `size` for sparse files. */
  readonly bodyAt: number
  readonly stored: number
  /** Of a sparse file: where its stored bytes belong, in order; what lies between is zero. */
  readonly sparse: readonly SparsePart[] | undefined
}
export type SparsePart = { readonly offset: number; readonly length: number }

/** The archive is not what it says it is. `offset`: of the header concerned, in bytes from the start of the archive. */
export class TarError extends Error {
  readonly code: 'bad-checksum' | 'bad-number' | 'bad-record' | 'bad-sparse-map' | 'too-large' | 'truncated' | 'multi-volume'
  readonly offset: number
  constructor(code: TarError['code'], message: string, offset: number) {
    super(message)
    this.name = 'TarError'
    this.code = code
    this.offset = offset
  }
}

/** Takes the stored bytes of one file, in pieces that are only lent: what is to be kept must be copied. */
export type BodySink = {
  /** False: the rest is not wanted; `end` is not called then. */
  write(bytes: Uint8Array): boolean
  end(): void
}

export type TarHandler = {
  /** Called for every entry, in order. Undefined: the body is skipped. */
  entry(entry: TarEntry): BodySink | undefined
}

const block = 512
/** Of pax records, long names and sparse maps together for one entry. */
const extensionLimit = 1024 * 1024
const padded = (size: number): number => Math.ceil(size / block) * block

/** What pax records and GNU long names say about the next entry. */
type Extension = { path?: string; linkPath?: string; records: Map<string, string> }

const sparseMap = 'GNU.sparse.map'

/** Header blocks → entries: everything that both walkers share. */
class Headers {
  #global = new Map<string, string>()
  #next: Extension = { records: new Map() }
  #extensionBytes = 0

  /** What a header block begins: an entry, the text of an extension that is to be read first, or the end. */
  read(header: Uint8Array, at: number): Header {
    if (isZero(header)) return { kind: 'end' }
    checkSum(header, at)
    const flag = String.fromCharCode(header[156]!)
    const size = number(header, 124, 12, at, 'size')
    if (size < 0) throw new TarError('bad-number', 'a tar header gives a negative size', at)
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
      this.#extensionBytes += size
      if (this.#extensionBytes > extensionLimit)
        throw new TarError('too-large', `a tar header has more than ${extensionLimit} bytes of extensions`, at)
      return { kind: 'extension', flag, size, at }
    }
    if (flag === 'M') throw new TarError('multi-volume', 'the archive is a later volume of several', at)
    return this.#entry(header, at, flag, size)
  }

  extension({ flag, at }: Extract<Header, { kind: 'extension' }>, body: Uint8Array): void {
    if (flag === 'L') this.#next.path = text(cString(body))
    else if (flag === 'K') this.#next.linkPath = text(cString(body))
    else {
      const { records } = this.#next
      for (const [key, value] of paxRecords(body, at)) {
        // Sparse format 0.0 repeats these two for every part; 0.1 puts them into one list.
        if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
          records.set(sparseMap, records.has(sparseMap) ? `${records.get(sparseMap)},${value}` : value)
        else (flag === 'g' ? this.#global : records).set(key, value)
      }
    }
  }

  /** True when an extension came that no entry followed. */
  get isPending(): boolean {
    return this.#extensionBytes > 0
  }

  #entry(header: Uint8Array, at: number, flag: string, headerSize: number): Header {
    const own = this.#next.records
    const record = (key: string): string | undefined => {
      const value = own.get(key) ?? this.#global.get(key)
      // An empty value takes a record back.
      return value === '' ? undefined : value
    }
    const numeric = (key: string): number | undefined => {
      const value = record(key)
      if (value === undefined) return undefined
      const parsed = Number(value)
      if (!/^-?\d+(?:\.\d*)?$/.test(value) || !Number.isFinite(parsed))
        throw new TarError('bad-record', `the pax record ${key} is no number`, at)
      return parsed
    }
    const isUstar = header[257] === 0x75 && header[262] === 0
    const prefix = isUstar && header[345] !== 0 ? text(cString(header.subarray(345, 500))) : ''
    const sparseName = record('GNU.sparse.name')
    const path = sparseName ?? this.#next.path ?? utf8(record('path')) ?? nameIn(header, prefix)
    const stored = numeric('size') ?? headerSize
    if (!Number.isSafeInteger(stored) || stored < 0) throw new TarError('bad-number', 'a tar header gives an impossible size', at)
    const type =
      flag === '\0' && path.endsWith('/') ? 'directory' : (types[flag] ?? (flag >= '0' && flag <= '9' ? 'file' : 'other'))
    const hasBody = type === 'file' || type === 'other'
    let xattrs: Map<string, string> | undefined
    for (const [key, value] of own) {
      if (!key.startsWith('SCHILY.xattr.')) continue
      xattrs ??= new Map()
      xattrs.set(key.slice(13), value)
    }
    const sparse =
      flag === 'S'
        ? ({
            kind: 'old',
            map: oldSparse(header, 386, 4, at),
            more: header[482] !== 0,
            size: number(header, 483, 12, at, 'real size'),
          } as const)
        : record('GNU.sparse.major') === '1'
          ? ({ kind: 'in-body', size: numeric('GNU.sparse.realsize') ?? stored } as const)
          : own.has(sparseMap)
            ? ({
                kind: 'pax',
                map: paxSparse(own.get(sparseMap)!, at),
                size: numeric('GNU.sparse.size') ?? stored,
              } as const)
            : undefined
    const entry: TarEntry = {
      path,
      type,
      size: hasBody ? (sparse?.size ?? stored) : 0,
      mode: number(header, 100, 8, at, 'mode') & 0o7777,
      uid: numeric('uid') ?? number(header, 108, 8, at, 'uid'),
      gid: numeric('gid') ?? number(header, 116, 8, at, 'gid'),
      mtime: numeric('mtime') ?? number(header, 136, 12, at, 'mtime'),
      linkTarget:
        type === 'hard-link' || type === 'symlink'
          ? (this.#next.linkPath ?? utf8(record('linkpath')) ?? text(cString(header.subarray(157, 257))))
          : '',
      xattrs,
      bodyAt: at + block,
      stored: hasBody ? stored : 0,
      sparse: sparse?.kind === 'pax' || sparse?.kind === 'old' ? sparse.map : undefined,
    }
    this.#next = { records: new Map() }
    this.#extensionBytes = 0
    return {
      kind: 'entry',
      entry,
      sparse: sparse?.kind === 'in-body' ? 'in-body' : sparse?.kind === 'old' && sparse.more ? 'more' : 'none',
    }
  }
}

type Header =
  | { readonly kind: 'end' }
  | { readonly kind: 'extension'; readonly flag: string; readonly size: number; readonly at: number }
  /** `more`: blocks of sparse map stand between header and body. `in-body`: the body begins with the map. */
  | { readonly kind: 'entry'; readonly entry: TarEntry; readonly sparse: 'none' | 'more' | 'in-body' }

const types: Readonly<Record<string, TarEntryType>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
}

const nameIn = (header: Uint8Array, prefix: string): string => {
  const name = text(cString(header.subarray(0, 100)))
  return prefix === '' ? name : `${prefix}/${name}`
}

const isZero = (header: Uint8Array): boolean => {
  for (let i = 0; i < block; i++) if (header[i] !== 0) return false
  return true
}

/** The sum of all bytes with the sum itself taken as blanks; old programs added them up as signed. */
const checkSum = (header: Uint8Array, at: number): void => {
  const written = number(header, 148, 8, at, 'checksum')
  let sum = 8 * 32
  for (let i = 0; i < 148; i++) sum += header[i]!
  for (let i = 156; i < block; i++) sum += header[i]!
  if (sum === written) return
  for (let i = 0; i < block; i++) if (header[i]! > 127 && (i < 148 || i >= 156)) sum -= 256
  if (sum !== written) throw new TarError('bad-checksum', 'not a tar header: its checksum is wrong', at)
}

/** Octal digits with blanks or NULs around, or base 256 with the first bit set. */
const number = (header: Uint8Array, start: number, length: number, at: number, what: string): number => {
  const first = header[start]!
  if (first & 0x80) {
    // Two's complement; the second bit is the sign.
    const negative = (first & 0x40) !== 0
    let value = negative ? first | ~0x7f | 0 : first & 0x7f
    for (let i = start + 1; i < start + length; i++) value = value * 256 + header[i]!
    if (!Number.isSafeInteger(value)) throw new TarError('bad-number', `a tar header gives an impossible ${what}`, at)
    return value
  }
  let i = start
  const end = start + length
  while (i < end && (header[i] === 32 || header[i] === 0)) i++
  let value = 0
  for (; i < end && header[i] !== 32 && header[i] !== 0; i++) {
    const digit = header[i]! - 48
    if (digit < 0 || digit > 7) throw new TarError('bad-number', `a tar header gives a ${what} that is no octal number`, at)
    value = value * 8 + digit
  }
  return value
}

const cString = (bytes: Uint8Array): Uint8Array => {
  const end = bytes.indexOf(0)
  return end === -1 ? bytes : bytes.subarray(0, end)
}
/** Nearly all names are ASCII, for which there is a faster way. */
const text = (bytes: Uint8Array): string => {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return decode(bytes).text
  return latin1(bytes)
}
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
/** pax values are kept as bytes, since those of extended attributes are; names in them are UTF-8. */
const utf8 = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : text(Buffer.from(value, 'latin1'))

/** `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
function* paxRecords(body: Uint8Array, at: number): Generator<readonly [string, string]> {
  let start = 0
  while (start < body.length) {
    const blank = body.indexOf(32, start)
    const digits = blank === -1 ? '' : latin1(body.subarray(start, blank))
    const length = /^[1-9]\d{0,9}$/.test(digits) ? Number(digits) : 0
    const end = start + length
    const equals = body.indexOf(61, blank)
    if (length === 0 || end > body.length || body[end - 1] !== 10 || equals === -1 || equals >= end)
      throw new TarError('bad-record', 'a pax record is broken', at)
    yield [latin1(body.subarray(blank + 1, equals)), latin1(body.subarray(equals + 1, end - 1))]
    start = end
  }
}

const oldSparse = (bytes: Uint8Array, start: number, count: number, at: number): SparsePart[] => {
  const map: SparsePart[] = []
  for (let i = 0; i < count; i++) {
    const from = start + 24 * i
    if (bytes[from] === 0) break
    map.push({ offset: number(bytes, from, 12, at, 'sparse offset'), length: number(bytes, from + 12, 12, at, 'sparse length') })
  }
  return map
}

const paxSparse = (list: string, at: number): readonly SparsePart[] => sparseParts(list.split(','), at)

const sparseParts = (numbers: readonly string[], at: number): readonly SparsePart[] => {
  if (numbers.length % 2 !== 0 || numbers.some(one => !/^\d{1,15}$/.test(one)))
    throw new TarError('bad-sparse-map', 'the map of a sparse file is broken', at)
  const map: SparsePart[] = []
  for (let i = 0; i < numbers.length; i += 2) map.push({ offset: Number(numbers[i]), length: Number(numbers[i + 1]) })
  return map
}

/** Parts in order, without overlap, inside the file, and as many bytes as are stored. */
const checkSparse = (entry: TarEntry, at: number): void => {
  let end = 0
  let stored = 0
  for (const { offset, length } of entry.sparse ?? []) {
    if (offset < end || length < 0 || offset + length > entry.size)
      throw new TarError('bad-sparse-map', 'the map of a sparse file is broken', at)
    end = offset + length
    stored += length
  }
  if (entry.sparse && stored !== entry.stored)
    throw new TarError('bad-sparse-map', 'the map of a sparse file does not fit its bytes', at)
}

type State =
  | { readonly in: 'header' }
  | { readonly in: 'extension'; readonly header: Extract<Header, { kind: 'extension' }> }
  | { readonly in: 'sparse-blocks'; readonly entry: TarEntry; readonly map: SparsePart[]; readonly at: number }
  | { readonly in: 'sparse-body'; readonly entry: TarEntry; readonly at: number }
  | { readonly in: 'body'; sink: BodySink | undefined; left: number; padding: number }
  | { readonly in: 'end' }

/**
 * Walks an archive that comes in pieces of any size. `push` every piece, then `end`. Throws TarError at the first thing that is wrong; what
 * was handed over before stays valid. After the two zero blocks that end an archive everything is ignored, as all readers do.
 */
export class TarWalker {
  readonly #handler: TarHandler
  readonly #headers = new Headers()
  #state: State = { in: 'header' }
  /** Bytes before the piece at hand. */
  #offset = 0
  /** What is collected for a header, an extension or a sparse map, and how many bytes of it are there. */
  #held: Uint8Array = new Uint8Array(block)
  #filled = 0

  constructor(handler: TarHandler) {
    this.#handler = handler
  }

  /** How many of the next bytes nobody wants: whoever can seek may leave them out by `skip`. */
  get skippable(): number {
    const state = this.#state
    if (state.in === 'end') return Infinity
    return state.in === 'body' && state.sink === undefined ? state.left : 0
  }

  /** Goes on as if so many bytes had been pushed; at most `skippable`. */
  skip(bytes: number): void {
    if (bytes > this.skippable) throw new RangeError('more bytes than may be skipped')
    this.#offset += bytes
    const state = this.#state
    if (state.in !== 'body') return
    state.left -= bytes
    this.#endBody(state)
  }

  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      const state = this.#state
      if (state.in === 'end') {
        this.#offset += bytes.length - at
        return
      }
      if (state.in === 'body') {
        const taken = Math.min(state.left, bytes.length - at)
        if (taken > 0 && state.sink && !state.sink.write(bytes.subarray(at, at + taken))) state.sink = undefined
        state.left -= taken
        at += taken
        const dropped = Math.min(state.padding, bytes.length - at)
        if (state.left === 0) {
          state.padding -= dropped
          at += dropped
          this.#offset += dropped
        }
        this.#offset += taken
        this.#endBody(state)
        continue
      }
      const wanted = this.#wanted(state)
      // Most headers lie whole in the piece at hand, and need no copy.
      if (this.#filled === 0 && bytes.length - at >= wanted) {
        this.#offset += wanted
        this.#collected(state, bytes.subarray(at, at + wanted))
        at += wanted
        continue
      }
      if (this.#held.length < wanted) {
        const larger = new Uint8Array(Math.max(wanted, Math.min(2 * this.#held.length, extensionLimit)))
        larger.set(this.#held.subarray(0, this.#filled))
        this.#held = larger
      }
      const taken = Math.min(wanted - this.#filled, bytes.length - at)
      this.#held.set(bytes.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      this.#offset += taken
      at += taken
      if (this.#filled === wanted) {
        this.#filled = 0
        this.#collected(state, this.#held.subarray(0, wanted))
      }
    }
  }

  /** The archive has no more bytes. Throws TarError when it ends in the middle of an entry; an archive without its two zero blocks is whole. */
  end(): void {
    const state = this.#state
    const isWhole =
      state.in === 'end' ||
      (state.in === 'header' && this.#filled === 0 && !this.#headers.isPending) ||
      // Some writers leave the padding of the last file out.
      (state.in === 'body' && state.left === 0)
    if (!isWhole) throw new TarError('truncated', 'the archive ends in the middle of an entry', this.#offset)
    if (state.in === 'body') state.sink?.end()
    this.#state = { in: 'end' }
  }

  #wanted(state: State): number {
    return state.in === 'extension' ? padded(state.header.size) : block
  }

  #collected(state: State, bytes: Uint8Array): void {
    const at = this.#offset - bytes.length
    switch (state.in) {
      case 'header': {
        const header = this.#headers.read(bytes, at)
        if (header.kind === 'end') this.#state = { in: 'end' }
        else if (header.kind === 'extension') {
          this.#state = { in: 'extension', header }
          if (header.size === 0) this.#collected(this.#state, bytes.subarray(0, 0))
        } else if (header.sparse === 'more')
          this.#state = { in: 'sparse-blocks', entry: header.entry, map: [...(header.entry.sparse ?? [])], at }
        else if (header.sparse === 'in-body') this.#state = { in: 'sparse-body', entry: header.entry, at }
        else this.#open(header.entry, at)
        return
      }
      case 'extension':
        this.#headers.extension(state.header, bytes.subarray(0, state.header.size))
        this.#state = { in: 'header' }
        return
      case 'sparse-blocks':
        state.map.push(...oldSparse(bytes, 0, 21, at))
        if (state.map.length > sparseLimit) throw new TarError('too-large', 'a sparse file has too many parts', state.at)
        if (bytes[504] === 0) this.#open({ ...state.entry, bodyAt: this.#offset, sparse: state.map }, state.at)
        return
      case 'sparse-body':
        this.#sparseBody(state, bytes)
        return
      default:
        throw new Error('nothing is collected here')
    }
  }

  /** pax sparse format 1.0: the body begins with decimal numbers, one a line: how many parts, then offset and length of each; padded to a block. */
  #mapText = ''
  #sparseBody(state: Extract<State, { in: 'sparse-body' }>, bytes: Uint8Array): void {
    this.#mapText += latin1(bytes)
    if (this.#mapText.length > extensionLimit) throw new TarError('too-large', 'a sparse file has too many parts', state.at)
    const count = /^(\d{1,6})\n/.exec(this.#mapText)?.[1]
    if (count === undefined) throw new TarError('bad-sparse-map', 'the map of a sparse file is broken', state.at)
    const lines = this.#mapText.split('\n')
    const needed = 2 * Number(count) + 1
    // The last piece is complete only when a line end follows it.
    if (lines.length <= needed) return
    const stored = state.entry.stored - this.#mapText.length
    this.#mapText = ''
    if (stored < 0) throw new TarError('bad-sparse-map', 'the map of a sparse file is longer than its body', state.at)
    this.#open({ ...state.entry, bodyAt: this.#offset, stored, sparse: sparseParts(lines.slice(1, needed), state.at) }, state.at)
  }

  #open(entry: TarEntry, at: number): void {
    checkSparse(entry, at)
    const sink = this.#handler.entry(entry)
    const body: Extract<State, { in: 'body' }> = {
      in: 'body',
      sink,
      left: entry.stored,
      padding: padded(entry.stored) - entry.stored,
    }
    this.#state = body
    this.#endBody(body)
  }

  #endBody(state: Extract<State, { in: 'body' }>): void {
    if (state.left > 0 || state.padding > 0) return
    state.sink?.end()
    this.#state = { in: 'header' }
  }
}

/** Parts of one sparse file in the old GNU format: a thousand blocks of them. */
const sparseLimit = 21_000

/** Reads `length` bytes at `offset`; fewer only at the end of the file. The bytes are only lent until the next call. */
export type ReadAt = (offset: number, length: number) => Uint8Array

/** Walks an archive that can be sought in: bodies that nobody wants are never read. `window`: bytes read at a time. */
export const walkTar = (readAt: ReadAt, handler: TarHandler, window = 64 * 1024): void => {
  const walker = new TarWalker(handler)
  for (let at = 0; ; ) {
    const skip = walker.skippable
    if (skip === Infinity) return
    if (skip > 0) {
      walker.skip(skip)
      at += skip
    }
    const bytes = readAt(at, window)
    if (bytes.length === 0) {
      // What was skipped may lie behind the end.
      if (skip > 0 && readAt(at - 1, 1).length === 0)
        throw new TarError('truncated', 'the archive ends in the middle of an entry', at)
      break
    }
    walker.push(bytes)
    at += bytes.length
  }
  walker.end()
}
