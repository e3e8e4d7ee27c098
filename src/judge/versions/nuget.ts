/**
 * NuGet.Versioning's NuGetVersion with its default comparer (https://learn.microsoft.com/nuget/concepts/package-versioning):
 * Semantic Versioning with up to four numbers, each below 2³¹, and prereleases without regard to case. Blanks may stand around
 * the numbers.
 */
import { comparePrerelease } from '../semantic-version.ts'
import { digitsEnd, isDigit, isLetter, type VersionOrder } from '../version-order.ts'

/** `prerelease` and its end are offsets, equal when there is none. */
type NugetVersion = { readonly numbers: readonly number[]; readonly prerelease: number; readonly prereleaseEnd: number }

const biggest = 0x7fffffff

const isBlank = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13)

const blanksEnd = (text: string, start: number): number => {
  let i = start
  while (isBlank(text.charCodeAt(i))) i++
  return i
}

const read = (text: string): NugetVersion | undefined => {
  const numbers: number[] = []
  let i = 0
  for (;;) {
    i = blanksEnd(text, i)
    const end = digitsEnd(text, i)
    let number = 0
    for (let j = i; j < end && number <= biggest; j++) number = number * 10 + text.charCodeAt(j) - 48
    if (end === i || number > biggest || numbers.length === 4) return undefined
    numbers.push(number)
    i = blanksEnd(text, end)
    if (text.charCodeAt(i) !== 46) break
    i++
  }
  let prerelease = i
  if (text.charCodeAt(i) === 45) {
    prerelease = i + 1
    i = labelsEnd(text, prerelease, false)
    if (i < 0) return undefined
  }
  const prereleaseEnd = i
  if (text.charCodeAt(i) === 43) {
    i = labelsEnd(text, i + 1, true)
    if (i < 0) return undefined
  }
  return blanksEnd(text, i) === text.length ? { numbers, prerelease, prereleaseEnd } : undefined
}

/** Where dot-separated labels end; negative when one is empty or a number with a zero before it. */
const labelsEnd = (text: string, start: number, leadingZeros: boolean): number => {
  let i = start
  for (;;) {
    const first = i
    while (isLabelUnit(text.charCodeAt(i))) i++
    if (i === first) return -1
    if (!leadingZeros && i > first + 1 && text.charCodeAt(first) === 48 && digitsEnd(text, first) === i) return -1
    if (text.charCodeAt(i) !== 46) return i
    i++
  }
}

const isLabelUnit = (unit: number): boolean => isDigit(unit) || isLetter(unit) || unit === 45

/** The number that .NET's Int32.TryParse sees in a label, which may have a sign; what does not fit is text. */
const numberIn = (text: string, start: number, end: number): number | undefined => {
  const digits = text.charCodeAt(start) === 45 ? start + 1 : start
  if (digits === end || digitsEnd(text, digits) < end) return undefined
  let number = 0
  for (let i = digits; i < end; i++) {
    number = number * 10 + text.charCodeAt(i) - 48
    if (number > biggest + (digits - start)) return undefined
  }
  return digits === start ? number : -number
}

const lower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit)

const compareLabels = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  const one = numberIn(a, aStart, aEnd)
  const other = numberIn(b, bStart, bEnd)
  if (one !== undefined) return other === undefined ? -1 : one - other
  if (other !== undefined) return 1
  for (let i = aStart, j = bStart; i < aEnd && j < bEnd; i++, j++) {
    const difference = lower(a.charCodeAt(i)) - lower(b.charCodeAt(j))
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

export default {
  compare(a, b) {
    const one = read(a)
    const other = one && read(b)
    if (!other) return undefined
    for (let i = 0; i < one.numbers.length || i < other.numbers.length; i++) {
      const difference = (one.numbers[i] ?? 0) - (other.numbers[i] ?? 0)
      if (difference !== 0) return difference
    }
    return comparePrerelease(a, one.prerelease, one.prereleaseEnd, b, other.prerelease, other.prereleaseEnd, compareLabels)
  },
} satisfies VersionOrder
