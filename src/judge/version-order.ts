/** What an order of versions is, and the comparing of digits that nearly all orders share. */

/** Undefined: one of the two is no version of this kind. Negative, zero or positive otherwise. */
export type VersionOrder = { compare(a: string, b: string): number | undefined }

/** Of a UTF-16 unit; NaN, which lies behind the end of a text, is none. */
export const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** ASCII letters of both cases. */
export const isLetter = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)

/** Where the digits that start at `start` end. */
export const digitsEnd = (text: string, start: number): number => {
  let end = start
  while (isDigit(text.charCodeAt(end))) end++
  return end
}

/** Whole numbers of any length, written in `[start, end)`; leading zeros count for nothing, no digits at all are zero. */
export const compareDigits = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  let i = aStart
  let j = bStart
  while (i < aEnd && a.charCodeAt(i) === 48) i++
  while (j < bEnd && b.charCodeAt(j) === 48) j++
  const longer = aEnd - i - (bEnd - j)
  if (longer !== 0) return longer
  for (; i < aEnd; i++, j++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(j)
    if (difference !== 0) return difference
  }
  return 0
}

/** By UTF-16 units; a text that the other begins with is smaller. */
export const compareUnits = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  for (let i = aStart, j = bStart; i < aEnd && j < bEnd; i++, j++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(j)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Numbers with one character between them, from left to right; a missing number is zero: `1.2` and `1.2.0` are equal. */
export const compareNumbers = (a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): number => {
  let i = aStart
  let j = bStart
  while (i < aEnd || j < bEnd) {
    const iEnd = i < aEnd ? digitsEnd(a, i) : i
    const jEnd = j < bEnd ? digitsEnd(b, j) : j
    const order = compareDigits(a, i, iEnd, b, j, jEnd)
    if (order !== 0) return order
    i = iEnd + 1
    j = jEnd + 1
  }
  return 0
}

/** Whether a text is nothing but numbers with dots between them: the versions that most orders agree on. */
export const isDotted = (text: string): boolean => {
  let digits = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isDigit(unit)) digits = true
    else if (unit !== 46 || !digits) return false
    else digits = false
  }
  return digits
}
