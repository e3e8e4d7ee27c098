/** A scan as a comment to a pull request, in the Markdown of GitHub and GitLab. */
import { compareSeverity, type Severity } from '../model/finding.ts'
import { isFixable, type ScanReport } from '../model/vulnerability.ts'
import { forHtml, forMarkdownCode, forMarkdownText } from './escape.ts'
import {
  asideText,
  epssText,
  feedsOf,
  feedText,
  type Group,
  groupsOf,
  linksOf,
  listText,
  noneJudged,
  plural,
  type Row,
  stateText,
  type Totals,
  tallyOf,
  tallyText,
  totalsOf,
} from './scan-facts.ts'

/** GitHub takes no longer comment than 65,536 characters. */
const maxLength = 60_000
const maxRows = 50

/** Ends with LF. */
export const showScanMarkdown = (report: ScanReport): string => {
  const groups = groupsOf(report)
  const totals = totalsOf(report, groups)
  const end = [problems(report), coverage(report)].filter(part => part !== '').join('\n')
  const parts = [`### Bulkhead: ${code(report.inventory.name)}\n`, `${headline(report, totals)}\n`, table(report, groups, totals)]
  const shown = groups.filter(({ rows }) => rows.some(({ standing }) => standing === 'counts'))
  let length = parts.join('\n').length + end.length
  let left = shown.length
  for (const group of shown) {
    const text = details(group)
    if (length + text.length > maxLength) break
    parts.push(text)
    length += text.length
    left--
  }
  if (left > 0) parts.push(`${plural(left, 'more package')} with vulnerabilities: \`bulkhead scan\` lists them all.\n`)
  return [...parts, end].filter(part => part !== '').join('\n')
}

const emphasis = (text: string): string => `**${text}**`

