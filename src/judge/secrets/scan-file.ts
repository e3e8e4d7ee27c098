/**
 * One file of an image → the credentials in it, inside the same walk that takes the inventory. What is kept says which kind, where, and how it begins; never what
 * it is. Texts are looked through in windows: keywords first, over the bytes, then the patterns around them, so that a line of 50 MB costs what any other
 * 50 MB cost.
 */
import { createHash } from 'node:crypto'
import type { LayerFile } from '../../read/cataloger.ts'
import { feedFiles } from '../../read/feed-files.ts'
import { type Detector, entropy, isPlaceholder } from './detector.ts'
import { keywordFinder } from './keywords.ts'
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
  /** Only where it was asked for. */
  readonly value?: string
}

export type ScanFileOptions = {
  /** Values are kept. Such hits are never stored. */
  readonly reveal: boolean
}

const window = 1024 * 1024
/** The longest that a pattern may look at: private keys. */
const longest = 24 * 1024
/** How far before its keyword a pattern may begin, and how far behind it end, where the detector does not say. */
const usualReach = { before: 256, after: 1024 }
const lead = Math.max(usualReach.before, ...Object.values(detectors).map(({ reach }: Detector) => reach?.before ?? 0))
/** More in one file say nothing new. */
const hitsLimit = 200
/** Members of an archive that are larger are left out. */
const memberLimit = 16 * 1024 * 1024

const entries: readonly (readonly [string, Detector])[] = Object.entries(detectors)
const keywords = [...new Set(entries.flatMap(([, { keywords: own }]) => own))]
const waiting: readonly (readonly number[])[] = keywords.map(keyword =>
  entries.flatMap(([, detector], i) => (detector.keywords.includes(keyword) ? [i] : [])),
)
const find = keywordFinder(keywords)

/** In programs only what stands in blocks of its own is looked for: everything else in them is chance. */
const inBinaries = entries.flatMap(([, { isKeyMaterial }], i) => (isKeyMaterial ? [i] : []))
const binaryKeywords: readonly (readonly [keyword: Buffer, detectors: readonly number[]])[] = [
  ...new Set(inBinaries.flatMap(i => entries[i]![1].keywords)),
].map(keyword => [
  // Such blocks are written in capitals.
  Buffer.from(keyword.toUpperCase()),
  inBinaries.filter(i => entries[i]![1].keywords.includes(keyword)),
])

const archives = /\.(?:jar|war|ear|zip|whl|egg|nupkg|tgz|tar|tar\.gz|tar\.zst|tzst)$/i

/** Throws Unreadable when an archive is broken, or unpacks to far too much. */
export const scanFile = (file: LayerFile, options: ScanFileOptions): readonly Hit[] => {
  const hits: Hit[] = []
  if (archives.test(file.path)) {
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
    for (const { name, bytes } of feedFiles(opened, file.path, members)) {
      if (bytes.length > memberLimit || hits.length >= hitsLimit) continue
      const member: LayerFile = {
        path: name,
        size: bytes.length,
        read: (offset, length) => bytes.subarray(offset, offset + length),
      }
      for (const hit of scanPlain(member, options)) hits.push({ ...hit, inside: name })
    }
    return hits.slice(0, hitsLimit)
  }
  return scanPlain(file, options)
}

/** Compiled Java says nothing that its sources' constants do not, and there are thousands of them. */
const members = /^(?!.*\.(?:class|png|jpe?g|gif|ico|woff2?|ttf|so|dll|dylib|exe)$)/i

const scanPlain = (file: LayerFile, options: ScanFileOptions): readonly Hit[] => {
  const isBinary = file.read(0, Math.min(file.size, 8192)).includes(0)
  const found: Found[] = []
  const isWanted = wantedIn(file.path)
  let lines = 0
  for (let at = 0; at < file.size && found.length < hitsLimit; at += window) {
    // What stands across the ends of a window stands whole in the bytes around it; its keyword says which window's it is.
    const base = Math.max(0, at - lead)
    const bytes = file.read(base, at - base + window + longest)
    const first = at - base
    const limit = Math.min(first + window, bytes.length)
    const around = lookAround(bytes, base, found, isWanted)
    if (isBinary) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (const [keyword, waiters] of binaryKeywords)
        for (
          let place = buffer.indexOf(keyword, first);
          place !== -1 && place < limit;
          place = buffer.indexOf(keyword, place + 1)
        )
          around(waiters, place)
      continue
    }
    find(bytes, first, bytes.length, (keyword, place) => {
      if (place < limit) around(waiting[keyword]!, place)
    })
    if (found.length > 0) numberLines(bytes, base, lines, found)
    if (at + window < file.size) lines += countLines(bytes, at + window - lead - base)
  }
  return settle(found).map(one => ({
    detector: entries[one.detector]![0],
    line: one.line,
    prefix: one.value.length < 16 ? '' : one.prefix,
    length: one.value.length,
    fingerprint: fingerprintOf(one),
    ...(options.reveal ? { value: one.value } : {}),
  }))
}

/** Which detectors look into a file; asked for each only once. */
const wantedIn = (path: string): ((detector: number) => boolean) => {
  const known = new Map<number, boolean>()
  return i => {
    const { onlyIn } = entries[i]![1]
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

type Found = { detector: number; start: number; end: number; value: string; prefix: string; line: number }

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')

const look = (i: number, text: string, offset: number, found: Found[]): void => {
  const [, detector] = entries[i]!
  for (const match of text.matchAll(detector.pattern)) {
    const value = match.groups?.secret ?? match[0]
    const start = offset + match.index + match[0].indexOf(value)
    if (found.some(one => one.detector === i && one.start === start)) continue
    if (isPlaceholder(value.replace(detector.prefix, '')) || detector.isReal?.(value) === false) continue
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
const settle = (found: readonly Found[]): readonly Found[] => {
  // What is known by its name alone yields to what is known by its shape.
  const isGeneral = (one: Found): number => Number(entries[one.detector]![1].onlyIn !== undefined)
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
