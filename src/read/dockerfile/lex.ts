/**
 * Words with quotes, escapes and variables, as BuildKit's shell lexer reads them (frontend/dockerfile/shell/lex.go). It is not a shell:
 * only `$name`, `${name}` and a few modifiers exist. Ranges are offsets into the text that was given.
 */

/** `:-` and so on. `#`, `%` remove the shortest match, `##`, `%%` the longest; `/` replaces the first, `//` all. */
export type Modifier = '-' | ':-' | '+' | ':+' | '?' | ':?' | '#' | '##' | '%' | '%%' | '/' | '//'

export type Part =
  | { readonly kind: 'text'; readonly value: string; readonly start: number; readonly end: number; readonly quoted: boolean }
  | VariablePart

export type VariablePart = {
  readonly kind: 'variable'
  readonly name: string
  readonly start: number
  readonly end: number
  readonly quoted: boolean
  readonly braces: boolean
  readonly modifier: Modifier | undefined
  /** The default, the alternative, the message, or the pattern. */
  readonly word: readonly Part[]
  readonly replacement: readonly Part[]
}

export type Lexed = {
  readonly parts: readonly Part[]
  /** What BuildKit would refuse; `parts` then end before it. */
  readonly error: { readonly message: string; readonly start: number; readonly end: number } | undefined
}

/** `${a:-${b:-…}}` deeper than this is refused: nobody writes it, and the call stack is finite. */
const maxDepth = 100

class LexError extends Error {
  readonly start: number
  readonly end: number
  constructor(message: string, start: number, end: number) {
    super(message)
    this.start = start
    this.end = end
  }
}

const digit = /\p{Nd}/u
const isDigit = (code: number): boolean => (code >= 48 && code <= 57) || (code > 127 && digit.test(String.fromCodePoint(code)))
const nameUnit = /[\p{L}\p{Nd}_]/u
const isNameUnit = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  (code > 127 && nameUnit.test(String.fromCodePoint(code)))
const specialParameters = '@*#?-$!'

/** Lexes one word (white space is text). Never throws; linear in the length of the text. */
export const lex = (text: string, escape: string): Lexed => {
  if (!text.includes('$') && !text.includes("'") && !text.includes('"') && !text.includes(escape)) {
    return {
      parts: text === '' ? [] : [{ kind: 'text', value: text, start: 0, end: text.length, quoted: false }],
      error: undefined,
    }
  }
  const lexer = new Lexer(text, escape)
  try {
    lexer.run()
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { parts: lexer.parts, error: { message: error.message, start: error.start, end: error.end } }
  }
  return { parts: lexer.parts, error: undefined }
}

/** What of escapes stays in the value: a pattern is read once more, so what is quoted in it keeps its escape characters doubled. */
type Keep = 'none' | 'escapes' | 'pattern'

class Lexer {
  readonly text: string
  readonly escape: string
  readonly parts: Part[] = []
  at = 0

  constructor(text: string, escape: string) {
    this.text = text
    this.escape = escape
  }

  run(): void {
    this.until('', 'none', 0, this.parts)
  }

  /** Reads until the stop character (which is consumed) or the end. */
  until(stop: string, keep: Keep, depth: number, parts: Part[]): void {
    const { text, escape } = this
    const rawEscapes = keep !== 'none'
    let value = ''
    let start = this.at
    const flush = (): void => {
      if (this.at > start) parts.push({ kind: 'text', value, start, end: this.at, quoted: false })
      value = ''
    }
    while (this.at < text.length) {
      const unit = text[this.at]!
      if (unit === stop) {
        flush()
        this.at++
        return
      }
      if (unit === "'" || unit === '"') {
        flush()
        if (unit === "'") this.singleQuoted(keep, parts)
        else this.doubleQuoted(rawEscapes, depth, parts)
        start = this.at
      } else if (unit === '$') {
        flush()
        this.dollar(false, depth, parts)
        start = this.at
      } else if (unit === escape) {
        if (rawEscapes) value += unit
        this.at++
        if (this.at < text.length) value += text[this.at++]!
      } else {
        value += unit
        this.at++
      }
    }
    flush()
    if (stop !== '') throw new LexError(`\`${stop}\` is missing`, start, this.at)
  }

  singleQuoted(keep: Keep, parts: Part[]): void {
    const { escape } = this
    const start = this.at
    const close = this.text.indexOf("'", start + 1)
    if (close === -1) throw new LexError('a single quote is never closed', start, this.text.length)
    this.at = close + 1
    const inside = this.text.slice(start + 1, close)
    const value = keep === 'pattern' ? inside.replaceAll(escape, () => escape + escape) : inside
    parts.push({ kind: 'text', value, start, end: this.at, quoted: true })
  }

