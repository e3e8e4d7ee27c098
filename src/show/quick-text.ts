/** The shortest answer: how many, whose, and what to do first. */
import { compareSeverity, type Severity } from '../model/finding.ts'
import { isFixable, type ScanReport } from '../model/vulnerability.ts'
import { forTerminal } from './escape.ts'
import { bytesText } from './inventory-text.ts'
import { paintSeverity } from './place-text.ts'
import {
  type Group,
  groupsOf,
  highestFix,
  listText,
  noneJudged,
  type Orders,
  placeOf,
  plural,
  type Row,
  type Totals,
  tallyOf,
  totalsOf,
} from './scan-facts.ts'
import { baseName, baseWhy, parts, subjectText } from './scan-text.ts'
import { alignCells, type Cell, cutText, type Style, styleFor, widthOf, wrapText } from './style.ts'

export type QuickTextOptions = {
  readonly colour: boolean
  readonly width?: number
  /** What was asked for, as commands take it; else the inventory's name. */
  readonly subject?: string
  /** Orders of versions, which tell of several fixes the one that has all. */
  readonly orders?: Orders
}

const letters: readonly (readonly [Severity, string])[] = [
  ['critical', 'C'],
  ['high', 'H'],
  ['medium', 'M'],
  ['low', 'L'],
  ['unknown', '?'],
]

