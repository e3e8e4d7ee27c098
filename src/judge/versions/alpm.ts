/**
 * pacman: `[epoch:]version[-release]` by libalpm (https://man.archlinux.org/man/vercmp.8): an older rpmvercmp without tilde and
 * caret, in which more separators are newer, and letters at the end older than nothing. A missing release is smaller than any. On
 * texts that no package has (`1.`, `1.1`, `1..a`) libalpm's comparing runs in a circle, and so does this.
 */
import { compareEvrBy } from '../evr.ts'
import { compareDigits, compareUnits, digitsEnd, isDigit, isLetter, type VersionOrder } from '../version-order.ts'

const nextSegment = (text: string, start: number, limit: number): number => {
  let i = start
  while (i < limit && !isDigit(text.charCodeAt(i)) && !isLetter(text.charCodeAt(i))) i++
  return i
}

const lettersEnd = (text: string, start: number, limit: number): number => {
  let i = start
  while (i < limit && isLetter(text.charCodeAt(i))) i++
  return i
}

const compareSegments = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  // libalpm asks for equal texts before anything else.
  if (compareUnits(a, aStart, aEnd, b, bStart, bEnd) === 0) return 0
  let i = aStart
  let j = bStart
  while (i < aEnd && j < bEnd) {
    const iSeparator = i
    const jSeparator = j
    i = nextSegment(a, i, aEnd)
    j = nextSegment(b, j, bEnd)
    if (i === aEnd || j === bEnd) break
    const separators = i - iSeparator - (j - jSeparator)
    if (separators !== 0) return separators
    const number = isDigit(a.charCodeAt(i))
    if (number !== isDigit(b.charCodeAt(j))) return number ? 1 : -1
    const iEnd = number ? digitsEnd(a, i) : lettersEnd(a, i, aEnd)
    const jEnd = number ? digitsEnd(b, j) : lettersEnd(b, j, bEnd)
    const order = number ? compareDigits(a, i, iEnd, b, j, jEnd) : compareUnits(a, i, iEnd, b, j, jEnd)
    if (order !== 0) return order
    i = iEnd
    j = jEnd
  }
  if (i === aEnd && j === bEnd) return 0
  if (i === aEnd) return isLetter(b.charCodeAt(j)) ? 1 : -1
  return isLetter(a.charCodeAt(i)) ? -1 : 1
}

/**
 * As pacman holds dependencies against packages, and as `vercmp` answers: where one side has no release, any will do. No order to
 * sort by.
 */
export const compareEvr = (a: string, b: string): number | undefined => compareEvrBy(a, b, compareSegments, 'any')

export default {
  compare: (a, b) => compareEvrBy(a, b, compareSegments, 'smallest'),
} satisfies VersionOrder
