/** What nearly every container lacks, as one table: a row for each container, a column for each rule. */
import { compareSeverity, type Finding, reaches } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { forTerminal } from './escape.ts'
import { paintSeverity } from './place-text.ts'
import { cutText, type Style, widthOf, wrapText } from './style.ts'

/** What is high or worse is told by itself: an image that certainly runs as root, for one. */
export const isHardening = (report: CheckReport, { rule, severity, suppressed }: Finding): boolean =>
  report.rules.get(rule)?.hardening !== undefined && !suppressed && !reaches(severity, 'high')

type Row = { readonly name: string; readonly line: string; readonly cells: Map<string, Finding> }

/** Rows that are shown of one file, and in all: the table is for seeing at a glance. */
const maxRows = 12
const maxAll = 40
const widestName = 34

/** Empty when there is nothing in it. `findings`: those for which `isHardening` holds. */
export const showHardening = (report: CheckReport, findings: readonly Finding[], style: Style, columns: number): string => {
  if (findings.length === 0) return ''
  const places = new Map<string, Map<string, Row>>()
  for (const finding of findings) {
    const [at] = finding.at
    const path = at.in === 'file' ? at.path : ''
    const name = finding.container ?? (at.in === 'container' ? at.id : '?')
    const rows = places.get(path) ?? new Map<string, Row>()
    places.set(path, rows)
    const file = report.files.get(path)
    const line = file && at.in === 'file' ? `:${positionAt(file.lines, at.span.start).line}` : ''
    const row = rows.get(name) ?? { name, line, cells: new Map() }
    rows.set(name, row)
    row.cells.set(finding.rule, finding)
  }
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort((a, b) => (a < b ? -1 : 1))
  const headings = rules.map(rule => report.rules.get(rule)?.hardening ?? rule)
  const all = [...places.values()].reduce((sum, rows) => sum + rows.size, 0)
  const inFiles = places.has('') ? '' : ` in ${places.size === 1 ? 'one file' : `${places.size} files`}`
  const shownRows = [...places.values()].flatMap(rows => [...rows.values()].slice(0, maxRows)).slice(0, maxAll)
  const width = Math.min(
    widestName,
    Math.max(12, ...shownRows.map(({ name, line }) => widthOf(forTerminal(name)) + line.length + 1)),
  )
  const lines = [
    `${style.bold(`Not hardened: ${all === 1 ? 'one container' : `${all} containers`}`)}${inFiles}`,
    '',
    `  ${' '.repeat(width)}  ${style.dim(headings.join('  '))}`,
  ]
  let shown = 0
  for (const [path, rows] of places) {
    if (shown >= maxAll) break
    if (path !== '') lines.push(`  ${style.blue(cutText(forTerminal(path), columns - 2))}`)
    const own = [...rows.values()]
    for (const { name, line, cells } of own.slice(0, Math.min(maxRows, maxAll - shown))) {
      const label = `${cutText(forTerminal(name), width - line.length - 1)}`
      const gap = ' '.repeat(Math.max(1, width - widthOf(label) - line.length))
      const marks = rules.map((rule, i) => {
        const cell = cells.get(rule)
        const mark = cell ? paintSeverity(style, cell.severity)('✗') : style.dim('·')
        return mark + ' '.repeat(headings[i]!.length - 1)
      })
      lines.push(`  ${label}${gap}${style.dim(line)}  ${marks.join('  ').trimEnd()}`)
      shown++
    }
    if (own.length > maxRows) lines.push(style.dim(`  and ${own.length - maxRows} more in this file`))
  }
  if (all > shown && shown >= maxAll) lines.push(style.dim(`  and ${all - shown} more; -f brief lists them all`))
  lines.push('')
  rules.forEach((rule, i) => {
    const own = findings.filter(one => one.rule === rule)
    const worst = own.reduce((a, b) => (compareSeverity(b.severity, a.severity) < 0 ? b : a))
    const fix = own.find(one => one.fix && one.fix.edits.length > 0)?.fix ?? worst.fix
    const how = !fix || fix.edits.length === 0 ? '' : fix.safety === 'safe' ? ' (--fix does it)' : ' (--fix --unsafe does it)'
    const text = fix ? `${forTerminal(fix.title)}${how}` : forTerminal(worst.message)
    lines.push(`  ${style.bold(headings[i]!)} ${style.dim(`${worst.severity}, ${rule}`)}`, wrapText(text, columns, '    '))
  })
  return `${lines.join('\n')}\n\n`
}
