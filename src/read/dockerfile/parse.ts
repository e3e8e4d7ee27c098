/**
 * Bytes → syntax tree. The grammar is that of BuildKit's frontend/dockerfile/parser; where BuildKit would stop with an error, this one
 * notes it in `errors` and goes on. Linear in the size of the input.
 */
import { decode, type Encoding, lineStarts, type Span } from '../../model/text.ts'
import { lex, unquote } from './lex.ts'
import { LogicalText } from './logical.ts'
import type {
  Comment,
  Directive,
  Flag,
  FlagField,
  Heredoc,
  Instruction,
  JsonForm,
  KeyValue,
  Node,
  SyntaxError,
  SyntaxErrorCode,
  SyntaxTree,
  Token,
  TokenKind,
  Word,
} from './syntax.ts'

/** Parses a Dockerfile given as bytes (any bytes) or as text. Never throws. */
export const parse = (input: string | Uint8Array): SyntaxTree => {
  const { text, encoding } = typeof input === 'string' ? { text: input, encoding: 'utf-8' as Encoding } : decode(input)
  return new Parser(text, encoding).run()
}

const LF = 10
const CR = 13
const HASH = 35

/** White space as Go's unicode.IsSpace has it (U+FEFF is not). */
const isSpace = (code: number): boolean =>
  code === 32 ||
  (code >= 9 && code <= 13) ||
  code === 0x85 ||
  code === 0xa0 ||
  (code >= 0x1680 && code !== 0xfeff && /\s/.test(String.fromCharCode(code)))

/** The white space that separates words: BuildKit's `[\t\v\f\r ]`. */
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== LF)

/** The white space of places that BuildKit reads byte by byte. */
const isAsciiSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

/** BuildKit reads flags byte by byte, so the last byte of U+0085 and U+00A0 ends one too. */
const isFlagEnd = (code: number): boolean => isAsciiSpace(code) || code === 0x85 || code === 0xa0

/** `\s` of Go's regular expressions. */
const isRegexSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11)

const takesJson = new Set(['ADD', 'COPY', 'VOLUME', 'CMD', 'ENTRYPOINT', 'RUN', 'SHELL'])
const takesHeredocs = new Set(['ADD', 'COPY', 'RUN'])
const takesPairs = new Set(['ENV', 'LABEL', 'ARG'])

const directiveNames = new Set(['syntax', 'escape', 'check'])

class Parser {
  readonly text: string
  readonly encoding: Encoding
  readonly lines: readonly number[]
  readonly nodes: Node[] = []
  readonly instructions: Instruction[] = []
  readonly directives: Directive[] = []
  readonly comments: Comment[] = []
  readonly errors: SyntaxError[] = []
  escape: '\\' | '`' = '\\'
  /** Directives end at the first line that is not one. */
  directivesOpen = true
  /** Comment lines directly above. */
  above: Comment[] = []
  line = 0

  constructor(text: string, encoding: Encoding) {
    this.text = text
    this.encoding = encoding
    this.lines = lineStarts(text)
  }

  run(): SyntaxTree {
    const { text, lines } = this
    let from = 0
    if (text.charCodeAt(0) === 0xfeff) {
      this.nodes.push({ kind: 'bom', span: { start: 0, end: 1 } })
      from = 1
    } else if (this.encoding === 'latin1' && text.startsWith('\u00ef\u00bb\u00bf')) {
      this.nodes.push({ kind: 'bom', span: { start: 0, end: 3 } })
      from = 3
    }
    while (this.line < lines.length) {
      const start = Math.max(from, lines[this.line]!)
      const end = this.endOf(this.line)
      if (start === end) {
        this.line++
        continue
      }
      const first = this.skipSpace(start, end)
      if (first === end) {
        this.directivesOpen = false
        this.nodes.push({ kind: 'blank', span: { start, end } })
        this.above = []
        this.line++
      } else if (text.charCodeAt(first) === HASH) {
        this.commentOrDirective(start, first, end)
        this.line++
      } else {
        this.directivesOpen = false
        this.instruction(start, first)
      }
    }
    return {
      text,
      encoding: this.encoding,
      lines,
      nodes: this.nodes,
      instructions: this.instructions,
      directives: this.directives,
      comments: this.comments,
      escape: this.escape,
      errors: this.errors,
    }
  }

