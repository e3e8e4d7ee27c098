/**
 * One file of an image → the credentials in it, inside the same walk that takes the inventory. What is kept says which kind, where, and how it begins; never what
 * it is. Texts are looked through in windows: keywords first, over the bytes, then the patterns around them, so that a line of 50 MB costs what any other
 * 50 MB cost.
 */
import { createHash } from 'node:crypto'
import { type LayerFile, Unreadable } from '../../read/cataloger.ts'
import { feedFiles } from '../../read/feed-files.ts'
import { compressionOf } from '../../read/image/decompress.ts'
import { nameOf } from '../../read/image/paths.ts'
import { type Detector, entropy, isPlaceholder } from './detector.ts'
import { keywordFinder } from './keywords.ts'
import { tokensInName } from './redact-names.ts'
import { detectors } from './registry.ts'

/** A credential in a file. Plain data, without the credential. */
export type Hit = {
  readonly detector: string
  /** From 1; 0 in files without lines. */
  readonly line: number
  /** What may be shown of it: the issuer's prefix, or nothing. */
  readonly prefix: string
  /** Of the credential, in characters. */
  readonly length: number
  /** Of long random values a part of their hash, so that one that stands in several places is known again; else undefined. */
  readonly fingerprint: string | undefined
  /** The member of an archive that it stands in. */
  readonly inside?: string
  /** The last that was looked for: what stands behind it in the file was not. */
  readonly isLast?: true
  /** The file, or a folder that it is in, is named by it. */
  readonly isName?: true
  /** Only where it was asked for. */
  readonly value?: string
}

type Bytes = Pick<LayerFile, 'size' | 'read' | 'readInto'>

export type ScanFileOptions = {
  /** Values are kept. Such hits are never stored. */
  readonly reveal: boolean
  /** Told of archives that were not opened: too deep in others, broken, or of a kind that is not read. */
  readonly unopened?: (path: string) => void
}

/** Archives of one file of an image that were not opened. */
export type Unopened = { readonly unopened: number; readonly first: string }

export const isHit = <One extends Hit>(one: One | Unopened): one is One => 'detector' in one

const window = 1024 * 1024
/** The longest that a pattern may look at: private keys. */
const longest = 24 * 1024
/** How far before its keyword a pattern may begin, and how far behind it end, where the detector does not say. */
const usualReach = { before: 256, after: 1024 }
const lead = Math.max(usualReach.before, ...Object.values(detectors).map(({ reach }: Detector) => reach?.before ?? 0))
/** More in one file say nothing new. */
export const hitsLimit = 200

const entries: readonly (readonly [string, Detector])[] = Object.entries(detectors)
const keywords = [...new Set(entries.flatMap(([, { keywords: own }]) => own))]
const waiting: readonly (readonly number[])[] = keywords.map(keyword =>
  entries.flatMap(([, detector], i) => (detector.keywords.includes(keyword) ? [i] : [])),
)
const find = keywordFinder(keywords)

/** Their files say nothing that could be a keyword. */
const inWholeFiles = entries.flatMap(([, { isWholeFile }], i) => (isWholeFile ? [i] : []))

/** In programs only what stands in blocks of its own is looked for: everything else in them is chance. */
const inBinaries = entries.flatMap(([, { isKeyMaterial }], i) => (isKeyMaterial ? [i] : []))
const binaryKeywords: readonly (readonly [keyword: Buffer, detectors: readonly number[]])[] = [
  ...new Set(inBinaries.flatMap(i => entries[i]![1].keywords)),
].map(keyword => [
  // Such blocks are written in capitals.
  Buffer.from(keyword.toUpperCase()),
  inBinaries.filter(i => entries[i]![1].keywords.includes(keyword)),
])

