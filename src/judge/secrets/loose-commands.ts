/** Commands in texts that are no shell's, or none that is read here: PowerShell, lists in YAML and JSON, what a history made of an instruction. */
import type { Span } from '../../model/text.ts'

/** `text` has no quotes and escapes any more; `span` covers them. */
export type Word = { readonly text: string; readonly span: Span }

export type LooseCommand = {
  /** Without folders; empty when nobody knows. */
  readonly name: string
  readonly words: readonly Word[]
  /** What others say into it, by `echo` or `<<<`. */
  readonly input: readonly (readonly Word[])[]
  /** The body of a here-document. */
  readonly document: Span | undefined
  /** The file that its output goes to. */
  readonly target: Word | undefined
  /** `sudo -S` takes the first line of what it is fed. */
  readonly isFedBySudo?: boolean
}

/**
 * Splits at blanks, quotes, and what stands between commands. Items of a list in YAML, one below the other, are words of one command, and so are those of a
 * list in brackets. One pass; never fails.
 */
export const readLoosely = (source: string, from: number, to: number): readonly LooseCommand[] => {
  const commands: LooseCommand[] = []
  let words: Word[] = []
  let input: (readonly Word[])[] = []
  let target: Word | undefined
  let next: 'word' | 'input' | 'target' = 'word'
  const put = (text: string, start: number, end: number): void => {
    const word = { text, span: { start, end } }
    if (next === 'word') words.push(word)
    else if (next === 'input') input.push([word])
    else target = word
    next = 'word'
  }
  const finish = (isPiped: boolean): void => {
    while (words[0] && (words[0].text.endsWith(':') || words[0].text === '-')) words.shift()
    const [first] = words
    const isName = first !== undefined && !first.text.startsWith('-')
    const name = isName ? first.text.replace(/^.*[\\/]/s, '') : ''
    const own = isName ? words.slice(1) : words
    if (words.length > 0) commands.push({ name, words: own, input, document: undefined, target })
    input =
      isPiped && /^(?:echo|printf|print|write-output)$/i.test(name) ? [own.filter(({ text }) => !/^-[neE]+$/.test(text))] : []
    words = []
    target = undefined
    next = 'word'
  }
  let at = from
  while (at < to) {
    const char = source[at]!
    if (char === '\n') {
      // The next item of a list, or a line that goes on.
      const behind = itemAt(source, at, Math.min(source.length, at + 128))
      if (behind === undefined) finish(false)
      at = behind ?? at + 1
    } else if (isBlank(source.charCodeAt(at)) || char === ',' || char === '[' || char === ']') at++
    else if (char === '<' && source.startsWith('<<<', at)) {
      next = 'input'
      at += 3
    } else if (char === '>') {
      next = 'target'
      at += source[at + 1] === '>' ? 2 : 1
    } else if (char === '\\' && /\r?\n/y.test(source.slice(at + 1, at + 3))) at += 2
    else if (';|&(){}`'.includes(char)) {
      finish(char === '|' && source[at + 1] !== '|')
      at++
    } else {
      const { text, end } = wordAt(source, at, to)
      put(text, at, end)
      at = end
    }
  }
  finish(false)
  return commands
}

/** What `\s` means (https://tc39.es/ecma262/#sec-compiletocharset). */
const isBlank = (unit: number): boolean =>
  unit === 32 || (unit >= 9 && unit <= 13) || (unit > 127 && /\s/.test(String.fromCharCode(unit)))

/** Behind the dash of the item that the line after a line end begins with: `\n  - x`. */
const itemAt = (source: string, from: number, to: number): number | undefined => {
  let at = from + 1
  while (at < to && isPadding(source.charCodeAt(at))) at++
  if (at >= to || source[at] !== '-') return undefined
  const behind = ++at
  while (at < to && isPadding(source.charCodeAt(at))) at++
  return at > behind ? at : undefined
}
const isPadding = (unit: number): boolean => unit === 32 || unit === 9

const wordAt = (source: string, start: number, to: number): { readonly text: string; readonly end: number } => {
  let text = ''
  let at = start
  /** Where what stands for itself begins, as far as it is not in the text yet. */
  let plain = start
  while (at < to) {
    const char = source[at]!
    if (char === '"' || char === "'") {
      const close = closing(source, at, to)
      const inner = source.slice(at + 1, close)
      text += source.slice(plain, at) + (char === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner)
      at = Math.min(to, close + 1)
      plain = at
    } else if (char === '\\' && at + 1 < to) {
      text += source.slice(plain, at) + source[at + 1]!
      at += 2
      plain = at
    } else if (
      isBlank(source.charCodeAt(at)) ||
      ';|&()`>]'.includes(char) ||
      (char === ',' && /["'\s]/.test(source[at - 1] ?? ''))
    )
      break
    else at++
  }
  return { text: text + source.slice(plain, at), end: Math.max(at, start + 1) }
}

/** A quote that nobody closes in its line is a letter: `it's`. */
const closing = (source: string, at: number, to: number): number => {
  const quote = source[at]
  for (let i = at + 1; i < to; i++) {
    if (source[i] === '\\' && quote === '"') i++
    else if (source[i] === quote) return i
  }
  return at
}
