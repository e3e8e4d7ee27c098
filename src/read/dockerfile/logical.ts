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
    if (this.#starts.length === 1) return this.#offsets[0]! + wanted - this.#starts[0]!
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= wanted) low = middle
      else high = middle - 1
    }
    return this.#offsets[low]! + wanted - this.#starts[low]!
  }

  spanOf(start: number, end: number): Span {
    if (end <= start) {
      // An empty range at a seam belongs to the end of the piece before, where its owner stands.
      const at = start > 0 ? this.offsetOf(start - 1) + 1 : this.offsetOf(start)
      return { start: at, end: at }
    }
    return { start: this.offsetOf(start), end: this.offsetOf(end - 1) + 1 }
  }

  /** The same mapping for a part of the text. */
  part(start: number, end: number): LogicalText {
    return new LogicalText(this.text.slice(start, end), this.#starts, this.#offsets, this.#base + start)
  }
}
