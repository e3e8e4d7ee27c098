/** Findings for people, in the manner of modern compilers. */
import { compareSeverity, type Finding, type Location, type Problem, severities } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import type { Span } from '../model/text.ts'
import { showBreakouts, type WaysShown } from './breakouts-text.ts'
import { forTerminal } from './escape.ts'
import { isHardening, showHardening } from './hardening-text.ts'
import { paintSeverity, placeText } from './place-text.ts'
import { showRecreations } from './recreations-text.ts'
import { showSafer } from './safer-text.ts'
import { showSource } from './source.ts'
import { type Style, styleFor, wrapText } from './style.ts'
import { showWaived } from './waived-text.ts'

export type TextOptions = {
  readonly colour: boolean
  /** Columns of the terminal; texts are wrapped to at most 100 of them. */
  readonly width?: number
  /** Show what was suppressed too, with who silenced it. */
  readonly showSuppressed?: boolean
  /** Findings without their explanation, one line each. */
  readonly brief?: boolean
  /** Which ways out of containers are told; `main` when nothing is said. */
  readonly ways?: WaysShown
}

/** The whole report. Ends with LF. */
export const showText = (report: CheckReport, options: TextOptions): string => {
  const style = styleFor(options.colour)
  const shown = report.findings.filter(finding => options.showSuppressed || !finding.suppressed)
  const explained = new Set<string>()
  const parts: string[] = []
  const columns = Math.min(100, options.width ?? 100)
  if (options.brief) for (const finding of shown) parts.push(briefLine(report, finding, style))
  else {
    parts.push(showBreakouts(report, style, columns, options.ways ?? 'main'))
    const hardening = shown.filter(finding => isHardening(report, finding))
    for (const { finding, elsewhere } of folded(report, worstFirst(report, shown)))
      parts.push(block(report, finding, elsewhere, style, explained, options))
    parts.push(showHardening(report, hardening, style, columns))
  }
  if (!options.brief) parts.push(showRecreations(report, style, columns))
  if (!options.brief) parts.push(showSafer(report, style, columns))
  for (const problem of report.problems)
    parts.push(options.brief ? briefProblem(report, problem, style) : problemBlock(report, problem, style))
  if (!options.brief) parts.push(showWaived(report, style, columns))
  parts.push(summary(report, style))
  return parts.join('')
}

const briefLine = (report: CheckReport, finding: Finding, style: Style): string =>
  `${placeText(report, finding.at[0])}: ${paintSeverity(style, finding.severity)(finding.severity)} ${finding.rule}: ${forTerminal(finding.message)}${
    finding.suppressed ? style.dim(` (suppressed by ${finding.suppressed.by})`) : ''
  }\n`

/**
 * File by file. Where containers are judged the worst comes first, for one line says much; a Dockerfile is read from the top. What the table of hardening tells
 * is not told twice.
 */
const worstFirst = (report: CheckReport, findings: readonly Finding[]): readonly Finding[] => {
  const rest = findings.filter(finding => !isHardening(report, finding))
  const pathOf = ({ at: [at] }: Finding): string => (at.in === 'file' ? at.path : '')
  const isOnContainers = ({ rule }: Finding): boolean => /^(?:container|manifests)$/.test(report.rules.get(rule)?.on ?? '')
  const order = new Map(rest.map((finding, i) => [finding, i]))
  return [...rest].sort((a, b) => {
    const [x, y] = [pathOf(a), pathOf(b)]
    if (x !== y) return order.get(a)! - order.get(b)!
    const bySeverity = isOnContainers(a) && isOnContainers(b) ? compareSeverity(a.severity, b.severity) : 0
    return bySeverity || order.get(a)! - order.get(b)!
  })
}

type Folded = { readonly finding: Finding; readonly elsewhere: Location[] }

/** What is said of several containers of one file, or of one engine, in the same words is said once, with all of its places. */
const folded = (report: CheckReport, findings: readonly Finding[]): readonly Folded[] => {
  const all: Folded[] = []
  const known = new Map<string, Folded>()
  for (const finding of findings) {
    const { rule, severity, message, fix, note, suppressed, at } = finding
    const [main] = at
    const where = main.in === 'file' ? main.path : main.in === 'container' ? '' : undefined
    if (where === undefined || report.rules.get(rule)?.on !== 'container' || suppressed) {
      all.push({ finding, elsewhere: [] })
      continue
    }
    const key = JSON.stringify([rule, severity, message, fix?.title, fix?.safety, note, where])
    const first = known.get(key)
    if (first) {
      first.elsewhere.push(main)
      continue
    }
    const one: Folded = { finding, elsewhere: [] }
    known.set(key, one)
    all.push(one)
  }
  return all
}

