/** `[epoch:]version[-release]`, as rpm and pacman write it. */
import { compareDigits, digitsEnd } from './version-order.ts'

/** Offsets into the text; `release` is -1 when there is none, and may be empty. */
export type Evr = {
  readonly epochEnd: number
  readonly version: number
  readonly versionEnd: number
  readonly release: number
}

/** Undefined when there is no version in it. */
export const readEvr = (text: string): Evr | undefined => {
  const digits = digitsEnd(text, 0)
  const hasEpoch = text.charCodeAt(digits) === 58
  const version = hasEpoch ? digits + 1 : 0
  const hyphen = text.lastIndexOf('-')
  const hasRelease = hyphen >= version
  const versionEnd = hasRelease ? hyphen : text.length
  return versionEnd === version
    ? undefined
    : { epochEnd: hasEpoch ? digits : 0, version, versionEnd, release: hasRelease ? hyphen + 1 : -1 }
}

type CompareRanges = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number) => number

/** A missing epoch is zero. A missing release is smaller than any, or, where it is said to match all, equal to any. */
export const compareEvrBy = (
  a: string,
  b: string,
  compareSegments: CompareRanges,
  missingRelease: 'smallest' | 'any',
): number | undefined => {
  const one = readEvr(a)
  const other = one && readEvr(b)
  if (!other) return undefined
  const order =
    compareDigits(a, 0, one.epochEnd, b, 0, other.epochEnd) ||
    compareSegments(a, one.version, one.versionEnd, b, other.version, other.versionEnd)
  if (order !== 0) return order
  if (one.release < 0 || other.release < 0) {
    return missingRelease === 'any' || one.release === other.release ? 0 : one.release < 0 ? -1 : 1
  }
  return compareSegments(a, one.release, a.length, b, other.release, b.length)
}
