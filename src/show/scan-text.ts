/** What a scan found, for people: an overview, the findings by package and layer, and in the end the sentences that one would say. */
import { compareSeverity, type Problem, reaches, type Severity, type Suppression } from '../model/finding.ts'
import { shellWord } from '../model/shell-word.ts'
import { type BaseImage, isFixable, type ScanReport } from '../model/vulnerability.ts'
import { forTerminal } from './escape.ts'
import { bytesText } from './inventory-text.ts'
import { paintSeverity } from './place-text.ts'
import { briefRemedies } from './remedies-text.ts'
import {
  asideText,
  daysBetween,
  epssText,
  feedsOf,
  feedText,
  type Group,
  groupsOf,
  highestFix,
  listText,
  noneJudged,
  type Orders,
  plural,
  type Row,
  stateText,
  type Tally,
  type Totals,
  tallyOf,
  tallyText,
  totalsOf,
} from './scan-facts.ts'
import { alignCells, type Cell, cutText, type Style, styleFor, widthOf, wrapText } from './style.ts'

/** `risk`: as the report has them. */
export type ScanSort = 'risk' | 'severity' | 'epss' | 'package'

export type ScanTextOptions = {
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly width?: number
  /** Show what was suppressed too, with who silenced it. */
  readonly showSuppressed?: boolean
  /** Every line of every group, also what maintainers leave aside. */
  readonly all?: boolean
  readonly sort?: ScanSort
  /** How many findings the report is without, since only some were asked for: then nothing is said to be clean. */
  readonly hidden?: number
  /** What was asked for, as commands take it; else the inventory's name. */
  readonly subject?: string
  /** Orders of versions, which tell of several fixes the one that has all. */
  readonly orders?: Orders
  /** From which severity on the build was to fail. */
  readonly failOn?: Severity | 'none'
}

/** Lines of one group, unless all are asked for. */
const maxRows = 12
const maxSentences = 5
/** Nobody calls a package longer but those who want the rest not to be read. */
const nameColumns = 50
/** Older data are told to be old. */
const freshDays = 7

type Context = { readonly report: ScanReport; readonly options: ScanTextOptions; readonly style: Style; readonly width: number }

