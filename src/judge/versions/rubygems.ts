/**
 * RubyGems: `Gem::Version` (https://docs.ruby-lang.org/en/master/Gem/Version.html). A version is a list of numbers and words;
 * words come before numbers, missing segments are zero, a hyphen stands for `.pre.`, and an empty text is version 0.
 */
import {
  compareDigits,
  compareNumbers,
  compareUnits,
  digitsEnd,
  isDigit,
  isDotted,
  isLetter,
  type VersionOrder,
} from '../version-order.ts'

const isBlank = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13)

const isZeroOrDot = (unit: number): boolean => unit === 48 || unit === 46

/** `digits(.alphanumerics)*(-[alphanumerics and hyphens](.…)*)?`, without the blanks around it; undefined when it is none. */
const trimmed = (text: string): string | undefined => {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  if (start === end) return '0'
  let i = digitsEnd(text, start)
  if (i === start) return undefined
  let hyphens = false
  while (i < end) {
    const separator = text.charCodeAt(i)
    if (separator === 45) hyphens = true
    else if (separator !== 46) return undefined
    const first = ++i
    for (; i < end; i++) {
      const unit = text.charCodeAt(i)
      if (!isDigit(unit) && !isLetter(unit) && !(hyphens && unit === 45)) break
    }
    if (i === first) return undefined
  }
  return text.slice(start, end)
}

/** The text without the zeros that count for nothing: those at the end, and the first that stand before a word. */
const canonical = (version: string): string => {
  let text = version.replaceAll('-', '.pre.')
  let zeros = text.length
  while (zeros > 0 && isZeroOrDot(text.charCodeAt(zeros - 1))) zeros--
  let end = zeros
  if (zeros === 0 || !isLetter(text.charCodeAt(zeros - 1))) {
    const dot = text.indexOf('.', zeros)
    end = dot < 0 ? text.length : dot + 1
  }
  text = text.slice(0, end)
  for (let i = 0; i < text.length; i++) {
    if (!isZeroOrDot(text.charCodeAt(i)) || (i > 0 && text.charCodeAt(i - 1) !== 46)) continue
    const start = i
    while (isZeroOrDot(text.charCodeAt(i))) i++
    if (isLetter(text.charCodeAt(i))) return text.slice(0, start) + text.slice(i)
  }
  return text
}

const segmentStart = (text: string, start: number): number => {
  let i = start
  while (i < text.length && text.charCodeAt(i) === 46) i++
  return i
}

const lettersEnd = (text: string, start: number): number => {
  let i = start
  while (isLetter(text.charCodeAt(i))) i++
  return i
}

export default {
  compare(a, b) {
    if (isDotted(a) && isDotted(b)) return compareNumbers(a, 0, a.length, b, 0, b.length)
    const first = trimmed(a)
    const second = first === undefined ? undefined : trimmed(b)
    if (first === undefined || second === undefined) return undefined
    const one = canonical(first)
    const other = canonical(second)
    let i = segmentStart(one, 0)
    let j = segmentStart(other, 0)
    while (i < one.length || j < other.length) {
      const iWord = i < one.length && isLetter(one.charCodeAt(i))
      const jWord = j < other.length && isLetter(other.charCodeAt(j))
      if (iWord !== jWord) return iWord ? -1 : 1
      const iEnd = iWord ? lettersEnd(one, i) : digitsEnd(one, i)
      const jEnd = jWord ? lettersEnd(other, j) : digitsEnd(other, j)
      const order = (iWord ? compareUnits : compareDigits)(one, i, iEnd, other, j, jEnd)
      if (order !== 0) return order
      i = segmentStart(one, iEnd)
      j = segmentStart(other, jEnd)
    }
    return 0
  },
} satisfies VersionOrder