type Placed = { readonly keyword: Buffer; readonly offset: number; readonly detectors: readonly number[] }
/** The last word of each, `KEY`: V8 looks for up to six bytes several times faster than for more, and most of them share it. */
const binaryWords: ReadonlyMap<string, readonly Placed[]> = Map.groupBy(
  binaryKeywords.map(([keyword, detectors]): Placed & { readonly word: string } => {
    const text = keyword.toString()
    const word = /[A-Z]{3,6}(?![A-Z])(?!.*[A-Z]{3})/.exec(text)?.[0] ?? text
    return { keyword, offset: text.lastIndexOf(word), detectors, word }
  }),
  ({ word }) => word,
)

/** What has a checksum is certain in them too: strings of databases, of programs, of dumps. */
const provedWaiting: readonly (readonly number[])[] = waiting.map(list => list.filter(i => entries[i]![1].hasChecksum === true))
/** Such a token has at least as many letters and digits behind an underscore. */
const run = 32
const half = run / 2
const quarter = run / 4
const isTokenByte = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') isTokenByte[character.charCodeAt(0)] = 1

/** Names of archives, with programs in front of them perhaps: https://docs.spring.io/spring-boot/how-to/deployment/installing.html */
const archives = /\.(?:jar|war|ear|zip|ipa|whl|egg|nupkg|tgz|tar|tar\.gz|tar\.zst|tzst)$/i
/** Manuals and change logs are the most of what is compressed, and everybody has those. */
const manuals = /(?:^|\/)usr\/share\//
const gzipLimit = 16 * 1024 * 1024
/** Archives in archives are opened so deep. */
const maxDepth = 2
const headSize = 262

type Container = 'zip' | 'stub' | 'stream' | 'unknown'

/** By its first bytes: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, https://www.rfc-editor.org/rfc/rfc1952#page-5 */
const containerOf = (file: LayerFile): Container | undefined => {
  const head = file.read(0, Math.min(file.size, headSize))
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, i) => head[i] === byte)
  if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6)) return 'zip'
  if (manuals.test(file.path)) return archives.test(file.path) ? 'stream' : undefined
  if (compressionOf(head) !== 'none') return archives.test(file.path) || file.size <= gzipLimit ? 'stream' : undefined
  if (Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar') return 'stream'
  // bzip2, xz, 7z, RAR
  if (
    starts(0x42, 0x5a, 0x68) ||
    starts(0xfd, 0x37, 0x7a, 0x58, 0x5a) ||
    starts(0x37, 0x7a, 0xbc, 0xaf) ||
    starts(0x52, 0x61, 0x72, 0x21, 0x1a, 7)
  )
    return 'unknown'
  const mayHaveStub = starts(0x23, 0x21) || /\.(?:jar|war|ear|zip|egg|pex|pyz)$/i.test(file.path)
  if (
    mayHaveStub &&
    file.size > 22 &&
    Buffer.from(file.read(Math.max(0, file.size - 65_557), Math.min(file.size, 65_557))).includes('PK\x05\x06')
  )
    return 'stub'
  return archives.test(file.path) ? 'stream' : undefined
}

/** Throws Unreadable when what is called an archive is broken, or unpacks to far too much. */
export const scanFile = (file: LayerFile, options: ScanFileOptions): readonly Hit[] => {
  const named = inName(file.path, options)
  const hits = scanAt(file, options, 0)
  return named.length === 0 ? hits : [...named, ...hits]
}

/** Hardly any name has so many letters and digits in a row. */
const inName = (path: string, { reveal }: ScanFileOptions): readonly Hit[] => {
  if (!/[A-Za-z0-9_-]{20}/.test(path)) return []
  return tokensInName(path).map(({ id, start, end, prefix }) => {
    const value = path.slice(start, end)
    const fingerprint = fingerprintOf({ value, prefix })
    return { detector: id, line: 0, prefix, length: value.length, fingerprint, isName: true, ...(reveal ? { value } : {}) }
  })
}

