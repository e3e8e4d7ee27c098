/** A half-open range of offsets (UTF-16 units) into a text: UTF-8 when the bytes are valid UTF-8, else latin1 (one unit per byte). */
export type Span = { readonly start: number; readonly end: number }

/** A place a person can find: both count from 1; the column counts UTF-16 units. */
export type Position = { readonly line: number; readonly column: number }

/** The offset at which every line of a text starts; a line ends with LF (a CR before it belongs to the line). */
export type LineStarts = readonly number[]

/** The encoding a file was read with, and is written back with. */
export type Encoding = 'utf-8' | 'latin1'

/** A text with the way back to its bytes. `encode(decode(bytes))` is `bytes`, for any bytes. */
export type Text = { readonly text: string; readonly encoding: Encoding }

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes as UTF-8 when the bytes are valid UTF-8 (a BOM stays in the text as U+FEFF), else as latin1: no byte is ever lost. */
export const decode = (bytes: Uint8Array): Text => {
  try {
    return { text: strict.decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: latin1(bytes), encoding: 'latin1' }
  }
}

const latin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return text
}

/** The inverse of `decode`. A latin1 text holding units above 255 (only an edit can add them) cannot be written: throws RangeError. */
export const encode = ({ text, encoding }: Text): Uint8Array => {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 255) throw new RangeError(`U+${unit.toString(16)} cannot be written in latin1`)
    bytes[i] = unit
  }
  return bytes
}

/** One pass over the text: the offset of the first unit of every line. */
export const lineStarts = (text: string): LineStarts => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The index (from 0) of the line that holds an offset; binary search. */
export const lineIndexAt = (starts: LineStarts, offset: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Line and column (both from 1) of an offset. */
export const positionAt = (starts: LineStarts, offset: number): Position => {
  const index = lineIndexAt(starts, offset)
  return { line: index + 1, column: offset - starts[index]! + 1 }
}

/** The text inside a span. */
export const slice = (text: string, span: Span): string => text.slice(span.start, span.end)

/** True when the two spans share at least one unit, or one is an insertion point inside or at the edge of the other. */
export const touches = (a: Span, b: Span): boolean =>
  a.start === a.end || b.start === b.end ? a.start <= b.end && b.start <= a.end : a.start < b.end && b.start < a.end
