/**
 * Debian: `[epoch:]upstream-version[-debian-revision]` by deb-version(7) (https://manpages.debian.org/deb-version). What dpkg's
 * library only warns of (a version that does not begin with a digit, foreign characters) is compared here too; what it rejects is
 * no version.
 */
import { digitsEnd, isDigit, isLetter, type VersionOrder } from '../version-order.ts'

/** `start`, `upstreamEnd`, `revision` and `end` are offsets; without a revision, it begins at the end. */
type Parts = {
  readonly epoch: number
  readonly start: number
  readonly upstreamEnd: number
  readonly revision: number
  readonly end: number
}

const isBlank = (unit: number): boolean => unit === 32 || unit === 9

const read = (text: string): Parts | undefined => {
  let start = 0
  let end = text.length
  while (isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  let hyphen = -1
  let colon = -1
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 45) hyphen = i
    else if (unit === 58 && colon < 0) colon = i
    else if (isBlank(unit)) return undefined
  }
  let epoch = 0
  if (colon >= 0) {
    // dpkg reads the epoch with strtol, which takes a sign.
    const first = text.charCodeAt(start) === 43 ? start + 1 : start
    if (first === colon || digitsEnd(text, first) !== colon) return undefined
    for (let i = first; i < colon; i++) {
      epoch = epoch * 10 + text.charCodeAt(i) - 48
      if (epoch > 0x7fffffff) return undefined
    }
    start = colon + 1
  }
  const upstreamEnd = hyphen >= start ? hyphen : end
  const revision = hyphen >= start ? hyphen + 1 : end
  if (upstreamEnd === start || (hyphen >= start && revision === end)) return undefined
  return { epoch, start, upstreamEnd, revision, end }
}

/** `~` before the end, letters before everything else; the end and digits are one. */
const weight = (unit: number): number =>
  isDigit(unit) ? 0 : isLetter(unit) ? unit : unit === 126 ? -1 : unit >= 0 ? unit + 256 : 0

/** Text that is no digits and numbers take turns. */
const compareParts = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  let i = aStart
  let j = bStart
  while (i < aEnd || j < bEnd) {
    for (;;) {
      const one = i < aEnd ? a.charCodeAt(i) : Number.NaN
      const other = j < bEnd ? b.charCodeAt(j) : Number.NaN
      const oneDone = i >= aEnd || isDigit(one)
      const otherDone = j >= bEnd || isDigit(other)
      if (oneDone && otherDone) break
      const difference = weight(one) - weight(other)
      if (difference !== 0) return difference
      i++
      j++
    }
    while (i < aEnd && a.charCodeAt(i) === 48) i++
    while (j < bEnd && b.charCodeAt(j) === 48) j++
    let first = 0
    while (i < aEnd && j < bEnd && isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j)
      i++
      j++
    }
    if (i < aEnd && isDigit(a.charCodeAt(i))) return 1
    if (j < bEnd && isDigit(b.charCodeAt(j))) return -1
    if (first !== 0) return first
  }
  return 0
}

export default {
  compare(a, b) {
    const one = read(a)
    const other = one && read(b)
    if (!other) return undefined
    if (one.epoch !== other.epoch) return one.epoch - other.epoch
    return (
      compareParts(a, one.start, one.upstreamEnd, b, other.start, other.upstreamEnd) ||
      compareParts(a, one.revision, one.end, b, other.revision, other.end)
    )
  },
} satisfies VersionOrder