const scanAt = (file: LayerFile, options: ScanFileOptions, depth: number): readonly Hit[] => {
  const container = containerOf(file)
  if (container === undefined) return scanPlain(file, options)
  if (container === 'unknown' || depth === maxDepth) {
    options.unopened?.(file.path)
    return scanPlain(file, options)
  }
  const hits: Hit[] = []
  const opened = {
    size: file.size,
    identity: file.path,
    read(offset: number, into: Uint8Array): number {
      const bytes = file.read(offset, into.length)
      into.set(bytes)
      return bytes.length
    },
    close: () => undefined,
  }
  try {
    for (const { name, bytes } of feedFiles(opened, file.path, members, container === 'stub')) {
      if (hits.length >= hitsLimit) return asLast(hits.slice(0, hitsLimit))
      const member: LayerFile = {
        path: name,
        size: bytes.length,
        read: (offset, length) => bytes.subarray(offset, offset + length),
      }
      // What is called an archive and is none stands in the file itself; what is compressed alone has no path of its own.
      const isItself = name === file.path
      const inside = isItself ? undefined : name === file.path.replace(/\.(?:gz|zst)$/, '') ? nameOf(name) : name
      const unopened = (path: string): void => options.unopened?.(path === name ? `${file.path} → ${name}` : path)
      for (const hit of isItself ? scanPlain(member, options) : scanAt(member, { ...options, unopened }, depth + 1)) {
        const place = [inside, hit.inside].filter(part => part !== undefined).join(' → ')
        hits.push(place === '' ? hit : { ...hit, inside: place })
      }
    }
  } catch (error) {
    // What only looks like one may be anything.
    if (!(error instanceof Unreadable) || (archives.test(file.path) && depth === 0)) throw error
    options.unopened?.(file.path)
    return scanPlain(file, options)
  }
  return hits.length > hitsLimit ? asLast(hits.slice(0, hitsLimit)) : hits
}

const asLast = (hits: readonly Hit[]): readonly Hit[] =>
  hits.map((hit, i) => (i === hits.length - 1 ? { ...hit, isLast: true } : hit))

/** Compiled Java says nothing that its sources' constants do not, and there are thousands of them. */
const members = /^(?!.*\.(?:class|png|jpe?g|gif|ico|woff2?|ttf|so|dll|dylib|exe)$)/i

const scanPlain = (file: LayerFile, options: ScanFileOptions): readonly Hit[] => {
  const found = findIn(file, wantedIn(file.path))
  const hits = settle(found).map(one => hitOf(one, options))
  return found.length >= hitsLimit ? asLast(hits) : hits
}

export const hitOf = (one: Found, options: ScanFileOptions): Hit => ({
  detector: entries[one.detector]![0],
  line: one.line,
  prefix: one.value.length < 16 ? '' : one.prefix,
  length: one.value.length,
  fingerprint: fingerprintOf(one),
  ...(options.reveal ? { value: one.value } : {}),
})

/** Everything in a file that some detectors find, at most `hitsLimit`; where they overlap, all of it. `isWanted`: whether a detector looks into this file. */
export const findIn = (original: Bytes, isWanted: (detector: number) => boolean): readonly Found[] => {
  const start = readAt(original, 0, window + longest)
  const file = narrowed(original, start)
  const isBinary = (file === original ? start.subarray(0, 8192) : file.read(0, 8192)).includes(0)
  const found: Found[] = []
  let lines = 0
  for (let at = 0; at < file.size && found.length < hitsLimit; at += window) {
    // What stands across the ends of a window stands whole in the bytes around it; its keyword says which window's it is.
    const base = Math.max(0, at - lead)
    const bytes = at === 0 && file === original ? start : readAt(file, base, at - base + window + longest)
    const first = at - base
    const limit = Math.min(first + window, bytes.length)
    const around = lookAround(bytes, base, found, isWanted)
    if (at === 0)
      for (const i of inWholeFiles) if (isWanted(i)) look(i, latin1(bytes, 0, Math.min(bytes.length, longest)), 0, found)
    if (isBinary) {
      blocksIn(bytes, first, (detectors, place) => {
        if (place < limit) around(detectors, place)
      })
      tokensIn(bytes, first, limit, (keyword, place) => {
        if (place < limit) around(provedWaiting[keyword]!, place)
      })
      continue
    }
    find(bytes, first, bytes.length, (keyword, place) => {
      if (place < limit) around(waiting[keyword]!, place)
    })
    if (found.length > 0) numberLines(bytes, base, lines, found)
    if (at + window < file.size) lines += countLines(bytes, at + window - lead - base)
  }
  return found
}