  /** The offset after the line's end. */
  endOf(line: number): number {
    return line + 1 < this.lines.length ? this.lines[line + 1]! : this.text.length
  }

  /** The offset of the line's end, CR and LF. */
  contentEnd(start: number, end: number): number {
    let at = end
    while (at > start && (this.text.charCodeAt(at - 1) === LF || this.text.charCodeAt(at - 1) === CR)) at--
    return at
  }

  skipSpace(start: number, end: number): number {
    let at = start
    while (at < end && isSpace(this.text.charCodeAt(at))) at++
    return at
  }

  error(code: SyntaxErrorCode, message: string, span: Span): void {
    this.errors.push({ code, message, span })
  }

  commentOrDirective(start: number, hash: number, end: number): void {
    if (this.directivesOpen) {
      const directive = this.directive(start, hash, end)
      if (directive) {
        const { name, value } = directive
        if (this.directives.some(other => other.name === name)) {
          this.error('directive-duplicate', `\`${name}\` can be set only once`, { start: hash, end: directive.valueSpan.end })
        } else if (name === 'escape') {
          if (value === '\\' || value === '`') this.escape = value
          else
            this.error(
              'directive-escape-invalid',
              `the escape character can only be \`\\\` or a backtick, not \`${value}\``,
              directive.valueSpan,
            )
        }
        this.nodes.push(directive)
        this.directives.push(directive)
        this.above = []
        return
      }
      this.directivesOpen = false
    }
    const comment = this.comment(start, hash, end)
    this.nodes.push(comment)
    this.comments.push(comment)
    this.above.push(comment)
  }

  /** `# name = value` with a name that BuildKit knows. */
  directive(start: number, hash: number, end: number): Directive | undefined {
    const { text } = this
    let to = this.contentEnd(hash, end)
    const nameStart = this.skipSpace(hash + 1, to)
    let at = nameStart
    while (at < to && /[a-zA-Z0-9]/.test(text[at]!)) at++
    const name = text.slice(nameStart, at).toLowerCase()
    while (at < to && isRegexSpace(text.charCodeAt(at))) at++
    if (!directiveNames.has(name) || text[at] !== '=' || ++at === to) return undefined
    while (to - 1 > at && isRegexSpace(text.charCodeAt(to - 1))) to--
    while (at < to - 1 && isRegexSpace(text.charCodeAt(at))) at++
    return { kind: 'directive', span: { start, end }, name, value: text.slice(at, to), valueSpan: { start: at, end: to } }
  }

  comment(start: number, hash: number, end: number): Comment {
    let from = hash + 1
    let to = this.contentEnd(hash, end)
    while (from < to && isSpace(this.text.charCodeAt(from))) from++
    while (to > from && isSpace(this.text.charCodeAt(to - 1))) to--
    return { kind: 'comment', span: { start, end }, text: this.text.slice(from, to), textSpan: { start: from, end: to } }
  }

  /** Where the continuation at the end of a line begins (the escape character), or -1. BuildKit: not when the character before is one too. */
  continuation(start: number, contentEnd: number): number {
    let at = contentEnd
    while (at > start && (this.text.charCodeAt(at - 1) === 32 || this.text.charCodeAt(at - 1) === 9)) at--
    if (at === start || this.text[at - 1] !== this.escape) return -1
    if (at - 2 >= start && this.text[at - 2] === this.escape) return -1
    return at - 1
  }

