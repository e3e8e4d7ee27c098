/** What two images differ in, for people: a table with deltas, what got worse, what got better, and what merely changed. */
import type { ComparisonReport, SidePackage, Trend } from '../model/comparison.ts'
import type { Severity } from '../model/finding.ts'
import {
  deltaText,
  groupName,
  headTexts,
  isPart,
  type Line,
  labelOf,
  linesOf,
  numberText,
  type PackageGroup,
  packageGroups,
  remarksOf,
  shownNumbers,
  titleOf,
  verdictOf,
} from './compare-facts.ts'
import { forTerminal } from './escape.ts'
import { paintSeverity } from './place-text.ts'
import { plural } from './scan-facts.ts'
import { alignCells, type Cell, cutText, type Style, styleFor, widthOf, wrapText } from './style.ts'

export type CompareTextOptions = {
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly width?: number
  /** Every line. */
  readonly all?: boolean
  /** From which severity on something new fails the build. */
  readonly failOn?: Severity | 'none'
}

/** Lines of one section, unless all are asked for. */
const maxLines = 25

type Context = { readonly style: Style; readonly width: number; readonly limit: number }

/** Ends with LF. */
export const showCompareText = (report: ComparisonReport, options: CompareTextOptions): string => {
  const style = styleFor(options.colour)
  const context: Context = {
    style,
    width: Math.min(100, Math.max(60, options.width ?? 100)),
    limit: options.all ? Number.POSITIVE_INFINITY : maxLines,
  }
  const lines = linesOf(report, options.all !== true)
  const of = (trend: Trend): readonly Line[] => lines.filter(line => line.trend === trend)
  const isSame = lines.length === 0 && nothingOfPackages(report)
  const parts = [
    heading(report, context),
    table(report, context),
    section('What got worse', style.red, of('worse'), context),
    section('What got better', style.green, of('better'), context),
    section('What changed', style.yellow, of('neutral'), context),
    packageList(report, context),
    reweighedText(report, context),
    isSame ? `${style.dim('Nothing that is looked at differs.')}\n` : '',
    problemList(report, context),
    `${verdict(report, options, context)}\n`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

const nothingOfPackages = ({ packages }: ComparisonReport): boolean =>
  !packages || packages.added.length + packages.removed.length + packages.changed.length === 0

const heading = ({ before, after }: ComparisonReport, { style, width }: Context): string => {
  const line = (label: string, name: string, facts: readonly string[]): string => {
    const about = facts.map(forTerminal).join(', ')
    const room = width - 8
    const shown = cutText(forTerminal(name), room)
    return widthOf(shown) + 2 + widthOf(about) <= room
      ? `${style.dim(label)}${style.bold(shown)}  ${style.dim(about)}`.trimEnd()
      : `${style.dim(label)}${style.bold(shown)}\n        ${style.dim(cutText(about, room))}`.trimEnd()
  }
  return `${line('before  ', labelOf(before, after), headTexts(before, after))}\n${line('after   ', labelOf(after, before), headTexts(after, before))}\n`
}

const paintTrend = (style: Style, trend: Trend): ((text: string) => string) =>
  trend === 'better' ? style.green : trend === 'neutral' ? style.dim : style.red

const table = (report: ComparisonReport, { style }: Context): string => {
  const rows: (readonly Cell[])[] = [
    [{ text: '' }, ...['before', 'after', 'change'].map((text): Cell => ({ text: style.dim(text), isRight: true }))],
  ]
  for (const number of shownNumbers(report)) {
    const { id, before, after, trend } = number
    const title = `${isPart(id) ? '  ' : ''}${titleOf(id)}`
    const isFlat = before === after
    rows.push([
      { text: isPart(id) ? title : style.bold(title) },
      { text: numberText(id, before), isRight: true },
      { text: numberText(id, after), isRight: true },
      { text: isFlat ? style.dim(deltaText(number)) : paintTrend(style, trend)(deltaText(number)), isRight: true },
    ])
  }
  return `${alignCells(rows).join('\n')}\n`
}

const sectionTitles: Readonly<Record<Line['section'], string>> = {
  vulnerability: 'Vulnerabilities',
  secret: 'Secrets',
  finding: 'Rules',
  'way-out': 'What helps somebody on who gets in',
  setting: 'Settings',
}

const section = (title: string, paint: (text: string) => string, lines: readonly Line[], context: Context): string => {
  if (lines.length === 0) return ''
  const { style, limit } = context
  const shown: string[] = [paint(style.bold(title))]
  for (const [name, some] of Map.groupBy(lines, line => line.section)) {
    shown.push(`  ${style.bold(sectionTitles[name])}${some.length > 1 ? style.dim(` (${some.length})`) : ''}`)
    const column = Math.max(0, ...some.map(line => widthOf(forTerminal(line.name))).filter(columns => columns <= 24))
    shown.push(...some.slice(0, limit).map(line => lineText(line, paint, context, column)))
    if (some.length > limit) shown.push(style.dim(`    and ${some.length - limit} more: --all shows them`))
  }
  return `${shown.join('\n')}\n`
}

/** A sign and what it is about; what does not fit stands below. */
const lineText = (line: Line, paint: (text: string) => string, { style, width }: Context, column: number): string => {
  const severity = line.severity === undefined ? '' : `${paintSeverity(style, line.severity)(line.severity.padEnd(8))} `
  const name = cutText(forTerminal(line.name), 40)
  const head = `    ${paint(line.sign)} ${severity}${style.bold(name)}`
  const text = forTerminal(line.text.replace(/\s+/g, ' '))
  const marks = line.marks.map(mark => forTerminal(mark.replace(/\s+/g, ' '))).join('; ')
  const whole = `${text}${marks === '' ? '' : `; ${marks}`}`
  const blanks = ' '.repeat(Math.max(0, column - widthOf(name)) + 2)
  if (widthOf(head) + widthOf(blanks) + widthOf(whole) <= width)
    return `${head}${blanks}${text}${marks === '' ? '' : `; ${style.yellow(marks)}`}`
  const indent = '        '
  return [
    head,
    ...wrapText(whole, width, indent)
      .split('\n')
      .slice(0, 4)
      .map(one => cutText(one, width)),
  ].join('\n')
}

const packageList = ({ packages }: ComparisonReport, context: Context): string => {
  if (!packages) return ''
  const { style } = context
  const groups = packageGroups(packages.changed)
  const of = (direction: PackageGroup['direction']): readonly PackageGroup[] => groups.filter(one => one.direction === direction)
  const parts = [
    changes('Downgraded', of('downgrade'), style.red, context),
    changes('Upgraded', of('upgrade'), style.green, context),
    changes('Changed, nobody can tell how', of('unclear'), style.yellow, context),
    names('Added', packages.added, context),
    names('Removed', packages.removed, context),
  ].filter(part => part.length > 0)
  return parts.length === 0 ? '' : `${[style.bold('Packages'), ...parts.flat()].join('\n')}\n`
}

const changes = (
  title: string,
  groups: readonly PackageGroup[],
  paint: (text: string) => string,
  { style, width, limit }: Context,
): readonly string[] => {
  if (groups.length === 0) return []
  const room = Math.floor(width * 0.4)
  const half = Math.floor((width - room - 9) / 2)
  const lines: string[] = []
  for (const [ecosystem, some] of Map.groupBy(groups, one => one.ecosystem)) {
    const count = some.reduce((sum, { names: all }) => sum + all.length, 0)
    lines.push(`  ${paint(title)} ${style.dim(`${cutText(forTerminal(ecosystem), 12)}, ${plural(count, 'package')}`)}`)
    const rows = some
      .slice(0, limit)
      .map((one): readonly Cell[] => [
        { text: cutText(forTerminal(groupName(one)), room) },
        { text: `${cutText(forTerminal(one.before), half)} → ${cutText(forTerminal(one.after), half)}` },
      ])
    lines.push(...alignCells(rows).map(row => `    ${row}`))
    if (some.length > limit) lines.push(style.dim(`    and ${some.length - limit} more: --all shows them`))
  }
  return lines
}

/** Names below each other where there is room for several. */
const names = (title: string, packages: readonly SidePackage[], { style, width, limit }: Context): readonly string[] => {
  const lines: string[] = []
  for (const [ecosystem, some] of Map.groupBy(packages, one => one.ecosystem)) {
    lines.push(`  ${title} ${style.dim(`${cutText(forTerminal(ecosystem), 12)}, ${plural(some.length, 'package')}`)}`)
    const most = limit * 2
    const shown = some.slice(0, most).map(({ name, version }) => cutText(forTerminal(`${name} ${version}`), width - 6))
    lines.push(wrapNames(shown, width, '    '))
    if (some.length > most) lines.push(style.dim(`    and ${some.length - most} more: --all shows them`))
  }
  return lines
}

/** Commas between them; none is broken. */
const wrapNames = (items: readonly string[], width: number, indent: string): string => {
  const lines: string[] = []
  let line = ''
  for (const [i, item] of items.entries()) {
    const text = i === items.length - 1 ? item : `${item},`
    if (line !== '' && widthOf(line) + 1 + widthOf(text) > width - indent.length) {
      lines.push(indent + line)
      line = text
    } else line = line === '' ? text : `${line} ${text}`
  }
  return [...lines, indent + line].join('\n')
}

const reweighedText = ({ vulnerabilities: { reweighed } }: ComparisonReport, { style, width, limit }: Context): string => {
  if (reweighed.length === 0) return ''
  const items = reweighed
    .slice(0, limit)
    .map(({ id, name, before, after }) => `${cutText(forTerminal(`${id} ${name}`), width - 26)} ${before} → ${after}`)
  const rest = reweighed.length - items.length
  return [
    style.bold(`In both, with another severity (${reweighed.length})`),
    wrapNames(items, width, '    '),
    ...(rest > 0 ? [style.dim(`    and ${rest} more: --all shows them`)] : []),
    '',
  ].join('\n')
}

const problemList = ({ problems }: ComparisonReport, { style, width }: Context): string =>
  problems.length === 0
    ? ''
    : `${problems
        .map(({ kind, code, message }) => {
          const head = kind === 'failed' ? style.red(`not checked[${code}]`) : style.yellow(`not covered[${code}]`)
          const [first = '', ...rest] = wrapText(
            `${'x'.repeat(`not checked[${code}]`.length)} ${forTerminal(message)}`,
            width,
          ).split('\n')
          return [head + first.slice(`not checked[${code}]`.length), ...rest.map(line => cutText(`  ${line}`, width))].join('\n')
        })
        .join('\n')}\n`

const verdict = (report: ComparisonReport, { failOn }: CompareTextOptions, { style, width }: Context): string => {
  const { isWorse, text } = verdictOf(report, failOn)
  const paint = isWorse ? style.red : report.regressions.length > 0 ? style.yellow : style.green
  return wrapText([text, ...remarksOf(report)].join(' '), width)
    .split('\n')
    .map(line => style.bold(paint(line)))
    .join('\n')
}