/** A row for the image, its base and its own layers, and a sentence. Ends with LF. */
export const showQuickText = (report: ScanReport, options: QuickTextOptions): string => {
  const style = styleFor(options.colour)
  const width = Math.max(60, options.width ?? 100)
  const groups = groupsOf(report)
  const totals = totalsOf(report, groups)
  const { inventory, base } = report
  const { layers, packages } = inventory
  const isJudged = totals.packages > totals.uncovered
  const line = (label: string, name: string, some: readonly Group[], size: number, count: number): readonly Cell[] => {
    const tally = tallyOf(openRows(some))
    return [
      { text: label },
      { text: name },
      ...letters.map(([severity, letter]): Cell => {
        // What is merely of interest is no worse than low.
        const number = tally[severity] + (severity === 'low' ? tally.info : 0)
        const paint = number > 0 ? paintSeverity(style, severity) : style.dim
        return { text: paint(`${isJudged ? number : '–'}${letter}`), isRight: true }
      }),
      { text: style.dim(size > 0 ? bytesText(size) : ''), isRight: true },
      { text: style.dim(plural(count, 'package')), isRight: true },
    ]
  }
  const sizeOf = (from: number, to?: number): number => layers.slice(from, to).reduce((sum, layer) => sum + layer.size, 0)
  const rows = [line(style.bold('Your image'), cutText(forTerminal(inventory.name), 40), groups, sizeOf(0), packages.length)]
  if (base) {
    const inBase = packages.filter(one => (placeOf(one, inventory)?.number ?? Number.POSITIVE_INFINITY) <= base.layers).length
    const own = layers.length - base.layers
    for (const { kind, groups: some } of parts(base, groups)) {
      if (kind === 'base') {
        const name = baseName(base).replace(/^the base image ?/, '')
        const text = `${cutText(name, 40)} (${plural(base.layers, 'layer')})`.trimStart()
        rows.push(line('  Base image', text, some, sizeOf(0, base.layers), inBase))
      } else if (kind === 'own')
        rows.push(line('  Own layers', plural(own, 'layer'), some, sizeOf(base.layers), packages.length - inBase))
    }
  }
  const lines = fitted(rows, width)
  const { leftAside, suppressed } = totals
  const aside = [
    ...(leftAside > 0 ? [`${leftAside} left aside by their maintainers`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ]
  return [
    ...lines,
    ...(base && baseWhy(base) !== '' ? [style.dim(wrapText(baseWhy(base), width))] : []),
    ...(aside.length > 0 ? [style.dim(wrapText(`Not counted: ${listText(aside)}.`, width))] : []),
    '',
    wrapText(next(report, groups, totals, style, options.orders ?? {}), width),
    style.dim(`Everything: bulkhead scan ${subjectText(report, options)}`),
    '',
  ].join('\n')
}

/** Names are cut before numbers are left out. */
const fitted = (rows: readonly (readonly Cell[])[], width: number): readonly string[] => {
  const over = Math.max(...alignCells(rows).map(widthOf)) - width
  if (over <= 0) return alignCells(rows)
  const longest = Math.max(...rows.map(row => widthOf(row[1]!.text)))
  const cut = (columns: number): readonly (readonly Cell[])[] =>
    rows.map(row => row.map((cell, i) => (i === 1 ? { text: cutText(cell.text, columns) } : cell)))
  if (longest - over >= 16) return alignCells(cut(longest - over))
  const counts = cut(24).map(row => row.slice(0, -2))
  return alignCells(counts)
}

const openRows = (groups: readonly Group[]): readonly Row[] =>
  groups.flatMap(({ rows }) => rows.filter(({ standing }) => standing === 'counts'))

/** The one thing to do first. */
const next = ({ base, problems }: ScanReport, groups: readonly Group[], totals: Totals, style: Style, orders: Orders): string => {
  const { packages, uncovered, vulnerabilities } = totals
  const failed = problems.filter(({ kind }) => kind === 'failed').length
  const missed = [
    uncovered > 0 ? `\n${style.yellow(`${plural(uncovered, 'package')} could not be judged.`)}` : '',
    failed > 0 ? `\n${style.red(`${plural(failed, 'thing')} could not be read.`)}` : '',
  ].join('')
  if (packages === 0) return `${style.yellow('No packages were found in it: there was nothing to judge.')}${missed}`
  if (vulnerabilities === 0 && uncovered >= packages) return style.yellow(noneJudged(packages))
  if (vulnerabilities === 0)
    return missed === ''
      ? style.green(`Nothing to do: no known vulnerabilities in ${plural(packages, 'package')}.`)
      : `${style.yellow('Nothing is known of what could be judged.')}${missed}`
  const malware = groups.filter(({ rows }) => rows.some(row => row.vulnerability.isMalware && row.standing === 'counts'))
  if (malware.length > 0) {
    const names = listText(malware.slice(0, 3).map(({ name }) => cutText(forTerminal(name), 50)))
    return `${style.bold(style.red(`Remove ${names}`))}: malware. Change every secret that it could read.${missed}`
  }
  const open = openRows(groups)
  const fixable = open.filter(({ finding }) => isFixable(finding))
  if (fixable.length === 0) return `Nothing has a fix yet: see which of it your program reaches, and wait for updates.${missed}`
  const inBase = fixable.filter(({ finding }) => finding.isInBase)
  const share = inBase.length === fixable.length ? `all ${fixable.length}` : `${inBase.length} of the ${fixable.length}`
  if (base && inBase.length * 2 > fixable.length) {
    const first = `${style.bold('Build again on a fresh base image')} (docker build --pull --no-cache), or on a newer tag`
    return `${first}: ${share} that can be fixed come from ${baseName(base)}.${missed}`
  }
  const worst = [...fixable].sort((a, b) => b.finding.risk - a.finding.risk || compareSeverity(a.severity, b.severity))[0]!
  const group = groups.find(({ rows }) => rows.includes(worst))!
  const closes = group.rows.filter(row => row.standing === 'counts' && isFixable(row.finding))
  const highest = highestFix(closes, orders)
  const version = highest === undefined ? 'its newest version' : cutText(forTerminal(highest), 50)
  const exploited = closes.filter(({ vulnerability }) => vulnerability.kev !== undefined).length
  const wild = exploited === 0 ? '' : `, ${exploited} of which ${exploited === 1 ? 'is' : 'are'} exploited in the wild`
  return `${style.bold(`Update ${cutText(forTerminal(group.name), 50)} first`)}, to ${version}: that fixes ${closes.length} of ${vulnerabilities}${wild}.${missed}`
}
