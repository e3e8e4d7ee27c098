/** Findings for people, in the manner of modern compilers. */
import { compareSeverity, type Finding, type Location, type Problem, type Severity, severities } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { forTerminal } from './escape.ts'
import { showSource } from './source.ts'
import { type Style, styleFor, wrapText } from './style.ts'

export type TextOptions = {
  readonly colour: boolean
  /** Columns of the terminal; texts are wrapped to at most 100 of them. */
  readonly width?: number
  /** Show what was suppressed too, with who silenced it. */
  readonly showSuppressed?: boolean
  /** Findings without their explanation, one line each. */
  readonly brief?: boolean
}

/** The whole report. Ends with LF. */
export const showText = (report: CheckReport, options: TextOptions): string => {
  const style = styleFor(options.colour)
  const shown = report.findings.filter(finding => options.showSuppressed || !finding.suppressed)
  const explained = new Set<string>()
  const parts: string[] = []
  for (const finding of shown)
    parts.push(options.brief ? briefLine(report, finding, style) : block(report, finding, style, explained, options))
  for (const problem of report.problems) parts.push(problemBlock(report, problem, style))
  parts.push(summary(report, style))
  return parts.join('')
}

export const paintSeverity = (style: Style, severity: Severity): ((text: string) => string) => {
  const colours: Readonly<Record<Severity, (text: string) => string>> = {
    critical: text => style.bold(style.magenta(text)),
    high: style.red,
    medium: style.yellow,
    low: style.cyan,
    info: style.blue,
    unknown: style.dim,
  }
  return colours[severity]
}

/** `path:line:column`, as editors and terminals link it. */
const place = (report: CheckReport, at: Location): string => {
  if (at.in === 'file') {
    const file = report.files.get(at.path)
    if (!file) return forTerminal(at.path)
    const { line, column } = positionAt(file.lines, at.span.start)
    return `${forTerminal(at.path)}:${line}:${column}`
  }
  if (at.in === 'layer') return `layer ${at.layer}${at.path === undefined ? '' : ` ${forTerminal(at.path)}`}`
  if (at.in === 'history') return `history step ${at.step}`
  if (at.in === 'config') return `config ${forTerminal(at.field)}`
  return `container ${forTerminal(at.id)} ${forTerminal(at.field)}`
}

const briefLine = (report: CheckReport, finding: Finding, style: Style): string =>
  `${place(report, finding.at[0])}: ${paintSeverity(style, finding.severity)(finding.severity)} ${finding.rule}: ${forTerminal(finding.message)}${
    finding.suppressed ? style.dim(` (suppressed by ${finding.suppressed.by})`) : ''
  }\n`

const block = (report: CheckReport, finding: Finding, style: Style, explained: Set<string>, options: TextOptions): string => {
  const width = Math.min(100, options.width ?? 100)
  const paint = paintSeverity(style, finding.severity)
  const lines = [`${paint(style.bold(`${finding.severity}[${finding.rule}]`))} ${style.bold(forTerminal(finding.message))}\n`]
  const [main, ...others] = finding.at
  lines.push(`${style.blue('  -->')} ${place(report, main)}\n`)
  if (main.in === 'file') {
    const file = report.files.get(main.path)
    if (file && file.text !== '') lines.push(showSource(file, main.span, style, paint))
  }
  for (const other of others.slice(0, 3)) {
    lines.push(`${style.blue('  also')} ${place(report, other)}\n`)
  }
  if (others.length > 3) lines.push(`${style.blue('  also')} ${others.length - 3} more places\n`)
  const note = (label: string, text: string): void => {
    const indent = ' '.repeat(label.length + 4)
    lines.push(`  ${style.bold(label)}: ${wrapText(text, width, indent).trimStart()}\n`)
  }
  const rule = report.rules.get(finding.rule)
  if (rule && !explained.has(finding.rule)) {
    explained.add(finding.rule)
    note('why', rule.why)
  }
  if (finding.note !== undefined) note('note', forTerminal(finding.note))
  if (finding.fix) {
    const how =
      finding.fix.safety === 'safe'
        ? style.green(' (--fix does it)')
        : finding.fix.safety === 'unsafe'
          ? style.yellow(' (--fix --unsafe does it)')
          : ''
    note('fix', forTerminal(finding.fix.title) + how)
  }
  if (finding.suppressed) {
    const { by, reason, until } = finding.suppressed
    note(
      'suppressed',
      `by ${by}${reason === '' ? '' : `: ${forTerminal(reason)}`}${until === undefined ? '' : ` (until ${forTerminal(until)})`}`,
    )
  }
  return `${lines.join('')}\n`
}

const problemBlock = (report: CheckReport, problem: Problem, style: Style): string => {
  const label =
    problem.kind === 'failed'
      ? style.bold(style.red(`not checked[${problem.code}]`))
      : style.bold(style.yellow(`not covered[${problem.code}]`))
  const at = problem.at ? `${style.blue('  -->')} ${place(report, problem.at)}\n` : ''
  return `${label} ${forTerminal(problem.message)}\n${at}\n`
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** What was looked at, what was found, and what can be done: so that "0 findings" means something. */
const summary = (report: CheckReport, style: Style): string => {
  const active = report.findings.filter(finding => !finding.suppressed)
  const files = plural(report.files.size, 'file')
  const lines: string[] = []
  if (active.length === 0)
    lines.push(`${style.green(style.bold('No findings'))} in ${files}, judged by ${plural(report.rules.size, 'rule')}.`)
  else {
    const counts = severities
      .map(severity => ({ severity, count: active.filter(finding => finding.severity === severity).length }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => compareSeverity(a.severity, b.severity))
      .map(({ severity, count }) => paintSeverity(style, severity)(`${count} ${severity}`))
    lines.push(`${style.bold(plural(active.length, 'finding'))} in ${files}: ${counts.join(', ')}.`)
    const fixable = (safety: string): number => active.filter(({ fix }) => fix?.safety === safety && fix.edits.length > 0).length
    const [safe, risky] = [fixable('safe'), fixable('unsafe')]
    if (safe > 0) lines.push(`${style.green('--fix')} repairs ${safe} of them and changes nothing else.`)
    if (risky > 0)
      lines.push(`${style.yellow('--fix --unsafe')} repairs ${risky} more; read the --diff first, since behaviour may change.`)
    const worst = active.reduce((a, b) => (compareSeverity(b.severity, a.severity) < 0 ? b : a))
    lines.push(style.dim(`More on a rule: bulkhead explain ${worst.rule}`))
  }
  const suppressed = report.findings.length - active.length
  if (suppressed > 0)
    lines.push(`${plural(suppressed, 'finding')} suppressed; --show-suppressed shows ${suppressed === 1 ? 'it' : 'them'}.`)
  if (report.problems.length > 0) {
    const failed = report.problems.filter(({ kind }) => kind === 'failed').length
    const uncovered = report.problems.length - failed
    lines.push(
      style.bold(
        style.red(
          `${[
            failed > 0 ? `${plural(failed, 'thing')} could not be checked` : '',
            uncovered > 0 ? `${plural(uncovered, 'thing')} not covered` : '',
          ]
            .filter(part => part !== '')
            .join(', ')}: see above.`,
        ),
      ),
    )
  }
  for (const [path, count] of countBy(report.applied.map(({ path }) => path)))
    lines.push(`${style.green('fixed')} ${forTerminal(path)}: ${plural(count, 'fix', 'fixes')} applied.`)
  return `${lines.join('\n')}\n`
}

const countBy = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