/** The same memory for all files: to take it anew for each takes longer than to read most of them. */
const room = new Uint8Array(lead + window + longest)
const readAt = (file: Bytes, offset: number, length: number): Uint8Array => {
  if (!file.readInto) return file.read(offset, length)
  return room.subarray(0, file.readInto(offset, room.subarray(0, Math.max(0, Math.min(length, file.size - offset)))))
}

/** Keywords of keys in blocks of their own. */
const blocksIn = (bytes: Uint8Array, first: number, hit: (detectors: readonly number[], place: number) => void): void => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const [word, all] of binaryWords)
    for (let at = buffer.indexOf(word, first, 'latin1'); at !== -1; at = buffer.indexOf(word, at + 1, 'latin1'))
      for (const { keyword, offset, detectors } of all) {
        const place = at - offset
        if (place >= first && keyword.compare(buffer, place, place + keyword.length) === 0) hit(detectors, place)
      }
}

/** Keywords in front of long runs of letters and digits: only every 32nd byte is looked at. */
const tokensIn = (bytes: Uint8Array, first: number, limit: number, hit: (keyword: number, place: number) => void): void => {
  const last = Math.min(bytes.length, limit + 2 * run) - half
  if (last < first + half) return
  for (let next = first + half; next < last + run; next += run) {
    const at = Math.min(next, last)
    // Half of the run is before it, or behind it. Without branches, which no processor could foretell.
    const before = isTokenByte[bytes[at - half]!]! & isTokenByte[bytes[at - quarter]!]!
    const behind = isTokenByte[bytes[at + half - 1]!]! & isTokenByte[bytes[at + quarter]!]!
    if ((isTokenByte[bytes[at]!]! & (before | behind)) === 0) continue
    let start = at
    while (start > first && at - start < run && isTokenByte[bytes[start - 1]!] === 1) start--
    if (bytes[start - 1] === 0x5f && isTokenByte[bytes[start + run - 1]!] === 1)
      find(bytes, Math.max(first, start - 16), start, hit)
  }
}

/** Text in UTF-16, as Windows writes it, as if it were Latin 1; any other file as it is. */
const narrowed = (file: Bytes, start: Uint8Array): Bytes => {
  const low = lowByteOf(start.subarray(0, 512))
  if (low === undefined) return file
  return {
    size: file.size >> 1,
    read(offset, length) {
      const wide = file.read(2 * offset, 2 * length)
      const bytes = new Uint8Array(wide.length >> 1)
      // What is not Latin 1 belongs to no credential.
      for (let i = 0; i < bytes.length; i++) bytes[i] = wide[2 * i + 1 - low] === 0 ? wide[2 * i + low]! : 0xff
      return bytes
    },
  }
}

/** Which of two bytes is the character: https://www.unicode.org/faq/utf_bom.html. Without a mark, every other byte of Latin text is zero. */
const lowByteOf = (head: Uint8Array): 0 | 1 | undefined => {
  if (head[0] === 0xff && head[1] === 0xfe) return 0
  if (head[0] === 0xfe && head[1] === 0xff) return 1
  const pairs = head.length >> 1
  if (pairs < 8 || (head[0] === 0) === (head[1] === 0)) return undefined
  const low = head[1] === 0 ? 0 : 1
  let texts = 0
  for (let i = 0; i < pairs; i++) {
    const character = head[2 * i + low]!
    if (head[2 * i + 1 - low] === 0 && (character >= 32 || (character >= 9 && character <= 13))) texts++
  }
  return texts >= 0.9 * pairs ? low : undefined
}

