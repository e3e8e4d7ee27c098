/** Words of the shell grammar as `ShellWord`s. */
import type { Assignment, Word, WordPart } from 'unbash'
import type { Span } from '../../model/text.ts'
import type { Frame } from './frame.ts'
import type { Dialect, ShellWord } from './script.ts'

/** What every reading of one script shares. */
export type Origin = { readonly text: string; readonly dialect: Dialect; spanOf(start: number, end: number): Span }

/** A word with one of these may mean something else than what is written. */
export const special = /[\\'"$`*?[{(]/

const isLiteral = (parts: readonly WordPart[], dialect: Dialect): boolean => {
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        break
      case 'DoubleQuoted':
      case 'LocaleString':
        if (part.parts.some(child => child.type !== 'Literal')) return false
        break
      case 'BraceExpansion':
        // dash and BusyBox have no brace expansion: `{a,b}` is a name there.
        if (dialect === 'bash' || (part.parts && !isLiteral(part.parts, dialect))) return false
        break
      default:
        return false
    }
  }
  return true
}

const isQuote = (part: WordPart): boolean =>
  part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted' || part.type === 'LocaleString'

const make = (origin: Origin, frame: Frame, start: number, end: number): { raw: string; span: Span } => {
  const [from, to] = frame.root(start, end)
  return { raw: origin.text.slice(from, to), span: origin.spanOf(from, to) }
}

/** `raw` is what the outermost script says there. */
export const readWord = (origin: Origin, frame: Frame, word: Word): ShellWord => {
  const [from, to] = frame.root(word.pos, word.end)
  return wordAt(origin, word, from, to)
}

/** The same, when its range in the outermost script is known. */
export const wordAt = (origin: Origin, word: Word, from: number, to: number): ShellWord => {
  const raw = origin.text.slice(from, to)
  const span = origin.spanOf(from, to)
  if (!special.test(word.text)) return { span, raw, text: word.value, literal: true, quoted: false }
  const parts = word.parts
  return {
    span,
    raw,
    text: word.value,
    literal: parts === undefined || isLiteral(parts, origin.dialect),
    quoted: parts?.some(isQuote) ?? false,
  }
}

/** `NAME=value` as one word. */
export const readAssignmentWord = (origin: Origin, frame: Frame, assignment: Assignment): ShellWord => {
  const { raw, span } = make(origin, frame, assignment.pos, assignment.end)
  const { value } = assignment
  if (value.type !== 'Word') return { span, raw, text: assignment.text, literal: false, quoted: false }
  const word = readWord(origin, frame, value)
  const name = frame.text.slice(assignment.pos, value.pos)
  return { span, raw, text: name + word.text, literal: word.literal, quoted: word.quoted }
}