  doubleQuoted(rawEscapes: boolean, depth: number, parts: Part[]): void {
    const { text, escape } = this
    const open = this.at++
    let start = open
    let value = ''
    while (this.at < text.length) {
      const unit = text[this.at]!
      if (unit === '"') {
        this.at++
        parts.push({ kind: 'text', value, start, end: this.at, quoted: true })
        return
      }
      if (unit === '$') {
        if (this.at > start) parts.push({ kind: 'text', value, start, end: this.at, quoted: true })
        this.dollar(true, depth, parts)
        start = this.at
        value = ''
      } else if (unit === escape) {
        if (rawEscapes) value += unit
        this.at++
        const next = text[this.at]
        if (next === undefined) continue
        if (next === '"' || next === '$' || next === escape) {
          value += next
          this.at++
        } else if (!rawEscapes) value += unit
        else value += text[this.at - 1]!
      } else {
        value += unit
        this.at++
      }
    }
    throw new LexError('a double quote is never closed', open, text.length)
  }

  dollar(quoted: boolean, depth: number, parts: Part[]): void {
    const { text } = this
    const start = this.at++
    if (text[this.at] !== '{') {
      const name = this.name()
      if (name === '') parts.push({ kind: 'text', value: '$', start, end: this.at, quoted })
      else
        parts.push({
          kind: 'variable',
          name,
          start,
          end: this.at,
          quoted,
          braces: false,
          modifier: undefined,
          word: [],
          replacement: [],
        })
      return
    }
    if (depth >= maxDepth)
      throw new LexError(`\`\${\` is nested more than ${maxDepth} deep`, start, Math.min(text.length, start + 2))
    this.at++
    const first = text[this.at]
    if (first === undefined) throw new LexError('`}` is missing', start, text.length)
    if (first === '{' || first === '}' || first === ':') throw new LexError('bad substitution', start, this.at + 1)
    const name = this.name()
    let modifier: Modifier | undefined
    const word: Part[] = []
    const replacement: Part[] = []
    const opening = this.at
    let sign = text[this.at++]
    if (sign === undefined) throw new LexError('`}` is missing', start, text.length)
    if (sign !== '}') {
      if (sign === '/') {
        modifier = '/'
        if (text[this.at] === '/') {
          modifier = '//'
          this.at++
        }
        this.until('/', 'pattern', depth + 1, word)
        this.until('}', 'escapes', depth + 1, replacement)
      } else {
        const colon = sign === ':' ? ':' : ''
        if (colon) sign = text[this.at++]
        const known = sign === '-' || sign === '+' || sign === '?' || ((sign === '#' || sign === '%') && !colon)
        if (!known || sign === undefined) {
          throw new LexError(
            `\`${text.slice(opening, opening + 2).trim()}\` is not a modifier that BuildKit knows`,
            start,
            Math.min(this.at, text.length),
          )
        }
        if ((sign === '#' || sign === '%') && text[this.at] === sign) {
          sign += sign
          this.at++
        }
        modifier = (colon + sign) as Modifier
        this.until('}', sign.startsWith('#') || sign.startsWith('%') ? 'pattern' : 'none', depth + 1, word)
      }
    }
    parts.push({ kind: 'variable', name, start, end: this.at, quoted, braces: true, modifier, word, replacement })
  }

  name(): string {
    const { text } = this
    const start = this.at
    const first = text.codePointAt(start)
    if (first === undefined) return ''
    if (specialParameters.includes(text[start]!)) {
      this.at++
      return text[start]!
    }
    const belongs = isDigit(first) ? isDigit : isNameUnit
    for (let code: number | undefined = first; code !== undefined && belongs(code); code = text.codePointAt(this.at))
      this.at += code > 0xffff ? 2 : 1
    return text.slice(start, this.at)
  }
}

/** All variables of a word, those inside defaults and patterns too, in order. */
export function* variablesOf(parts: readonly Part[]): Generator<VariablePart> {
  for (const part of parts) {
    if (part.kind === 'text') continue
    yield part
    yield* variablesOf(part.word)
    yield* variablesOf(part.replacement)
  }
}

/** The word with quotes and escapes removed and variables left as they were written. */
export const unquote = (text: string, escape: string): string => {
  const { parts } = lex(text, escape)
  let value = ''
  for (const part of parts) value += part.kind === 'text' ? part.value : text.slice(part.start, part.end)
  return value
}