/** The whole report. Ends with LF. */
export const showScanText = (report: ScanReport, options: ScanTextOptions): string => {
  const context = { report, options, style: styleFor(options.colour), width: Math.max(60, options.width ?? 100) }
  const groups = sorted(groupsOf(report), options.sort ?? 'risk')
  const totals = totalsOf(report, groups)
  const parts = [
    overview(context, groups, totals),
    ...sections(context, groups),
    inShort(context, groups),
    whatToDo(context),
    problemList(report.problems, context),
    coverageList(context),
    `${summaryLines(context, totals)
      .map(line => wrapText(line, context.width))
      .join('\n')}\n`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

const sorted = (groups: readonly Group[], sort: ScanSort): readonly Group[] => {
  if (sort === 'risk') return groups
  const compareRows = (a: Row, b: Row): number =>
    sort === 'epss'
      ? (b.vulnerability.epss?.score ?? -1) - (a.vulnerability.epss?.score ?? -1)
      : sort === 'severity'
        ? compareSeverity(a.severity, b.severity)
        : a.vulnerability.id.localeCompare(b.vulnerability.id, 'en', { numeric: true })
  const ordered = groups.map(group => ({ ...group, rows: [...group.rows].sort(compareRows) }))
  return ordered.sort((a, b) => (sort === 'package' ? a.name.localeCompare(b.name, 'en') : compareRows(a.rows[0]!, b.rows[0]!)))
}

const overview = (context: Context, groups: readonly Group[], totals: Totals): string => {
  const { style, report } = context
  const { name, image, distro, layers, packages } = report.inventory
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const facts = [image?.platform, distro?.name, image && `id ${image.id.slice('sha256:'.length).slice(0, 12)}`]
  const numbers = [
    layers.length > 0 ? plural(layers.length, 'layer') : undefined,
    size > 0 ? bytesText(size) : undefined,
    plural(packages.length, 'package'),
  ]
  const known = (list: readonly (string | undefined)[]): readonly string[] =>
    list.filter(fact => fact !== undefined && fact !== '').map(fact => forTerminal(fact!))
  const title = forTerminal(name)
  const about = known(facts).join('  ')
  const lines = [
    ...(widthOf(`${title}  ${about}`) <= context.width
      ? [`${style.bold(title)}  ${about}`.trimEnd()]
      : [style.bold(cutText(title, context.width)), cutText(about, context.width)]
    ).filter(line => line !== ''),
    style.dim(known(numbers).join(', ')),
    '',
    ...countTable(context, groups, totals),
  ]
  const uncounted = [
    ...asideParts(totals),
    totals.uncovered > 0 ? `what may be in ${plural(totals.uncovered, 'package')} that nobody judged` : '',
  ].filter(part => part !== '')
  if (totals.bySeverity.unknown > 0)
    lines.push(style.dim(wrapText('Unknown: nobody whose advisories are at hand has weighed it yet.', context.width)))
  const why = report.base && baseWhy(report.base)
  if (why) lines.push(style.dim(wrapText(why, context.width)))
  if (uncounted.length > 0) lines.push(style.dim(wrapText(`Not counted: ${listText(uncounted)}.`, context.width)))
  return `${lines.join('\n')}\n`
}

const columns: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info', 'unknown']

const countTable = ({ report, style }: Context, groups: readonly Group[], totals: Totals): readonly string[] => {
  const whole = tallyOf(openRows(groups))
  const isJudged = totals.packages > totals.uncovered
  const shown = columns.filter(severity => severity !== 'info' || whole.info > 0)
  const line = (label: string, tally: Tally): readonly Cell[] => [
    { text: label },
    ...shown.map((severity): Cell => {
      const paint = tally[severity] > 0 ? paintSeverity(style, severity) : style.dim
      return { text: paint(isJudged ? String(tally[severity]) : '?'), isRight: true }
    }),
  ]
  const rows = [
    [{ text: '' }, ...shown.map((severity): Cell => ({ text: style.dim(severity), isRight: true }))],
    line('Whole image', whole),
  ]
  if (report.base)
    for (const { title, groups: some } of parts(report.base, groups)) rows.push(line(`  ${title}`, tallyOf(openRows(some))))
  return alignCells(rows)
}

const openRows = (groups: readonly Group[]): readonly Row[] =>
  groups.flatMap(({ rows }) => rows.filter(({ standing }) => standing === 'counts'))

export type Part = {
  readonly kind: 'base' | 'own' | 'elsewhere'
  readonly title: string
  readonly heading: string
  readonly groups: readonly Group[]
}

/** The base image's share and the own layers'; a third one only if there is something in it. */
export const parts = (base: BaseImage, groups: readonly Group[]): readonly Part[] => {
  const of = (isInBase: boolean | undefined): readonly Group[] => groups.filter(group => group.isInBase === isInBase)
  const elsewhere = of(undefined)
  const name = baseName(base)
  return [
    {
      kind: 'base',
      title: cutText(name.replace('the ', ''), 40),
      heading: `From ${name}, ${layersText(1, base.layers)}`,
      groups: of(true),
    },
    { kind: 'own', title: 'own layers', heading: 'From your own layers', groups: of(false) },
    ...(elsewhere.length > 0
      ? [{ kind: 'elsewhere' as const, title: 'elsewhere', heading: 'From layers that nobody can tell', groups: elsewhere }]
      : []),
  ]
}

/** `the base image debian:12`. */
export const baseName = ({ name }: BaseImage): string =>
  name === undefined ? 'the base image' : `the base image ${forTerminal(name.replace(/^docker\.io\/(?:library\/)?/, ''))}`

/** Who says so, in a sentence; '' where an older report does not tell. */
export const baseWhy = ({ evidence = [], contradictions = [] }: BaseImage): string => {
  const [first] = evidence
  if (first === undefined) return ''
  const against = contradictions.length === 0 ? '' : ` But ${contradictions.map(forTerminal).join('; ')}.`
  return `The base image is known because ${forTerminal(first)}.${against}`
}

const layersText = (first: number, last: number): string => (first === last ? `layer ${first}` : `layers ${first} to ${last}`)

const sections = (context: Context, groups: readonly Group[]): readonly string[] => {
  const { base } = context.report
  if (!base) return [section(context, groups)]
  return parts(base, groups).flatMap(part => {
    const body = section(context, part.groups)
    return body === '' ? [] : [`${context.style.bold(part.heading)}\n\n${body}`]
  })
}

const section = (context: Context, groups: readonly Group[]): string => {
  const { style, options, width } = context
  const blocks: string[] = []
  const quiet: string[] = []
  for (const group of groups) {
    const shown = visibleRows(group, options)
    if (shown.length > 0) blocks.push(block(context, group, shown))
    else if (group.rows.some(({ standing }) => standing === 'aside')) quiet.push(cutText(forTerminal(group.name), nameColumns))
  }
  if (quiet.length > 0) {
    const names = [...new Set(quiet)]
    const some = names.length > 12 ? [...names.slice(0, 12), `${names.length - 12} more`] : names
    const text = `Left aside by their maintainers: all that is known of ${listText(some)}; --all shows it.`
    blocks.push(`${style.dim(wrapText(text, width, '  '))}\n`)
  }
  return blocks.join('\n')
}

const visibleRows = ({ rows }: Group, { all, showSuppressed }: ScanTextOptions): readonly Row[] =>
  rows.filter(({ standing }) => standing === 'counts' || (standing === 'aside' ? all : showSuppressed))

const block = (context: Context, group: Group, shown: readonly Row[]): string => {
  const { style, options, width } = context
  const kept = options.all || shown.length <= maxRows + 1 ? shown : shown.slice(0, maxRows)
  const lines = [...headline(context, group), ...rowLines(context, kept)]
  const rest = shown.length - kept.length
  if (rest > 0) {
    const text = `and ${rest} more (${tallyText(tallyOf(shown.slice(kept.length)))}); --all shows them`
    lines.push(style.dim(wrapText(text, width, '    ')))
  }
  const aside = options.all ? '' : asideText(group.rows)
  if (aside !== '') lines.push(style.dim(wrapText(forTerminal(aside), width, '    ')))
  return `${lines.join('\n')}\n`
}

const headline = ({ style, width }: Context, group: Group): readonly string[] => {
  const name = style.bold(forTerminal(`${group.name} ${group.version}`.trim()))
  const installed = installedText(group)
  const counted = tallyOf(group.rows.filter(({ standing }) => standing === 'counts'))
  const tally = tallyText(counted, (severity, text) => paintSeverity(style, severity)(text))
  const place = placeText(group)
  const where = (columns: number): string => (place === '' ? '' : style.cyan(cutText(place, columns)))
  const join = (...parts: readonly string[]): string => parts.filter(part => widthOf(part) > 0).join('  ')
  const head = `  ${join(name, installed, tally)}`
  const left = width - widthOf(head) - 3
  if (place === '' && left >= -3) return [head]
  if (place !== '' && left >= Math.min(30, widthOf(place))) return [`${head}   ${where(left)}`]
  if (place !== '' && left >= -3) return [head, `    ${where(width - 4)}`]
  const short = `  ${join(name, tally)}`
  const first = widthOf(short) <= width ? [short] : [`  ${cutPainted(name, width - 2)}`, `    ${cutPainted(tally, width - 4)}`]
  const some = cutText(installed, place === '' ? width - 4 : Math.max(20, width - 6 - Math.min(30, widthOf(place))))
  const below = join(some, where(width - 6 - widthOf(some)))
  return below === '' ? first : [...first, `    ${below}`]
}

/** `[libssl3, openssl]`, where that says more than the name of the source. */
const installedText = ({ name, packages }: Group): string => {
  const names = [...new Set(packages.map(one => cutText(forTerminal(one.name), nameColumns)))]
  if (names.length === 1 && packages[0]!.name === name) return ''
  return `[${(names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names).join(', ')}]`
}

/** `layer 3: RUN npm ci`. */
const placeText = ({ place }: Group): string => {
  if (!place) return ''
  const number = place.number === undefined ? `layer ${place.layer}` : `layer ${place.number}`
  return forTerminal(place.instruction === '' ? number : `${number}: ${place.instruction}`)
}

/** Where the text below a row begins: under its id. */
const indent = ' '.repeat(14)

const rowLines = ({ style, width }: Context, rows: readonly Row[]): readonly string[] => {
  const names = rows.map(({ vulnerability }) => cutText(forTerminal(vulnerability.id), 30).padEnd(14))
  const states = rows.map(({ finding }) => {
    const state = forTerminal(stateText(finding))
    return isFixable(finding) ? style.green(`→ ${state}`) : style.yellow(state)
  })
  // What is longer stands below, lest it push everything else to the right.
  const room = width - indent.length - Math.max(...names.map(widthOf)) - 2 - 13
  const cells = rows.map(({ severity, vulnerability }, i): readonly Cell[] => {
    const epss = epssText(vulnerability)
    return [
      { text: `    ${paintSeverity(style, severity)(severity.padEnd(8))}` },
      { text: names[i]! },
      { text: widthOf(states[i]!) > room ? '' : states[i]! },
      ...(epss === undefined ? [] : [{ text: style.dim(`EPSS ${epss.padStart(6)}`) }]),
    ]
  })
  const heads = alignCells(cells)
  return rows.flatMap((row, i) => {
    const { vulnerability, severity, finding } = row
    const marks = marksOf(row)
    const head = heads[i]!
    const summary = style.dim(forTerminal(vulnerability.summary.replace(/\s+/g, ' ').trim()))
    const tail = [...marks.map(mark => style.bold(style.red(mark))), summary].filter(part => widthOf(part) > 0).join('  ')
    const left = width - widthOf(head) - 2
    const lines = [head]
    if (tail === '') lines[0] = head
    else if (left >= Math.min(40, widthOf(tail))) lines[0] += `  ${cutPainted(tail, left)}`
    // A line of its own only for what nobody should overlook.
    else if (compareSeverity(severity, 'high') <= 0 || marks.length > 0)
      lines.push(indent + cutPainted(tail, width - indent.length))
    if (widthOf(states[i]!) > room) lines.splice(1, 0, indent + cutPainted(states[i]!, width - indent.length))
    const { suppressed, note } = finding
    if (suppressed) lines.push(style.dim(wrapText(suppressionText(suppressed), width, indent)))
    if (note !== undefined) lines.push(style.yellow(wrapText(forTerminal(note), width, indent)))
    return lines
  })
}

/** Colours end where the text is cut. */
const cutPainted = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ''
  let columns = 0
  let isCut = false
  for (const piece of text.split(/(\u001b\[\d+m)/)) {
    if (piece.startsWith('\u001b')) kept += piece
    else if (!isCut) {
      const columnsLeft = width - columns
      isCut = widthOf(piece) > columnsLeft
      kept += cutText(piece, columnsLeft)
      columns += widthOf(piece)
    }
  }
  return kept
}

/** `suppressed by vex: not in the execute path (until 2027-01-31)`. */
export const suppressionText = ({ by, reason, until }: Suppression): string =>
  `suppressed by ${by}${reason === '' ? '' : `: ${forTerminal(reason)}`}${until === undefined ? '' : ` (until ${forTerminal(until)})`}`

const marksOf = ({ vulnerability: { kev, isMalware } }: Row): readonly string[] => [
  ...(isMalware ? ['MALWARE'] : []),
  ...(kev ? [kev.isRansomware ? 'exploited in the wild, by ransomware too' : 'exploited in the wild'] : []),
]

/** What one would say first when asked. */
const inShort = (context: Context, groups: readonly Group[]): string => {
  const { style, width, report, options } = context
  const worst = groups.flatMap(group => {
    const rows = group.rows.filter(
      ({ standing, severity, vulnerability }) =>
        standing === 'counts' && (compareSeverity(severity, 'high') <= 0 || vulnerability.kev || vulnerability.isMalware),
    )
    return rows.length > 0 ? [{ group, rows }] : []
  })
  if (worst.length === 0) return ''
  const isOne = (name: string): boolean => groups.filter(group => group.name === name).length === 1
  const lines = worst
    .slice(0, maxSentences)
    .map(({ group, rows }) => bullet(sentence(group, rows, report.base, isOne(group.name), options.orders ?? {}), width))
  if (worst.length > maxSentences) {
    const rest = worst.slice(maxSentences)
    lines.push(
      bullet(
        `${tallyText(tallyOf(rest.flatMap(({ rows }) => rows)))} in ${plural(rest.length, 'more package')}, listed above.`,
        width,
      ),
    )
  }
  return `${style.bold('In short')}\n${lines.join('\n')}\n`
}

/** A line for each owner of packages; `bulkhead recommend` says all of it. */
const whatToDo = ({ report, options, style, width }: Context): string => {
  const { remedies = [], inventory } = report
  if (remedies.length === 0) return ''
  const all =
    inventory.kind === 'image'
      ? `  ${style.dim(`All of it, and other base images: bulkhead recommend ${subjectText(report, options)}`)}\n`
      : ''
  return `${style.bold('What to do')}\n${briefRemedies(remedies, style, width)}\n${all}`
}

const bullet = (text: string, width: number): string => `  - ${wrapText(text, width, '    ').trimStart()}`

/** `isOne`: no other group is of a package of that name. */
const sentence = (group: Group, rows: readonly Row[], base: BaseImage | undefined, isOne: boolean, orders: Orders): string => {
  const name = cutText(forTerminal(isOne ? group.name : `${group.name} ${group.version}`), nameColumns)
  const installed = installedText(group).replace(/^\[(.*)\]$/s, '($1)')
  const subject = installed === '' ? name : `${name} ${installed}`
  const layer = group.place?.number === undefined ? undefined : `layer ${group.place.number}`
  const where = base && group.isInBase ? ['the base image', layer] : [layer]
  const from = where.filter(part => part !== undefined).join(', ')
  const source = from === '' ? '' : `, from ${from}`
  if (rows.some(({ vulnerability }) => vulnerability.isMalware))
    return `${subject} ${forTerminal(group.version)} is malware${source}: remove it, change every secret that it could read, and build anew.`
  const exploited = rows.filter(({ vulnerability }) => vulnerability.kev !== undefined).length
  const wild =
    exploited === 0
      ? ''
      : exploited === rows.length
        ? '; exploited in the wild'
        : `; ${exploited === 1 ? 'one of them is' : `${exploited} of them are`} exploited in the wild`
  return `${tallyText(tallyOf(rows)).replace(/, ([^,]*)$/, ' and $1')} in ${subject}${source}${wild}; ${fixText(rows, orders)}.`
}

const fixText = (rows: readonly Row[], orders: Orders): string => {
  const fixed = rows.filter(({ finding }) => isFixable(finding))
  const others = rows.filter(({ finding }) => !isFixable(finding))
  const highest = highestFix(fixed, orders)
  const fixes = highest === undefined ? [...new Set(fixed.map(({ finding }) => finding.match.fixedIn!))] : [highest]
  const some = fixes.map(one => cutText(forTerminal(one), nameColumns))
  const versions = listText(some.length > 3 ? [...some.slice(0, 3), 'others'] : some)
  if (others.length === 0) return `fixed in ${versions}`
  const states = [...new Set(others.map(({ finding }) => forTerminal(stateText(finding))))]
  const isOpen = states.length === 1 && states[0] === 'no fix'
  const state = listText(states.length > 2 ? [...states.slice(0, 2), 'others'] : states)
  if (fixed.length === 0) return isOpen ? 'there is no fix yet' : state
  return `${fixed.length} fixed in ${versions}, ${isOpen ? `${others.length} without a fix` : `the others: ${state}`}`
}

const problemList = (problems: readonly Problem[], { style, width }: Context): string =>
  problems.length === 0
    ? ''
    : `${style.bold('Not looked at')}\n${problems
        .map(({ kind, code, message, at }) => {
          const label = `${kind === 'failed' ? 'not checked' : 'not covered'}[${code}]`
          const place = at?.in === 'layer' && at.path !== undefined ? ` (${forTerminal(at.path)})` : ''
          const text = wrapText(`${label} ${forTerminal(message)}${place}`, width, '    ').trimStart()
          const paint = kind === 'failed' ? style.red : style.yellow
          return `  ${style.bold(paint(label))}${text.slice(label.length)}\n`
        })
        .join('')}`

/** Who judged what, by data of which day. */
const coverageList = ({ report, style, width }: Context): string => {
  if (report.coverage.length === 0) return ''
  const ecosystems = report.coverage.map(({ ecosystem }) => forTerminal(ecosystem))
  const label = Math.min(24, Math.max(...ecosystems.map(widthOf)))
  const lines = report.coverage.map((one, i) => {
    const name = ecosystems[i]!
    const feeds = feedsOf(one).map(feed => {
      const caveat = feed.caveat === undefined ? '' : ` (${forTerminal(feed.caveat)})`
      return `${forTerminal(feedText(feed, one.ecosystem))} of ${dayOf(feed.dated)}${caveat}`
    })
    const missed =
      one.uncovered === 0
        ? ''
        : one.uncovered < one.packages
          ? `${one.uncovered} of them not judged`
          : one.packages === 1
            ? 'nobody judged it'
            : 'nobody judged them'
    const by = feeds.length === 0 || one.uncovered === one.packages ? '' : `by ${listText(feeds)}`
    const text = `${[plural(one.packages, 'package'), by, missed].filter(part => part !== '').join(', ')}`
    const head = `  ${name}${' '.repeat(Math.max(0, label - widthOf(name)))}  `
    const body = wrapText(text, width, ' '.repeat(widthOf(head))).trimStart()
    return head + (one.uncovered > 0 ? style.yellow(body) : body)
  })
  return `${style.bold('Advisories')}\n${lines.join('\n')}\n${ageText(report, style, width)}`
}

const dayOf = (time: string): string => forTerminal(time.slice(0, 10))

/** How old the data are that judged something here; nothing where nobody did. */
const ageText = ({ coverage, at }: ScanReport, style: Style, width: number): string => {
  const ages = coverage
    .filter(one => one.uncovered < one.packages)
    .flatMap(({ feeds }) => feeds.map(({ dated }) => daysBetween(dated, at)))
    .filter(age => age !== undefined)
  if (ages.length === 0) return ''
  const oldest = Math.max(...ages)
  const newest = Math.min(...ages)
  const age = oldest === newest ? plural(oldest, 'day') : `${newest} to ${plural(oldest, 'day')}`
  if (oldest === 0) return `  ${style.dim('The data are of today.')}\n`
  return oldest > freshDays
    ? `${style.yellow(wrapText(`The data are ${age} old: bulkhead db update brings newer ones.`, width, '  '))}\n`
    : `  ${style.dim(`The data are ${age} old.`)}\n`
}

/** The counts, and never "none" without saying of what. */
const summaryLines = ({ report, style, options }: Context, totals: Totals): readonly string[] => {
  const { hidden = 0, failOn } = options
  const { packages, uncovered, vulnerabilities, vulnerablePackages } = totals
  const failed = report.problems.filter(({ kind }) => kind === 'failed').length
  const lines: string[] = []
  const paint = (severity: Severity, text: string): string => paintSeverity(style, severity)(text)
  if (packages === 0) lines.push(style.bold(style.yellow('No packages were found in it: there was nothing to judge.')))
  else if (vulnerabilities > 0) {
    const rest = [
      `${totals.fixable} can be fixed`,
      totals.knownExploited > 0 ? style.bold(style.red(`${totals.knownExploited} exploited in the wild`)) : '',
      ...asideParts(totals),
    ].filter(part => part !== '')
    lines.push(
      `${style.bold(plural(vulnerabilities, 'vulnerability', 'vulnerabilities'))} in ${vulnerablePackages} of ${plural(packages, 'package')}: ${tallyText(
        totals.bySeverity,
        paint,
      )}; ${rest.join('; ')}.`,
    )
  } else if (uncovered >= packages) lines.push(style.bold(style.yellow(noneJudged(packages))))
  else if (hidden > 0)
    lines.push(
      `${style.bold('Nothing of what was asked for')}; ${plural(hidden, 'other finding is', 'other findings are')} not shown.`,
    )
  else {
    const aside = asideParts(totals)
    const judged =
      uncovered === 0 ? plural(packages, 'package') : `the ${plural(packages - uncovered, 'package')} that were judged`
    lines.push(
      `${style.bold(style.green(`No known vulnerabilities in ${judged}`))}${aside.length > 0 ? `, besides ${aside.join(' and ')}` : ''}.`,
    )
  }
  if (uncovered > 0 && uncovered < packages)
    lines.push(
      style.bold(style.yellow(`${plural(uncovered, 'package')} could not be judged: nobody knows whether they are safe.`)),
    )
  const unweighed = totals.bySeverity.unknown
  if (unweighed > 0 && failOn !== undefined && failOn !== 'none' && !reaches('low', failOn))
    lines.push(
      `${plural(unweighed, 'vulnerability', 'vulnerabilities')} of unknown severity did not count for --fail-on ${failOn}; for low they do.`,
    )
  if (failed > 0) lines.push(style.bold(style.red(`${plural(failed, 'thing')} could not be read: see above.`)))
  if (vulnerabilities > 0) {
    const [worst] = report.findings
    if (worst && /^[\w.:-]+$/.test(worst.vulnerability.id))
      lines.push(
        style.dim(`Why, and what to do: bulkhead scan ${subjectText(report, options)} --explain ${worst.vulnerability.id}`),
      )
  }
  return lines
}

/** As a shell takes it. */
export const subjectText = ({ inventory }: ScanReport, { subject = inventory.name }: { readonly subject?: string }): string =>
  forTerminal(shellWord(subject))

const asideParts = ({ leftAside, suppressed }: Totals): readonly string[] => [
  ...(leftAside > 0 ? [`${leftAside} left aside by their maintainers`] : []),
  ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
]
