/** The lines of a file around a span, with the span underlined, as compilers show them. */
import type { SourceFile } from '../model/report.ts'
import { lineIndexAt, type Span } from '../model/text.ts'
import { forTerminal } from './escape.ts'
import { columnsOf, type Style } from './style.ts'

/** Lines longer than this are shown through a window around the span. */
const maxColumns = 160
/** A span over more lines is shown by its first and last ones. */
const maxLines = 5
/** In place of a secret. */
const stars = '***'

/**
 * The source lines of a span and marks under it. `paint` colours the marks what the file has to hide stays hidden.
 * Every line ends with LF.
 */
export const showSource = (file: SourceFile, span: Span, style: Style, paint: (text: string) => string): string => {
  const first = lineIndexAt(file.lines, span.start)
  const last = Math.max(first, lineIndexAt(file.lines, Math.max(span.start, span.end - 1)))
  const gutter = String(last + 1).length
  const lines: string[] = [`${' '.repeat(gutter)} ${style.blue('|')}\n`]
  for (let index = first; index <= last; index++) {
    if (last - first >= maxLines && index === first + maxLines - 2) {
      lines.push(`${' '.repeat(gutter)} ${style.blue('⋮')}\n`)
      index = last - 1
      continue
    }
    const start = file.lines[index]!
    const end = lineEndAt(file, index)
    // The indentation of later lines is not what is meant.
    const indent = index > first ? (/^[ \t]*/.exec(file.text.slice(start, end))?.[0].length ?? 0) : 0
    const from = Math.max(start + indent, Math.min(span.start, end))
    const to = Math.min(end, Math.max(from, span.end))
    const { text, before, marked } = layOut(file.text, start, end, from, to, file.redact)
    lines.push(`${style.blue(String(index + 1).padStart(gutter))} ${style.blue('|')} ${text}\n`)
    // Blank lines inside a longer span have nothing to mark.
    if (marked === 0 && last > first) continue
    lines.push(`${' '.repeat(gutter)} ${style.blue('|')} ${' '.repeat(before)}${paint('^'.repeat(Math.max(1, marked)))}\n`)
  }
  return lines.join('')
}

/** The offset of the end of a line, without CR and LF. */
const lineEndAt = (file: SourceFile, index: number): number => {
  let end = index + 1 < file.lines.length ? file.lines[index + 1]! - 1 : file.text.length
  if (file.text[end - 1] === '\r' && end > file.lines[index]!) end--
  return end
}

/** One line as it is shown: tabs widened, invisible characters made visible, cut to a window; with the columns before and under the mark. */
const layOut = (
  text: string,
  start: number,
  end: number,
  from: number,
  to: number,
  hidden: readonly Span[],
): { text: string; before: number; marked: number } => {
  let windowStart = start
  let windowEnd = end
  if (end - start > maxColumns) {
    windowStart = Math.max(start, Math.min(from - 40, end - maxColumns))
    windowEnd = Math.min(end, windowStart + maxColumns)
  }
  const redact = hidden.filter(span => span.start < windowEnd && span.end > windowStart)
  let shown = windowStart > start ? '…' : ''
  let column = shown.length
  let before = column
  let marked = 0
  let last: Span | undefined
  for (let at = windowStart; at < windowEnd; ) {
    const point = text.codePointAt(at)!
    const character = String.fromCodePoint(point)
    if (at === from) before = column
    let piece: string
    let columns: number
    const secret = redact.find(span => at >= span.start && at < span.end)
    if (secret) {
      // Always as many: their number would say how long it is.
      piece = secret === last ? '' : stars
      columns = piece.length
      // A mark that begins inside of it lies under all of it.
      if (at === from && piece === '') {
        before = column - stars.length
        marked = stars.length
      }
      last = secret
    } else if (character === '\t') {
      columns = 4 - (column % 4)
      piece = ' '.repeat(columns)
    } else {
      piece = forTerminal(character)
      columns = piece === character ? columnsOf(character) : piece.length
    }
    if (at >= from && at < to) marked += columns
    shown += piece
    column += columns
    at += character.length
  }
  if (from >= windowEnd) before = column
  if (windowEnd < end) shown += '…'
  return { text: shown, before, marked }
}
