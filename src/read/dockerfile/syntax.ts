/**
 * The syntax tree of a Dockerfile. It is lossless: `nodes` tile the text, the `tokens` of an instruction tile the instruction, and
 * `print` writes the tokens back. Everything else (flags, words, heredocs…) is a view on the same text, with spans into it.
 *
 * Format: https://docs.docker.com/reference/dockerfile/ and BuildKit's frontend/dockerfile/parser, which is the reference.
 */
import type { Encoding, LineStarts, Span } from '../../model/text.ts'

export type SyntaxTree = {
  readonly text: string
  readonly encoding: Encoding
  readonly lines: LineStarts
  /** In order, without gaps, from offset 0 (a BOM is a node of its own) to the end of the text. */
  readonly nodes: readonly Node[]
  readonly instructions: readonly Instruction[]
  readonly directives: readonly Directive[]
  readonly comments: readonly Comment[]
  /** The character that escapes and continues lines. */
  readonly escape: '\\' | '`'
  readonly errors: readonly SyntaxError[]
}

export type Node = Bom | Directive | Comment | Blank | Instruction

export type Bom = { readonly kind: 'bom'; readonly span: Span }
/** A line of white space only. */
export type Blank = { readonly kind: 'blank'; readonly span: Span }
/** `# name=value` at the top of the file. The span covers the line and its end. */
export type Directive = {
  readonly kind: 'directive'
  readonly span: Span
  /** Lower case: `syntax`, `escape`, `check`. */
  readonly name: string
  readonly value: string
  readonly valueSpan: Span
}
/** The span of a node covers the whole line with its end; of a comment inside an instruction likewise. `text` starts after `#`, trimmed. */
export type Comment = { readonly kind: 'comment'; readonly span: Span; readonly text: string; readonly textSpan: Span }

export type TokenKind =
  | 'indent'
  | 'keyword'
  | 'space'
  | 'flag'
  | 'text'
  | 'continuation' // the escape character, blanks, and the end of the line
  | 'comment' // a whole comment line between continued lines
  | 'blank' // a whole empty line between continued lines
  | 'newline'
  | 'heredoc-body'
  | 'heredoc-end'

export type Token = { readonly kind: TokenKind; readonly span: Span }

/**
 * The argument text of an instruction as BuildKit sees it: continuations, and the comments and blank lines between them, are gone.
 * `spanOf` leads back to the file.
 */
export type Logical = {
  readonly text: string
  /** The span in the file from the first to the last unit of a range of `text`; what lies between (continuations…) is included. */
  spanOf(start: number, end: number): Span
  /** The offset in the file of one offset in `text`; `text.length` gives the end. */
  offsetOf(at: number): number
  /** The unbroken pieces it is made of, with the offset in the file of each. */
  pieces(): { text: string; offset: number }[]
}

/** A piece of the argument: `raw` is its logical text (quotes and escapes as written), the span is where it stands in the file. */
export type Word = { readonly span: Span; readonly raw: string }

/** `--name=value` before the arguments. `value` is undefined for a bare `--name`. */
export type Flag = {
  readonly span: Span
  /** Without the dashes, as written. */
  readonly name: string
  readonly nameSpan: Span
  /** Quotes and escapes removed, as BuildKit does. */
  readonly value: string | undefined
  readonly valueSpan: Span | undefined
  /** For `RUN --mount=`: the comma-separated `key=value` fields. */
  readonly fields: readonly FlagField[]
}
/** `key` is lower case; `value` is undefined for a bare key such as `readonly`. */
export type FlagField = {
  readonly key: string
  readonly value: string | undefined
  readonly span: Span
  readonly valueSpan: Span | undefined
}

/** `["a", "b"]`: `values` are decoded strings; spans (in the file) and ranges (in the argument's logical text) include the quotes. */
export type JsonForm = {
  readonly span: Span
  readonly values: readonly string[]
  readonly spans: readonly Span[]
  readonly ranges: readonly { readonly start: number; readonly end: number }[]
}

/** One `key=value` of ENV, LABEL or ARG; `legacy` is the old `ENV key value`. */
export type KeyValue = {
  readonly span: Span
  /** As written (LABEL keys may be quoted); `key` has quotes removed. */
  readonly key: string
  readonly keySpan: Span
  /** Undefined for `ARG name`. Raw: quotes, escapes and variables as written. */
  readonly value: Word | undefined
  readonly legacy: boolean
}

export type Heredoc = {
  /** Of the marker, `<<EOF`, in the instruction line. */
  readonly span: Span
  readonly name: string
  /** File descriptor; 0 when none was written. */
  readonly fd: number
  /** False when the delimiter was quoted. */
  readonly expand: boolean
  /** `<<-`: leading tabs are removed. */
  readonly chomp: boolean
  /** Of the lines between, their ends included; empty at the end of the text when nothing follows. */
  readonly body: Span
  /** The text of `body`. */
  readonly content: string
  /** Of the delimiter line; undefined when it never comes. */
  readonly end: Span | undefined
}

export type Instruction = {
  readonly kind: 'instruction'
  /** From the start of the first line (indentation included) to the end of the last one (its end of line included). */
  readonly span: Span
  /** From the keyword to the last unit that is not white space; heredoc bodies are not included. Underline this one. */
  readonly headSpan: Span
  /** Upper case: `RUN`. Unknown keywords too. */
  readonly name: string
  readonly keyword: Word
  readonly flags: readonly Flag[]
  /** What follows keyword and flags, trimmed. */
  readonly argument: Logical
  readonly argumentSpan: Span
  /** White-space separated words of the argument (quotes kept); for the JSON form the decoded values. Keyword arguments of HEALTHCHECK excluded. */
  readonly words: readonly Word[]
  /** Set when the argument is a valid JSON array of strings in an instruction that takes one. */
  readonly json: JsonForm | undefined
  /** ENV, LABEL and ARG only. */
  readonly pairs: readonly KeyValue[]
  readonly heredocs: readonly Heredoc[]
  /** ONBUILD: the nested instruction. HEALTHCHECK CMD: the CMD. */
  readonly nested: Instruction | undefined
  /** Comment lines directly above, without a blank line between. */
  readonly comments: readonly Comment[]
  /** Comment lines between continued lines. */
  readonly innerComments: readonly Comment[]
  /** Empty lines between continued lines: BuildKit will reject them one day. */
  readonly emptyContinuations: readonly Span[]
  /** Tile `span`. Empty for a nested instruction: the tokens are its parent's. */
  readonly tokens: readonly Token[]
}

/** What BuildKit would refuse, found while parsing. The rest of the file is parsed all the same. */
export type SyntaxError = { readonly code: SyntaxErrorCode; readonly message: string; readonly span: Span }
export type SyntaxErrorCode =
  | 'directive-duplicate'
  | 'directive-escape-invalid'
  | 'heredoc-unterminated'
  | 'json-not-strings'
  | 'pair-invalid' // ENV or LABEL without `=`, ENV with one argument
  | 'quote-unterminated'
