/**
 * rpm: `[epoch:]version[-release]`, each part by rpmvercmp (https://rpm.org/docs/latest/man/rpm-version.7, and the tilde and
 * caret of https://docs.fedoraproject.org/en-US/packaging-guidelines/Versioning/). A missing epoch is zero; a missing release is
 * smaller than any, as in rpmverCmp.
 */
import { compareEvrBy } from '../evr.ts'
import { compareDigits, compareUnits, digitsEnd, isDigit, isLetter, type VersionOrder } from '../version-order.ts'

const tilde = 126
const caret = 94

/** Separators are skipped; a tilde comes before the end, a caret behind it but before all else, letters before digits. */
const rank = (unit: number): number => (unit === tilde ? 0 : unit === caret ? 2 : isLetter(unit) ? 3 : 4)
const end = 1

const nextSegment = (text: string, start: number, limit: number): number => {
  let i = start
  for (; i < limit; i++) {
    const unit = text.charCodeAt(i)
    if (isDigit(unit) || isLetter(unit) || unit === tilde || unit === caret) break
  }
  return i
}

const lettersEnd = (text: string, start: number, limit: number): number => {
  let i = start
  while (i < limit && isLetter(text.charCodeAt(i))) i++
  return i
}

const compareSegments = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  let i = aStart
  let j = bStart
  for (;;) {
    i = nextSegment(a, i, aEnd)
    j = nextSegment(b, j, bEnd)
    const one = i < aEnd ? rank(a.charCodeAt(i)) : end
    const other = j < bEnd ? rank(b.charCodeAt(j)) : end
    if (one !== other) return one - other
    if (one === end) return 0
    if (one === 4) {
      const iEnd = digitsEnd(a, i)
      const jEnd = digitsEnd(b, j)
      const order = compareDigits(a, i, iEnd, b, j, jEnd)
      if (order !== 0) return order
      i = iEnd
      j = jEnd
    } else if (one === 3) {
      const iEnd = lettersEnd(a, i, aEnd)
      const jEnd = lettersEnd(b, j, bEnd)
      const order = compareUnits(a, i, iEnd, b, j, jEnd)
      if (order !== 0) return order
      i = iEnd
      j = jEnd
    } else {
      i++
      j++
    }
  }
}

/**
 * As rpm holds dependencies against packages: where one side names no release, any release will do. Then `1` equals `1-1` and
 * `1-2`, so that this is no order to sort by.
 */
export const compareEvr = (a: string, b: string): number | undefined => compareEvrBy(a, b, compareSegments, 'any')

export default {
  compare: (a, b) => compareEvrBy(a, b, compareSegments, 'smallest'),
} satisfies VersionOrder
