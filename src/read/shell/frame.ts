/**
 * Shell text inside shell text: what a quoted string, a here-document or an escaped backtick substitution says once its escapes are gone,
 * with the way back to the script that holds it.
 */
import type { Word, WordPart } from 'unbash'

/** A text and where its ranges stand in the outermost script. */
export type Frame = {
  readonly text: string
  /** The range in the outermost script, from the first to the last unit of a range of `text`. */
  root(start: number, end: number): readonly [number, number]
}

/** The outermost script. Of a script that breaks off, the parser gives ends behind the text's own (`$((` and an escaped backslash). */
export const rootFrame = (text: string): Frame => ({
  text,
  root: (start, end) => [Math.min(start, text.length), Math.min(end, text.length)],
})

/** Builds a text unit by unit, noting for each one which range of the outer text it was written as. */
class Decoder {
  text = ''
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly outer: Frame
  constructor(outer: Frame) {
    this.outer = outer
  }

  /** Units that mean themselves. */
  copy(start: number, end: number): void {
    for (let i = start; i < end; i++) {
      this.starts.push(i)
      this.ends.push(i + 1)
    }
    this.text += this.outer.text.slice(start, end)
  }

  /** `value` is the range without the backslashes that escape. When the two do not match up, every unit leads to the whole range. */
  align(start: number, end: number, value: string): void {
    const raw = this.outer.text
    const from = this.starts.length
    let at = start
    for (let j = 0; j < value.length; j++) {
      while (at + 1 < end && raw[at] === '\\' && raw[at + 1] === '\n' && value[j] !== '\\') at += 2
      const escaped = raw[at] === '\\' && at + 1 < end && raw[at + 1] === value[j]
      if (!escaped && raw[at] !== value[j]) break
      const width = escaped ? 2 : 1
      this.starts.push(at)
      this.ends.push(at + width)
      at += width
    }
    if (this.starts.length - from !== value.length) {
      this.starts.length = from
      this.ends.length = from
      this.whole(start, end, value)
    } else this.text += value
  }

  /** Every unit of `value` leads to the whole range. */
  whole(start: number, end: number, value: string): void {
    for (let j = 0; j < value.length; j++) {
      this.starts.push(start)
      this.ends.push(end)
    }
    this.text += value
  }

  frame(fallback: number): Frame {
    const { text, starts, ends, outer } = this
    return {
      text,
      root: (start, end) => {
        if (text === '') return outer.root(fallback, fallback)
        if (end > start) return outer.root(starts[start]!, ends[Math.min(end, text.length) - 1]!)
        const point = start < text.length ? starts[start]! : ends[text.length - 1]!
        return outer.root(point, point)
      },
    }
  }
}

const decodeParts = (decoder: Decoder, parts: readonly WordPart[]): void => {
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
        decoder.align(part.pos, part.end, part.value)
        break
      case 'SingleQuoted':
        decoder.copy(part.pos + 1, Math.max(part.pos + 1, part.pos + 1 + part.value.length))
        break
      case 'AnsiCQuoted':
        decoder.whole(part.pos, part.end, part.value)
        break
      case 'DoubleQuoted':
      case 'LocaleString':
        decodeParts(decoder, part.parts)
        break
      default:
        decoder.copy(part.pos, part.end)
    }
  }
}

/** What a word says without its quotes and escapes; expansions stay as they were written. */
export const wordFrame = (outer: Frame, word: Word): Frame => {
  const decoder = new Decoder(outer)
  if (word.parts) decodeParts(decoder, word.parts)
  else decoder.align(word.pos, word.end, word.value)
  return decoder.frame(word.pos)
}

/** The body of a here-document: as it is when its delimiter was quoted (no `parts`), else without the escapes. */
export const heredocFrame = (outer: Frame, body: { pos: number; end: number; parts: readonly WordPart[] | undefined }): Frame => {
  const decoder = new Decoder(outer)
  if (body.parts) decodeParts(decoder, body.parts)
  else decoder.copy(body.pos, body.end)
  return decoder.frame(body.pos)
}

/** A range of the outer text whose escapes were removed to give `value`. */
export const alignedFrame = (outer: Frame, start: number, end: number, value: string): Frame => {
  const decoder = new Decoder(outer)
  decoder.align(start, end, value)
  return decoder.frame(start)
}

/** A part of another frame, as it is. */
export const sliceFrame = (outer: Frame, start: number, end: number): Frame => ({
  text: outer.text.slice(start, end),
  root: (from, to) => outer.root(start + from, start + to),
})