/** The paths that a detector is for; undefined: all. */
export const onlyInOf = (detector: number): RegExp | undefined => entries[detector]![1].onlyIn

/** Which detectors look into a file; asked for each only once. */
const wantedIn = (path: string): ((detector: number) => boolean) => {
  const known = new Map<number, boolean>()
  return i => {
    const onlyIn = onlyInOf(i)
    if (onlyIn === undefined) return true
    const isWanted = known.get(i) ?? onlyIn.test(path)
    known.set(i, isWanted)
    return isWanted
  }
}

/** Tries the patterns of some detectors around a place; what stands close behind was looked at already. */
const lookAround = (
  bytes: Uint8Array,
  offset: number,
  found: Found[],
  isWanted: (detector: number) => boolean,
): ((detectors: readonly number[], place: number) => void) => {
  const ends = new Map<number, number>()
  return (waiters, place) => {
    if (found.length >= hitsLimit) return
    for (const i of waiters) {
      const { before, after } = entries[i]![1].reach ?? usualReach
      if (Math.min(bytes.length, place + after) <= (ends.get(i) ?? -1) || !isWanted(i)) continue
      const end = Math.min(bytes.length, place + 2 * after)
      ends.set(i, end)
      const start = Math.max(0, place - before)
      look(i, latin1(bytes, start, end), offset + start, found)
    }
  }
}

/** `detector`: its number. `start`, `end`: in characters. */
export type Found = { detector: number; start: number; end: number; value: string; prefix: string; line: number }

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')

const look = (i: number, text: string, offset: number, found: Found[]): void => {
  const [, detector] = entries[i]!
  for (const match of text.matchAll(detector.pattern)) {
    const value = match.groups?.secret ?? match[0]
    const start = offset + (match.indices?.groups?.secret?.[0] ?? match.index + match[0].indexOf(value))
    if (found.some(one => one.detector === i && one.start === start)) continue
    if (isPlaceholder(value.replace(detector.prefix, ''))) continue
    if (detector.isReal?.(value, match.groups ?? {}) === false) continue
    found.push({ detector: i, start, end: start + value.length, value, prefix: detector.prefix.exec(value)?.[0] ?? '', line: 0 })
    if (found.length >= hitsLimit) return
  }
}

const countLines = (bytes: Uint8Array, end: number): number => {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** Lines are counted only where something was found. */
const numberLines = (bytes: Uint8Array, offset: number, before: number, found: Found[]): void => {
  for (const one of found) {
    if (one.line !== 0) continue
    one.line = before + 1 + countLines(bytes, one.start - offset)
  }
}

/** Where two kinds overlap the more special one (the earlier, then the longer) stays. */
export const settle = (found: readonly Found[]): readonly Found[] => {
  // What is known by its name alone yields to what is known by its shape.
  const isGeneral = (one: Found): number => Number(onlyInOf(one.detector) !== undefined)
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end || isGeneral(a) - isGeneral(b))
  const kept: Found[] = []
  for (const one of sorted) {
    if (one.start >= (kept.at(-1)?.end ?? 0)) kept.push(one)
  }
  return kept
}

/** 80 bits cannot be guessed; what people think up can, also from its hash. */
const fingerprintBits = 80
export const fingerprintOf = ({ value, prefix }: Pick<Found, 'value' | 'prefix'>): string | undefined => {
  const random = value.slice(prefix.length)
  if (prefix === '' || random.length * entropy(random) < fingerprintBits) return undefined
  return createHash('sha256').update(`bulkhead ${value}`).digest('hex').slice(0, 16)
}
