/**
 * Semantic Versioning 2.0.0 (https://semver.org/spec/v2.0.0.html) as several ecosystems read it: numbers, prerelease, build
 * metadata.
 */
import { compareDigits, compareNumbers, compareUnits, digitsEnd, isDigit, isLetter } from './version-order.ts'

/** What a reader of semantic versions accepts beyond the specification. */
export type SemanticForm = {
  /** How many numbers there must be at least; missing ones are zero. */
  readonly fewest: 1 | 2 | 3
  /** How many there may be; three by default. */
  readonly most?: number
  /** Numbers and numeric identifiers may begin with zeros. */
  readonly leadingZeros?: boolean
  /** A prerelease may follow the third number without a hyphen: `1.2.3beta`. */
  readonly withoutHyphen?: boolean
  /** Prerelease and build metadata only after three numbers. */
  readonly wholeBeforePrerelease?: boolean
  /** How many digits a number may have. */
  readonly mostDigits?: number
}

/** Offsets into the text: the numbers, and the prerelease without its hyphen, which is empty when there is none. */
export type SemanticVersion = {
  readonly start: number
  readonly numbersEnd: number
  readonly prerelease: number
  readonly prereleaseEnd: number
}

/** Reads a whole text from `start`; undefined when it is no version of the form. */
export const readSemantic = (text: string, start: number, form: SemanticForm): SemanticVersion | undefined => {
  const { most = 3 } = form
  let i = start
  let numbers = 0
  for (;;) {
    const end = digitsEnd(text, i)
    if (end === i || (!form.leadingZeros && end > i + 1 && text.charCodeAt(i) === 48)) return undefined
    if (form.mostDigits !== undefined && end - i > form.mostDigits) return undefined
    i = end
    if (++numbers === most || text.charCodeAt(i) !== 46) break
    i++
  }
  if (numbers < form.fewest) return undefined
  const numbersEnd = i
  if (i === text.length) return { start, numbersEnd, prerelease: i, prereleaseEnd: i }
  if (form.wholeBeforePrerelease && numbers < 3) return undefined
  let unit = text.charCodeAt(i)
  let prerelease = i
  if (unit === 45 || (form.withoutHyphen && numbers === 3 && isLetter(unit))) {
    prerelease = unit === 45 ? i + 1 : i
    i = identifiersEnd(text, prerelease, form.leadingZeros === true, form.mostDigits)
    if (i < 0 && form.withoutHyphen && unit === 45) {
      // `1.2.3-`: the hyphen itself is the prerelease.
      i = identifiersEnd(text, --prerelease, form.leadingZeros === true, form.mostDigits)
    }
    if (i < 0) return undefined
    unit = text.charCodeAt(i)
  }
  const prereleaseEnd = i
  if (unit === 43) {
    i = identifiersEnd(text, i + 1, true)
    if (i < 0) return undefined
  }
  return i === text.length ? { start, numbersEnd, prerelease, prereleaseEnd } : undefined
}

/**
 * Where dot-separated identifiers end; negative when one is empty, or a number that is too long or has leading zeros where none
 * may be.
 */
const identifiersEnd = (text: string, start: number, leadingZeros: boolean, mostDigits = Number.POSITIVE_INFINITY): number => {
  let i = start
  for (;;) {
    const first = i
    let numeric = true
    for (;;) {
      const unit = text.charCodeAt(i)
      if (isLetter(unit) || unit === 45) numeric = false
      else if (!isDigit(unit)) break
      i++
    }
    if (i === first) return -1
    if (numeric && (i - first > mostDigits || (!leadingZeros && i > first + 1 && text.charCodeAt(first) === 48))) return -1
    if (text.charCodeAt(i) !== 46) return i
    i++
  }
}

/** Section 11 of the specification. Build metadata counts for nothing. */
export const compareSemantic = (a: string, one: SemanticVersion, b: string, other: SemanticVersion): number => {
  const numbers = compareNumbers(a, one.start, one.numbersEnd, b, other.start, other.numbersEnd)
  if (numbers !== 0) return numbers
  return comparePrerelease(
    a,
    one.prerelease,
    one.prereleaseEnd,
    b,
    other.prerelease,
    other.prereleaseEnd,
    compareSemanticIdentifiers,
  )
}

type CompareRanges = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number) => number

/** Dot-separated identifiers from left to right: the shorter list is smaller, and no prerelease at all is greater than any. */
export const comparePrerelease = (
  a: string,
  aStart: number,
  aEnd: number,
  b: string,
  bStart: number,
  bEnd: number,
  compareIdentifiers: CompareRanges,
): number => {
  if (aStart === aEnd) return bStart === bEnd ? 0 : 1
  if (bStart === bEnd) return -1
  let i = aStart
  let j = bStart
  while (i < aEnd && j < bEnd) {
    const iEnd = identifierEnd(a, i, aEnd)
    const jEnd = identifierEnd(b, j, bEnd)
    const order = compareIdentifiers(a, i, iEnd, b, j, jEnd)
    if (order !== 0) return order
    i = iEnd + 1
    j = jEnd + 1
  }
  return i < aEnd ? 1 : j < bEnd ? -1 : 0
}

const identifierEnd = (text: string, start: number, end: number): number => {
  let i = start
  while (i < end && text.charCodeAt(i) !== 46) i++
  return i
}

/** Numbers by their value and before words, words by ASCII. */
export const compareSemanticIdentifiers: CompareRanges = (a, aStart, aEnd, b, bStart, bEnd) => {
  const aNumeric = digitsEnd(a, aStart) >= aEnd
  const bNumeric = digitsEnd(b, bStart) >= bEnd
  if (aNumeric && bNumeric) return compareDigits(a, aStart, aEnd, b, bStart, bEnd)
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1
  return compareUnits(a, aStart, aEnd, b, bStart, bEnd)
}
