/** The JSON form of RUN, CMD and ENTRYPOINT: no shell splits or expands its words, but `["sh", "-c", "…"]` starts one. */
import type { Span } from '../../model/text.ts'
import type { Piece } from './command.ts'
import { sliceFrame } from './frame.ts'
import { readArgvFrame } from './read-script.ts'
import type { Script, ShellWord } from './script.ts'
import { dialectOf, shellOptions } from './shells.ts'

/** One decoded string of the array. `span` covers it with its quotes; `spanOf` leads from offsets of `value` to the Dockerfile. */
export type ArgvWord = {
  readonly value: string
  readonly span: Span
  readonly raw: string
  spanOf(start: number, end: number): Span
}

/**
 * A JSON string literal as an `ArgvWord`. `raw` is the literal with its double quotes; `spanOf` maps offsets of `raw` to the Dockerfile.
 * Throws SyntaxError when `raw` is not a JSON string.
 */
export const argvWord = (raw: string, spanOf: (start: number, end: number) => Span): ArgvWord => {
  const value: unknown = JSON.parse(raw)
  if (typeof value !== 'string') throw new SyntaxError('not a JSON string')
  const starts: number[] = []
  const ends: number[] = []
  const from = raw.indexOf('"') + 1
  const to = raw.lastIndexOf('"')
  for (let at = from; at < to; ) {
    const width = raw[at] !== '\\' ? 1 : raw[at + 1] === 'u' ? 6 : 2
    starts.push(at)
    at += width
    ends.push(at)
  }
  return {
    value,
    span: spanOf(0, raw.length),
    raw,
    spanOf: (start, end) => {
      if (end > start) return spanOf(starts[start] ?? to, ends[end - 1] ?? to)
      return spanOf(starts[start] ?? to, starts[start] ?? to)
    },
  }
}

/**
 * The one command of an argv (wrappers taken off), and those of the script when it is `sh -c script`. Every word is literal: `$X` is text.
 * `span` is of the whole array. The result's `text` is the values joined by blanks. errexit and pipefail are those of the shell's own words,
 * when it is one; a program that is not a shell has dialect `posix`, so that rules judge it.
 */
export const readArgv = (words: readonly ArgvWord[], span: Span): Script => {
  const starts: number[] = []
  let text = ''
  for (const [i, word] of words.entries()) {
    if (i > 0) text += ' '
    starts.push(text.length)
    text += word.value
  }
  /** The index of the word that holds an offset (or stands before the blank there); binary search. */
  const indexAt = (offset: number): number => {
    let low = 0
    let high = words.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  const spanOf = (start: number, end: number): Span => {
    if (words.length === 0) return span
    const first = indexAt(start)
    const last = indexAt(Math.max(start, end - 1))
    const word = words[first]!
    const from = word.spanOf(
      Math.min(start - starts[first]!, word.value.length),
      first === last ? Math.min(end - starts[first]!, word.value.length) : word.value.length,
    )
    if (first === last) return from
    return { start: from.start, end: words[last]!.spanOf(0, Math.min(end - starts[last]!, words[last]!.value.length)).end }
  }
  const values = words.map(word => word.value)
  const found = dialectOf(values)
  const dialect = found === 'other' ? 'posix' : found
  const base = { dialect, text, span, interpreter: undefined, ...shellOptions(values), spanOf }
  if (words.length === 0) return { ...base, errexit: false, pipefail: false, commands: [], errors: [] }
  const pieces: Piece[] = words.map((word, i) => {
    const start = starts[i]!
    const shellWord: ShellWord = { span: word.span, raw: word.raw, text: word.value, literal: true, quoted: true }
    return {
      word: shellWord,
      start,
      end: start + word.value.length,
      inside: () => sliceFrame({ text, root: (from, to) => [from, to] }, start, start + word.value.length),
    }
  })
  return { ...base, ...readArgvFrame({ text, dialect, spanOf }, pieces) }
}
