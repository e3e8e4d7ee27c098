import type { Span } from '../../model/text.ts'
import type { Logical } from './syntax.ts'

/**
 * A text put together from pieces of a file, with the way back. Lookups are a binary search over the pieces, so that a RUN of 100,000
 * continued lines stays fast.
 */
export class LogicalText implements Logical {
  readonly text: string
  /** Where each piece begins in the whole logical line, and in the file. */
  readonly #starts: readonly number[]
  readonly #offsets: readonly number[]
  /** Where `text` begins in the whole logical line. */
  readonly #base: number

  constructor(text: string, starts: readonly number[], offsets: readonly number[], base = 0) {
    this.text = text
    this.#starts = starts
    this.#offsets = offsets
    this.#base = base
  }

  offsetOf(at: number): number {
    const wanted = this.#base + at
    const piece = this.#pieceAt(wanted)
    return this.#offsets[piece]! + wanted - this.#starts[piece]!
  }

  #pieceAt(wanted: number): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= wanted) low = middle
      else high = middle - 1
    }
    return low
  }

  spanOf(start: number, end: number): Span {
    if (end <= start) {
      // An empty range at a seam belongs to the end of the piece before, where its owner stands.
      const at = start > 0 ? this.offsetOf(start - 1) + 1 : this.offsetOf(start)
      return { start: at, end: at }
    }
    return { start: this.offsetOf(start), end: this.offsetOf(end - 1) + 1 }
  }

  /** The pieces of this text with the offset in the file of each. */
  pieces(): { readonly text: string; readonly offset: number }[] {
    const pieces: { text: string; offset: number }[] = []
    for (let at = 0; at < this.text.length; ) {
      const wanted = this.#base + at
      let next = this.text.length
      for (let i = this.#pieceAt(wanted) + 1; i < this.#starts.length; i++) {
        if (this.#starts[i]! > wanted) {
          next = Math.min(next, this.#starts[i]! - this.#base)
          break
        }
      }
      pieces.push({ text: this.text.slice(at, next), offset: this.offsetOf(at) })
      at = next
    }
    return pieces
  }

  /** The same mapping for a part of the text. */
  part(start: number, end: number): LogicalText {
    return new LogicalText(this.text.slice(start, end), this.#starts, this.#offsets, this.#base + start)
  }
}

/** One text from pieces of a file, in the given order. */
export const joinPieces = (pieces: readonly { readonly text: string; readonly offset: number }[]): LogicalText => {
  const starts: number[] = []
  let length = 0
  for (const piece of pieces) {
    starts.push(length)
    length += piece.text.length
  }
  return new LogicalText(
    pieces.map(piece => piece.text).join(''),
    starts,
    pieces.map(piece => piece.offset),
  )
}