  instruction(start: number, first: number): void {
    const { text, lines } = this
    const layout: Layout = { text: [], starts: [], offsets: [], trivia: [] }
    const innerComments: Comment[] = []
    const emptyContinuations: Span[] = []
    let length = 0
    let lineStart = first
    let end: number
    for (;;) {
      end = this.endOf(this.line)
      const contentEnd = this.contentEnd(lineStart, end)
      const escapeAt = this.continuation(lineStart, contentEnd)
      const pieceEnd = escapeAt === -1 ? contentEnd : escapeAt
      if (pieceEnd > lineStart || layout.text.length === 0) {
        layout.text.push(text.slice(lineStart, pieceEnd))
        layout.starts.push(length)
        layout.offsets.push(lineStart)
        length += pieceEnd - lineStart
      }
      if (end > pieceEnd)
        layout.trivia.push({ kind: escapeAt === -1 ? 'newline' : 'continuation', span: { start: pieceEnd, end } })
      this.line++
      if (escapeAt === -1) break
      // Comments and empty lines do not end a continued instruction.
      let next = this.line
      for (; next < lines.length; next++) {
        const from = lines[next]!
        const to = this.endOf(next)
        if (from === to) break
        const unit = this.skipSpace(from, to)
        if (unit < to && text.charCodeAt(unit) !== HASH) break
        if (unit === to) {
          layout.trivia.push({ kind: 'blank', span: { start: from, end: to } })
          emptyContinuations.push({ start: from, end: to })
        } else {
          layout.trivia.push({ kind: 'comment', span: { start: from, end: to } })
          innerComments.push(this.comment(from, unit, to))
        }
        end = to
      }
      this.line = next
      if (next >= lines.length || lines[next]! === this.endOf(next)) break
      lineStart = lines[next]!
    }
    const line = new LogicalText(layout.text.join(''), layout.starts, layout.offsets)
    const draft = this.read(line, 0)
    draft.comments = this.above
    draft.innerComments = innerComments
    draft.emptyContinuations = emptyContinuations
    this.above = []
    this.comments.push(...innerComments)
    if (draft.mayHaveHeredocs && line.text.includes('<<')) {
      const heredocs = this.heredocs(line)
      for (const heredoc of heredocs) end = heredoc.end?.end ?? heredoc.body.end
      draft.heredocs = heredocs
      if (draft.nested instanceof Draft) draft.nested.heredocs = heredocs
    }
    draft.span = { start, end }
    draft.layout = layout
    draft.indent = { start, end: first }
    this.nodes.push(draft)
    this.instructions.push(draft)
  }

