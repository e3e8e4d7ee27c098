/** JSON as every output writes it: readable by every reader, harmless on a terminal, and in pieces where it is long. */

/** A list that is written while it is made. It may be asked for more than once. */
export class Streamed {
  readonly items: () => Iterable<unknown>
  constructor(items: () => Iterable<unknown>) {
    this.items = items
  }

  toJSON(): unknown {
    return [...this.items()]
  }
}

/** Ends with LF. The same bytes as the pieces, in less time, and with the whole text in memory at once. */
export const jsonText = (document: unknown): string => `${plain(document, '')}\n`

/** The pieces of a document, which may hold Streamed lists at most six levels down. They end with LF. */
export function* jsonPieces(document: unknown): Generator<string> {
  yield* pieces(document, '', levels)
  yield '\n'
}

const levels = 6

function* pieces(value: unknown, indent: string, deep: number): Generator<string> {
  const inner = `${indent}  `
  if (value instanceof Streamed) {
    let isFirst = true
    for (const items of batches(value.items())) {
      yield `${isFirst ? '[' : ','}${listed(items, inner.length / 2)}`
      isFirst = false
    }
    yield isFirst ? '[]' : `\n${indent}]`
  } else if (typeof value !== 'object' || value === null || !holdsStreamed(value, deep)) yield plain(value, indent)
  else {
    const isList = Array.isArray(value)
    let isFirst = true
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue
      yield `${isFirst ? (isList ? '[' : '{') : ','}\n${inner}${isList ? '' : `${plain(key, '')}: `}`
      yield* pieces(item, inner, deep - 1)
      isFirst = false
    }
    yield `\n${indent}${isList ? ']' : '}'}`
  }
}

/** Items that are written at once: one call costs about as much as a small item. */
const batchLength = 32

function* batches(items: Iterable<unknown>): Generator<readonly unknown[]> {
  let batch: unknown[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < batchLength) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Items of a list, at least one, with the lines and commas between them, so many levels in. */
const listed = (items: readonly unknown[], level: number): string => {
  let nest: unknown = items
  // `[\n  [` stands in front of the items of a list in a list, and `\n  ]\n]` behind them.
  let around = 1
  for (let i = 1; i < level; i++) {
    nest = [nest]
    around += 2 * i + 2
  }
  return plain(nest, '').slice(around, -around - 1)
}

const holdsStreamed = (value: unknown, deep: number): boolean =>
  value instanceof Streamed ||
  (deep > 0 && typeof value === 'object' && value !== null && Object.values(value).some(item => holdsStreamed(item, deep - 1)))

/** Line ends stand only between values. */
const plain = (value: unknown, indent: string): string => {
  // A replacer makes it four times slower: only half a character needs it, which is written as an escape (ECMA-262, QuoteJSONString).
  let text = JSON.stringify(value, undefined, 2) ?? 'null'
  if (/\\ud[89a-f]/.test(text)) text = JSON.stringify(value, wellFormed, 2)
  return forTerminals(indent === '' ? text : text.replaceAll('\n', `\n${indent}`))
}

const wellFormed = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value)

/** Nothing but ASCII before DEL: as many bytes of UTF-8 as characters. */
const isPlain = (text: string): boolean => Buffer.byteLength(text) === text.length && !text.includes('\u007f')

/**
 * Outside of strings JSON has none of these: DEL, the C1 controls, separators of lines and paragraphs, and what Unicode calls format characters, which turn
 * the direction of text or hide. Their escapes mean the same. https://www.rfc-editor.org/rfc/rfc8259#section-7
 */
const forTerminals = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, character =>
        Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
          '',
        ),
      )