const headline = ({ problems: found }: ScanReport, totals: Totals): string => {
  const { packages, uncovered, vulnerabilities, vulnerablePackages, leftAside, suppressed } = totals
  const aside = [
    ...(leftAside > 0 ? [`${leftAside} left aside by their maintainers`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ]
  const failed = found.filter(({ kind }) => kind === 'failed').length
  const missed = [
    ...(uncovered > 0 && uncovered < packages ? [` ${plural(uncovered, 'package')} could not be judged.`] : []),
    ...(failed > 0 ? [` ${plural(failed, 'thing')} could not be read.`] : []),
  ].join('')
  if (packages === 0) return `${emphasis('No packages were found in it: there was nothing to judge.')}${missed}`
  if (vulnerabilities > 0) {
    const rest = [
      `${totals.fixable} can be fixed`,
      ...(totals.knownExploited > 0 ? [emphasis(`${totals.knownExploited} exploited in the wild`)] : []),
      ...aside,
    ]
    const number = emphasis(plural(vulnerabilities, 'vulnerability', 'vulnerabilities'))
    const where = `${vulnerablePackages} of ${plural(packages, 'package')}`
    return `${number} in ${where}: ${tallyText(totals.bySeverity)}; ${rest.join('; ')}.${missed}`
  }
  if (uncovered >= packages) return `${emphasis(noneJudged(packages))}${missed}`
  const judged = uncovered === 0 ? plural(packages, 'package') : `the ${plural(packages - uncovered, 'package')} that were judged`
  return `${emphasis(`No known vulnerabilities in ${judged}`)}${aside.length > 0 ? `, besides ${aside.join(' and ')}` : ''}.${missed}`
}

const columns: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info', 'unknown']

const table = ({ base }: ScanReport, groups: readonly Group[], totals: Totals): string => {
  if (totals.packages <= totals.uncovered) return ''
  const open = (some: readonly Group[]): readonly Row[] =>
    some.flatMap(({ rows }) => rows.filter(({ standing }) => standing === 'counts'))
  const whole = tallyOf(open(groups))
  const shown = columns.filter(severity => severity !== 'info' || whole.info > 0)
  const line = (label: string, some: readonly Group[]): string => {
    const tally = tallyOf(open(some))
    return `| ${label} | ${shown.map(severity => (tally[severity] > 0 ? emphasis(String(tally[severity])) : '0')).join(' | ')} |`
  }
  const of = (isInBase: boolean | undefined): readonly Group[] => groups.filter(group => group.isInBase === isInBase)
  return [
    `| | ${shown.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(shown.length)}`,
    line('Whole image', groups),
    ...(base
      ? [
          line(`Base image${base.name === undefined ? '' : ` ${code(base.name)}`} (${plural(base.layers, 'layer')})`, of(true)),
          line('Own layers', of(false)),
          ...(of(undefined).length > 0 ? [line('Elsewhere', of(undefined))] : []),
        ]
      : []),
    '',
  ].join('\n')
}

/** Folded up; its heading says what a reader has to know. */
const details = (group: Group): string => {
  const open = group.rows.filter(({ standing }) => standing === 'counts')
  const names = [...new Set(group.packages.map(one => one.name))]
  const some = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  const installed =
    names.length === 1 && names[0] === group.name ? '' : ` (${listText(some.map(name => `<code>${forHtml(cut(name))}</code>`))})`
  const where = [
    ...(group.isInBase ? ['base image'] : []),
    ...(group.place?.number === undefined ? [] : [`layer ${group.place.number}`]),
  ].join(', ')
  const malware = open.some(({ vulnerability }) => vulnerability.isMalware) ? ' <b>malware</b>,' : ''
  const name = `<code>${forHtml(cut(`${group.name} ${group.version}`))}</code>`
  const head = `${name}${installed}:${malware} ${[tallyText(tallyOf(open)), where].filter(part => part !== '').join('; ')}`
  const aside = asideText(group.rows)
  return [
    `<details><summary>${head}</summary>`,
    '',
    '| severity | vulnerability | fixed in | EPSS | |',
    '| --- | --- | --- | ---: | --- |',
    ...open.slice(0, maxRows).map(row),
    '',
    ...(open.length > maxRows ? [`${open.length - maxRows} more: \`bulkhead scan\` lists them all.`, ''] : []),
    ...(aside === '' ? [] : [forMarkdownText(aside.replace('left', 'Left')), '']),
    ...(group.place && group.place.instruction !== ''
      ? [`Layer ${group.place.number ?? ''}: ${code(group.place.instruction)}`, '']
      : []),
    '</details>',
    '',
  ].join('\n')
}

const row = ({ severity, vulnerability, finding }: Row): string => {
  const [link] = linksOf(vulnerability)
  const id = short(vulnerability.id)
  const state = isFixable(finding) ? code(stateText(finding)) : short(stateText(finding))
  const marks = [
    ...(vulnerability.isMalware ? [emphasis('malware')] : []),
    ...(vulnerability.kev ? [emphasis('exploited in the wild')] : []),
  ]
  const words = [...marks, short(finding.note ?? ''), short(vulnerability.summary)].filter(part => part !== '').join('; ')
  const shown = compareSeverity(severity, 'high') <= 0 ? emphasis(severity) : severity
  const epss = (epssText(vulnerability) ?? '').replace('<', '&lt;')
  return `| ${shown} | ${link === undefined ? id : `[${id}](${link})`} | ${state} | ${epss} | ${words} |`
}

const problems = ({ problems: found }: ScanReport): string =>
  found.length === 0
    ? ''
    : [
        emphasis('Not looked at'),
        '',
        ...found
          .slice(0, 30)
          .map(
            ({ kind, code: name, message }) =>
              `- ${kind === 'failed' ? 'not checked' : 'not covered'}: ${short(`${name}: ${message}`, 500)}`,
          ),
        ...(found.length > 30 ? [`- and ${found.length - 30} more`] : []),
        '',
      ].join('\n')

const coverage = (report: ScanReport): string => {
  const lines = report.coverage.slice(0, 20).map(one => {
    const feeds = feedsOf(one).map(feed => `${short(feedText(feed, one.ecosystem))} of ${short(feed.dated.slice(0, 10))}`)
    const missed =
      one.uncovered === 0 ? '' : one.uncovered < one.packages ? `, ${one.uncovered} of them not judged` : ', not judged'
    return `${short(one.ecosystem)}: ${plural(one.packages, 'package')}${feeds.length > 0 ? `, by ${listText(feeds)}` : ''}${missed}`
  })
  return lines.length === 0 ? '' : `<sub>${lines.join('<br>')}</sub>\n`
}

const cut = (text: string, length = 160): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`

const short = (text: string, length?: number): string => forMarkdownText(cut(text.replace(/\s+/g, ' ').trim(), length))

const code = (text: string): string => forMarkdownCode(cut(text.replace(/\s+/g, ' ').trim()))