  /** One logical line, or the part of one after ONBUILD. */
  read(line: LogicalText, depth: number): Draft {
    const { text } = line
    let from = 0
    let to = text.length
    while (from < to && isSpace(text.charCodeAt(from))) from++
    while (to > from && isSpace(text.charCodeAt(to - 1))) to--
    let keywordEnd = from
    while (keywordEnd < to && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++
    const raw = text.slice(from, keywordEnd)
    const name = raw.toUpperCase()
    let at = keywordEnd
    while (at < to && isBlank(text.charCodeAt(at))) at++
    const flags: Flag[] = []
    at = this.flags(line, at, to, name, flags)
    while (at < to && isSpace(text.charCodeAt(at))) at++
    const draft = new Draft(
      name,
      { span: line.spanOf(from, keywordEnd), raw },
      flags,
      line.part(at, to),
      line.spanOf(at, to),
      line.spanOf(from, to),
      this.escape,
    )
    draft.span = draft.headSpan
    if (name === 'ONBUILD') {
      // BuildKit recurses without a bound here; ONBUILD in ONBUILD is an error to it anyway.
      if (at < to && depth < 4) draft.nested = this.read(draft.argument, depth + 1)
    } else if (name === 'HEALTHCHECK') {
      let typeEnd = at
      while (typeEnd < to && !isAsciiSpace(text.charCodeAt(typeEnd))) typeEnd++
      if (text.slice(at, typeEnd).toUpperCase() === 'CMD') draft.nested = this.healthCommand(line, at, typeEnd, to)
    } else if (takesJson.has(name)) draft.json = this.json(draft)
    else if (takesPairs.has(name)) draft.pairs = this.pairs(draft.argument, name, draft)
    draft.mayHaveHeredocs =
      (takesHeredocs.has(name) && draft.json === undefined) ||
      // Not ONBUILD ONBUILD RUN: BuildKit looks one level deep.
      (name === 'ONBUILD' && draft.nested?.name !== 'ONBUILD' && draft.nested?.mayHaveHeredocs === true)
    return draft
  }

  /** CMD of HEALTHCHECK. Flags stand before CMD; what follows it is the command, dashes and all. */
  healthCommand(line: LogicalText, from: number, keywordEnd: number, to: number): Draft {
    let at = keywordEnd
    while (at < to && isAsciiSpace(line.text.charCodeAt(at))) at++
    const keyword = { span: line.spanOf(from, keywordEnd), raw: line.text.slice(from, keywordEnd) }
    const draft = new Draft('CMD', keyword, [], line.part(at, to), line.spanOf(at, to), line.spanOf(from, to), this.escape)
    draft.span = draft.headSpan
    draft.json = this.json(draft)
    return draft
  }

  json(draft: Draft): JsonForm | undefined {
    const json = readJson(draft.argument)
    if (json !== 'not-strings') return json
    this.error('json-not-strings', 'the JSON form takes strings only', draft.argumentSpan)
    return undefined
  }

  /** BuildKit's extractBuilderFlags: every word that starts with `--`, until one that does not, or a bare `--`. Returns where the rest begins. */
  flags(line: LogicalText, from: number, to: number, instruction: string, flags: Flag[]): number {
    const { text } = line
    const escape = this.escape
    let at = from
    for (;;) {
      while (at < to && isAsciiSpace(text.charCodeAt(at))) at++
      if (at >= to || text[at] !== '-' || text[at + 1] !== '-') return at
      const start = at
      let value = ''
      /** The offset in the line of each unit of `value`. */
      const origins: number[] = []
      let quote = ''
      while (at < to) {
        const unit = text[at]!
        if (quote === '' && isFlagEnd(text.charCodeAt(at))) break
        if (quote === '' && (unit === "'" || unit === '"')) quote = unit
        else if (unit === quote) quote = ''
        else if (unit === escape) {
          if (at + 1 < to) {
            at++
            value += text[at]!
            origins.push(at)
          }
        } else {
          value += unit
          origins.push(at)
        }
        at++
      }
      if (value === '--') return at
      const equals = value.indexOf('=')
      const nameEnd = equals === -1 ? value.length : equals
      const sourceEquals = equals === -1 ? at : origins[equals]!
      const flagValue = equals === -1 ? undefined : value.slice(equals + 1)
      flags.push({
        span: line.spanOf(start, at),
        name: value.slice(2, nameEnd),
        nameSpan: line.spanOf(start, sourceEquals),
        value: flagValue,
        valueSpan: equals === -1 ? undefined : line.spanOf(sourceEquals + 1, at),
        fields: instruction === 'RUN' && value.startsWith('--mount=') ? mountFields(value, equals + 1, origins, line) : [],
      })
      if (at < to) at++
    }
  }

  /** ENV, LABEL, ARG. */
  pairs(argument: LogicalText, name: string, owner: Draft): KeyValue[] {
    const { text } = argument
    const words = quotedWords(text, this.escape)
    if (words.length === 0) return []
    const pairs: KeyValue[] = []
    const firstWord = text.slice(words[0]!.start, words[0]!.end)
    if (name !== 'ARG' && !firstWord.includes('=')) {
      let keyEnd = 0
      while (keyEnd < text.length && !isBlank(text.charCodeAt(keyEnd))) keyEnd++
      let valueStart = keyEnd
      while (valueStart < text.length && isBlank(text.charCodeAt(valueStart))) valueStart++
      const keySpan = argument.spanOf(0, keyEnd)
      if (keyEnd === text.length) {
        this.error('pair-invalid', `${name} needs a name and a value`, owner.headSpan)
        return [{ span: keySpan, key: unquote(text, this.escape), keySpan, value: undefined, legacy: true }]
      }
      const value: Word = { span: argument.spanOf(valueStart, text.length), raw: text.slice(valueStart) }
      return [
        { span: argument.spanOf(0, text.length), key: unquote(text.slice(0, keyEnd), this.escape), keySpan, value, legacy: true },
      ]
    }
    for (const { start, end } of words) {
      const raw = text.slice(start, end)
      const equals = raw.indexOf('=')
      const span = argument.spanOf(start, end)
      if (equals === -1) {
        if (name !== 'ARG') this.error('pair-invalid', `\`${raw}\` has no \`=\`: ${name} takes name=value`, span)
        pairs.push({ span, key: unquote(raw, this.escape), keySpan: span, value: undefined, legacy: false })
        continue
      }
      pairs.push({
        span,
        key: unquote(raw.slice(0, equals), this.escape),
        keySpan: argument.spanOf(start, start + equals),
        value: { span: argument.spanOf(start + equals + 1, end), raw: raw.slice(equals + 1) },
        legacy: false,
      })
    }
    return pairs
  }

  heredocs(line: LogicalText): Heredoc[] {
    const heredocs: Heredoc[] = []
    for (const { start, end } of shellWords(line.text)) {
      const word = line.text.slice(start, end)
      const match = /^(\d*)<<(-?)\s*([^<]*)$/.exec(word)
      if (!match?.[3]) continue
      const names = shellWords(match[3])
      if (names.length !== 1) continue
      const name = unquote(match[3].slice(names[0]!.start, names[0]!.end), '\\')
      if (name === '') continue
      const quotes = (text: string): number => text.split(/['"]/).length
      const bodyStart = this.line < this.lines.length ? this.lines[this.line]! : this.text.length
      const found = this.heredocEnd(name, match[2] === '-')
      const body = { start: bodyStart, end: found?.start ?? this.text.length }
      const span = line.spanOf(start, end)
      if (!found) this.error('heredoc-unterminated', `the heredoc \`${name}\` is never ended by a line \`${name}\``, span)
      heredocs.push({
        span,
        name,
        fd: Number(match[1]),
        expand: quotes(name) === quotes(match[3]),
        chomp: match[2] === '-',
        body,
        content: this.text.slice(body.start, body.end),
        end: found,
      })
    }
    return heredocs
  }

  /** Moves past the delimiter line and returns its span; past everything when there is none. */
  heredocEnd(name: string, chomp: boolean): Span | undefined {
    const { text, lines } = this
    for (; this.line < lines.length; this.line++) {
      const start = lines[this.line]!
      const end = this.endOf(this.line)
      if (start === end) continue
      let from = start
      if (chomp) while (text.charCodeAt(from) === 9) from++
      const to = this.contentEnd(from, end)
      if (to - from === name.length && text.startsWith(name, from)) {
        this.line++
        return { start, end }
      }
    }
    return undefined
  }
}

/** The physical pieces of an instruction, from which its tokens are made when someone asks. */
type Layout = { readonly text: string[]; readonly starts: number[]; readonly offsets: number[]; readonly trivia: Token[] }

class Draft implements Instruction {
  readonly kind = 'instruction'
  span: Span = { start: 0, end: 0 }
  readonly headSpan: Span
  readonly name: string
  readonly keyword: Word
  readonly flags: readonly Flag[]
  readonly argument: LogicalText
  readonly argumentSpan: Span
  json: JsonForm | undefined = undefined
  pairs: readonly KeyValue[] = []
  heredocs: readonly Heredoc[] = []
  nested: Draft | undefined = undefined
  comments: readonly Comment[] = []
  innerComments: readonly Comment[] = []
  emptyContinuations: readonly Span[] = []
  mayHaveHeredocs = false
  layout: Layout | undefined = undefined
  indent: Span | undefined = undefined
  readonly #escape: string
  #words: readonly Word[] | undefined
  #tokens: readonly Token[] | undefined

  constructor(
    name: string,
    keyword: Word,
    flags: readonly Flag[],
    argument: LogicalText,
    argumentSpan: Span,
    headSpan: Span,
    escape: string,
  ) {
    this.name = name
    this.keyword = keyword
    this.flags = flags
    this.argument = argument
    this.argumentSpan = argumentSpan
    this.headSpan = headSpan
    this.#escape = escape
  }

  get words(): readonly Word[] {
    this.#words ??= this.#readWords()
    return this.#words
  }

  #readWords(): readonly Word[] {
    const { argument, json } = this
    if (json) return json.values.map((raw, i) => ({ raw, span: json.spans[i]! }))
    const ranges = takesPairs.has(this.name) ? quotedWords(argument.text, this.#escape) : blankSeparated(argument.text)
    return ranges.map(({ start, end }) => ({ raw: argument.text.slice(start, end), span: argument.spanOf(start, end) }))
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= this.layout ? this.#readTokens(this.layout) : []
    return this.#tokens
  }

  /** Cuts the text pieces at keyword and flags, and puts the trivia between. */
  #readTokens(layout: Layout): Token[] {
    const cuts: { start: number; end: number; kind: TokenKind }[] = [
      { ...this.keyword.span, kind: 'keyword' },
      ...this.flags.map(flag => ({ ...flag.span, kind: 'flag' as const })),
      { ...this.argumentSpan, kind: 'text' },
    ].filter(cut => cut.end > cut.start) as { start: number; end: number; kind: TokenKind }[]
    const tokens: Token[] = []
    if (this.indent && this.indent.end > this.indent.start) tokens.push({ kind: 'indent', span: this.indent })
    let cut = 0
    const pieces: Token[] = layout.text.map((text, i) => ({
      kind: 'text',
      span: { start: layout.offsets[i]!, end: layout.offsets[i]! + text.length },
    }))
    const physical = [...pieces.filter(piece => piece.span.end > piece.span.start), ...layout.trivia].sort(
      (a, b) => a.span.start - b.span.start,
    )
    for (const piece of physical) {
      if (piece.kind !== 'text') {
        tokens.push(piece)
        continue
      }
      let at = piece.span.start
      while (at < piece.span.end) {
        while (cut < cuts.length && cuts[cut]!.end <= at) cut++
        const next = cuts[cut]
        const inside = next !== undefined && next.start <= at
        const to = Math.min(piece.span.end, next === undefined ? piece.span.end : inside ? next.end : next.start)
        tokens.push({ kind: inside ? next.kind : 'space', span: { start: at, end: to } })
        at = to
      }
    }
    for (const heredoc of this.heredocs) {
      if (heredoc.body.end > heredoc.body.start) tokens.push({ kind: 'heredoc-body', span: heredoc.body })
      if (heredoc.end) tokens.push({ kind: 'heredoc-end', span: heredoc.end })
    }
    return tokens
  }
}

type Range = { readonly start: number; readonly end: number }

const blankSeparated = (text: string): Range[] => {
  const ranges: Range[] = []
  let at = 0
  while (at < text.length) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++
    const start = at
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++
    if (at > start) ranges.push({ start, end: at })
  }
  return ranges
}

/** BuildKit's parseWords: white space inside quotes does not separate; an escape character at the very end is dropped. */
const quotedWords = (text: string, escape: string): Range[] => {
  const ranges: Range[] = []
  let at = 0
  while (at < text.length) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    const start = at
    let quote = ''
    while (at < text.length) {
      const unit = text[at]!
      if (quote === '' && isSpace(text.charCodeAt(at))) break
      if (unit === escape && quote !== "'") {
        if (at + 1 === text.length) {
          if (at > start) ranges.push({ start, end: at })
          return ranges
        }
        at++
      } else if (quote === '' && (unit === "'" || unit === '"')) quote = unit
      else if (unit === quote) quote = ''
      at++
    }
    at = Math.min(at, text.length)
    if (at > start) ranges.push({ start, end: at })
  }
  return ranges
}

