/**
 * Python: https://packaging.python.org/en/latest/specifications/version-specifiers/, with epochs, local versions and all
 * spellings that are normalised, ordered as its reference implementation does (https://packaging.pypa.io/en/stable/version.html).
 */
import { compareDigits, compareNumbers, compareUnits, digitsEnd, isDotted, type VersionOrder } from '../version-order.ts'

/** The specification's appendix B. No part can begin with what ends the one before, so that matching takes linear time. */
const pattern =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?([-_.]?dev[-_.]?\d*)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i

type PythonVersion = {
  readonly epoch: string
  readonly release: string
  /** Of a, b and rc; a development version without one comes before all three, any other version behind them. */
  readonly phase: number
  readonly phaseNumber: string
  /** Digits; undefined: none. */
  readonly post: string | undefined
  readonly dev: string | undefined
  /** In small letters, without the plus. */
  readonly local: string | undefined
}

const read = (text: string): PythonVersion | undefined => {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, epoch, release, phase, phaseNumber, post, dev, local] = match
  return {
    epoch: epoch ?? '',
    release: release!,
    phase: phase !== undefined ? phaseRank(phase.toLowerCase()) : post === undefined && dev !== undefined ? 0 : 4,
    phaseNumber: phaseNumber ?? '',
    post: post === undefined ? undefined : trailingDigits(post),
    dev: dev === undefined ? undefined : trailingDigits(dev),
    local: local?.toLowerCase(),
  }
}

const phaseRank = (phase: string): number => (phase.startsWith('a') ? 1 : phase.startsWith('b') ? 2 : 3)

const trailingDigits = (text: string): string => {
  let start = text.length
  while (start > 0 && text.charCodeAt(start - 1) >= 48 && text.charCodeAt(start - 1) <= 57) start--
  return text.slice(start)
}

const compareWhole = (a: string, b: string): number => compareDigits(a, 0, a.length, b, 0, b.length)

/** Segments from left to right, numbers behind words; the shorter list is smaller. */
const compareLocal = (a: string, b: string): number => {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const iEnd = segmentEnd(a, i)
    const jEnd = segmentEnd(b, j)
    const aNumeric = digitsEnd(a, i) >= iEnd
    const bNumeric = digitsEnd(b, j) >= jEnd
    if (aNumeric !== bNumeric) return aNumeric ? 1 : -1
    const order = (aNumeric ? compareDigits : compareUnits)(a, i, iEnd, b, j, jEnd)
    if (order !== 0) return order
    i = iEnd + 1
    j = jEnd + 1
  }
  return i < a.length ? 1 : j < b.length ? -1 : 0
}

const segmentEnd = (text: string, start: number): number => {
  let i = start
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 45 || unit === 46 || unit === 95) break
  }
  return i
}

export default {
  compare(a, b) {
    if (isDotted(a) && isDotted(b)) return compareNumbers(a, 0, a.length, b, 0, b.length)
    const one = read(a)
    const other = one && read(b)
    if (!other) return undefined
    const release =
      compareWhole(one.epoch, other.epoch) ||
      compareNumbers(one.release, 0, one.release.length, other.release, 0, other.release.length) ||
      one.phase - other.phase ||
      compareWhole(one.phaseNumber, other.phaseNumber)
    if (release !== 0) return release
    // No post release is before any, no development release behind any, no local version before any.
    if (one.post === undefined || other.post === undefined) {
      if (one.post !== other.post) return one.post === undefined ? -1 : 1
    } else {
      const post = compareWhole(one.post, other.post)
      if (post !== 0) return post
    }
    if (one.dev === undefined || other.dev === undefined) {
      if (one.dev !== other.dev) return one.dev === undefined ? 1 : -1
    } else {
      const dev = compareWhole(one.dev, other.dev)
      if (dev !== 0) return dev
    }
    if (one.local === undefined || other.local === undefined) {
      return one.local === other.local ? 0 : one.local === undefined ? -1 : 1
    }
    return compareLocal(one.local, other.local)
  },
} satisfies VersionOrder