/** A container is shown by its first line. */
const shownSpan = (report: CheckReport, { rule, at: [main] }: Finding): Span => {
  if (main.in !== 'file') return { start: 0, end: 0 }
  const file = report.files.get(main.path)
  if (!file || report.rules.get(rule)?.on !== 'container') return main.span
  const end = file.text.slice(main.span.start, main.span.end).search(/[\r\n]/)
  return end === -1 ? main.span : { start: main.span.start, end: main.span.start + end }
}

const block = (
  report: CheckReport,
  finding: Finding,
  elsewhere: readonly Location[],
  style: Style,
  explained: Set<string>,
  options: TextOptions,
): string => {
  const width = Math.min(100, options.width ?? 100)
  const paint = paintSeverity(style, finding.severity)
  const lines = [`${paint(style.bold(`${finding.severity}[${finding.rule}]`))} ${style.bold(forTerminal(finding.message))}\n`]
  const [main, ...others] = finding.at
  lines.push(`${style.blue('  -->')} ${placeText(report, main)}\n`)
  if (main.in === 'file') {
    const file = report.files.get(main.path)
    if (file && file.text !== '') lines.push(showSource(file, shownSpan(report, finding), style, paint))
  }
  for (const other of others.slice(0, 3)) {
    lines.push(`${style.blue('  also')} ${placeText(report, other)}\n`)
  }
  if (others.length > 3) lines.push(`${style.blue('  also')} ${others.length - 3} more places\n`)
  if (elsewhere.length > 0) {
    const told = elsewhere.slice(0, 8).map((at, i) => {
      if (at.in === 'container') return i === 0 ? `containers ${forTerminal(at.id)}` : forTerminal(at.id)
      const place = placeText(report, at)
      // All are in one file: its name is said once.
      return i === 0 ? place : (/\d+:\d+$/.exec(place)?.[0] ?? place)
    })
    const rest = elsewhere.length - told.length
    const places = `${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
    lines.push(`${style.blue('  also')} ${places}\n`)
  }
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
    // A container that runs, or a command that nobody keeps, has no file that could be repaired.
    const isFile = report.engine === undefined && report.safer === undefined
    const how = !isFile
      ? ''
      : finding.fix.safety === 'safe'
        ? style.green(' (--fix does it)')
        : finding.fix.safety === 'unsafe'
          ? style.yellow(' (--fix --unsafe does it)')
          : ''
    note('fix', forTerminal(finding.fix.title) + how)
  }
  if (finding.suppressed) {
    const { by, reason, until, owner } = finding.suppressed
    note(
      'suppressed',
      `by ${owner === undefined ? by : forTerminal(owner)}${reason === '' ? '' : `: ${forTerminal(reason)}`}${until === undefined ? '' : ` (until ${forTerminal(until)})`}`,
    )
  }
  return `${lines.join('')}\n`
}

const problemKind = ({ kind }: Problem): string => (kind === 'failed' ? 'not checked' : 'not covered')
const paintProblem = (style: Style, { kind }: Problem): ((text: string) => string) =>
  kind === 'failed' ? style.red : style.yellow

const briefProblem = (report: CheckReport, problem: Problem, style: Style): string => {
  const place = problem.at ? `${placeText(report, problem.at)}: ` : ''
  return `${place}${paintProblem(style, problem)(problemKind(problem))} ${problem.code}: ${forTerminal(problem.message)}\n`
}

const problemBlock = (report: CheckReport, problem: Problem, style: Style): string => {
  const label = style.bold(paintProblem(style, problem)(`${problemKind(problem)}[${problem.code}]`))
  const at = problem.at ? `${style.blue('  -->')} ${placeText(report, problem.at)}\n` : ''
  return `${label} ${forTerminal(problem.message)}\n${at}\n`
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

const judgedText = ({ engine, files }: CheckReport): string => {
  if (!engine) return plural(files.size, 'file')
  const containers = plural(engine.containers, 'container')
  const host = forTerminal(engine.name)
  if (!engine.judgesDaemon) return `${containers} of the engine on ${host}`
  return engine.judgesHost ? `${containers}, the engine and its host ${host}` : `${containers} and the engine on ${host}`
}

/** What was looked at, what was found, and what can be done: so that "0 findings" means something. */
const summary = (report: CheckReport, style: Style): string => {
  const active = report.findings.filter(finding => !finding.suppressed)
  const files = judgedText(report)
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
      lines.push(
        `${style.yellow('--fix --unsafe')} repairs ${risky}${safe > 0 ? ' more' : ''}; read the --diff first, since behaviour may change.`,
      )
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