/**
 * The words of a line as BuildKit's lexer splits them when it looks for heredocs: `<< EOF` is one word. Empty when the line has a
 * quote or `${` that BuildKit cannot read: it then finds no heredoc either.
 */
const shellWords = (text: string): Range[] => {
  const { parts, error } = lex(text, '\\')
  if (error) return []
  const words: Range[] = []
  let start = -1
  const close = (at: number): void => {
    if (start !== -1) words.push({ start, end: at })
    start = -1
  }
  for (const part of parts) {
    if (part.kind === 'variable' || part.quoted) {
      // BuildKit loses what stands before `${name:-word}` in its word: no marker can begin there.
      if (start === -1 || (part.kind === 'variable' && part.modifier !== undefined)) start = part.start
      continue
    }
    for (let at = part.start; at < part.end; at++) {
      const code = text.charCodeAt(at)
      if (text[at] === '\\') {
        if (start === -1) start = at
        at++
      } else if (text[at] === '<' && text[at + 1] === '<') {
        if (start === -1) start = at
        at++
        while (
          at + 1 < part.end &&
          (text.charCodeAt(at + 1) === 32 || text.charCodeAt(at + 1) === 9 || text.charCodeAt(at + 1) === CR)
        )
          at++
      } else if (isSpace(code)) close(at)
      else if (start === -1) start = at
    }
  }
  close(text.length)
  return words
}

/** `type=secret,id=x,"target=/a,b"`: comma separated, a field may be quoted as in CSV. Ranges are of the decoded flag. */
const mountFields = (value: string, from: number, origins: readonly number[], line: LogicalText): FlagField[] => {
  const fields: FlagField[] = []
  const spanOf = (start: number, end: number): Span =>
    start < end
      ? line.spanOf(origins[start]!, origins[end - 1]! + 1)
      : line.spanOf((origins[start - 1] ?? 0) + 1, (origins[start - 1] ?? 0) + 1)
  let at = from
  while (at < value.length) {
    let start = at
    let end: number
    if (value[at] === '"') {
      start = at + 1
      end = value.indexOf('"', start)
      if (end === -1) end = value.length
      at = value.indexOf(',', end)
      if (at === -1) at = value.length
    } else {
      at = value.indexOf(',', start)
      if (at === -1) at = value.length
      end = at
    }
    const field = value.slice(start, end)
    const equals = field.indexOf('=')
    const key = (equals === -1 ? field : field.slice(0, equals)).toLowerCase()
    fields.push({
      key,
      value: equals === -1 ? undefined : field.slice(equals + 1),
      span: spanOf(start, end),
      valueSpan: equals === -1 ? undefined : spanOf(start + equals + 1, end),
    })
    at++
  }
  return fields
}

/** `["a", "b"]`, undefined when the argument is not a JSON array. */
const readJson = (argument: LogicalText): JsonForm | undefined | 'not-strings' => {
  const { text } = argument
  if (text[0] !== '[' || !text.trimEnd().endsWith(']')) return undefined
  let values: unknown
  try {
    values = JSON.parse(text)
  } catch {
    // Not JSON: BuildKit takes the text for the shell form, and so it is read. `bad-json` speaks about it.
    return undefined
  }
  if (!Array.isArray(values)) return undefined
  if (!values.every(value => typeof value === 'string')) return 'not-strings'
  const spans: Span[] = []
  const ranges: Range[] = []
  for (let at = 1; at < text.length; at++) {
    if (text[at] !== '"') continue
    const start = at++
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    spans.push(argument.spanOf(start, at + 1))
    ranges.push({ start, end: at + 1 })
  }
  return { span: argument.spanOf(0, text.length), values, spans, ranges }
}
