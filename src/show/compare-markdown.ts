/** A comparison as a comment to a pull request, in the Markdown of GitHub and GitLab. */
import type { ComparisonReport, SidePackage, Trend } from '../model/comparison.ts'
import { compareSeverity } from '../model/finding.ts'
import {
  deltaText,
  groupName,
  headTexts,
  isPart,
  type Line,
  labelOf,
  linesOf,
  numberText,
  packageGroups,
  remarksOf,
  shownNumbers,
  titleOf,
  verdictOf,
} from './compare-facts.ts'
import { forMarkdownCode, forMarkdownText } from './escape.ts'
import { plural, webUrl } from './scan-facts.ts'

/** GitHub takes no longer comment than 65,536 characters. */
const maxLength = 60_000
const maxRows = 50

/** Ends with LF. */
export const showCompareMarkdown = (report: ComparisonReport): string => {
  const { before, after } = report
  const lines = linesOf(report, true)
  const of = (trend: Trend): readonly Line[] => lines.filter(line => line.trend === trend)
  const head = [
    `### Bulkhead: ${code(labelOf(before, after))} → ${code(labelOf(after, before))}\n`,
    `${facts(report)}**${short(verdictOf(report, undefined).text, 1000)}** ${remarksOf(report).join(' ')}\n`,
    table(report),
  ]
  const end = problems(report)
  let length = head.join('\n').length + end.length
  const parts: string[] = []
  let left = 0
  for (const part of [
    section('Worse', of('worse'), true),
    section('Better', of('better'), false),
    packages(report),
    section('Changed', of('neutral'), false),
  ]) {
    if (part === '') continue
    if (length + part.length > maxLength) left++
    else {
      parts.push(part)
      length += part.length
    }
  }
  if (left > 0) parts.push('There is more than a comment can hold: `bulkhead compare` lists it all.\n')
  return [...head, ...parts, end].filter(part => part !== '').join('\n')
}

const facts = ({ before, after }: ComparisonReport): string => {
  const [a, b] = [headTexts(before, after), headTexts(after, before)].map(list => list.map(one => short(one)).join(', '))
  return a === b || (a === '' && b === '') ? '' : `${a || 'unknown'} → ${b || 'unknown'}. `
}

const table = (report: ComparisonReport): string =>
  [
    '| | before | after | change |',
    '| --- | ---: | ---: | ---: |',
    ...shownNumbers(report).map(number => {
      const { id, before, after, trend } = number
      const delta = deltaText(number)
      const shown = trend === 'worse' ? `**${delta}**` : delta
      const title = isPart(id) ? `&nbsp;&nbsp;${titleOf(id)}` : titleOf(id)
      return `| ${title} | ${numberText(id, before)} | ${numberText(id, after)} | ${shown} |`
    }),
    '',
  ].join('\n')

const section = (title: string, lines: readonly Line[], isOpen: boolean): string => {
  if (lines.length === 0) return ''
  return [
    `<details${isOpen ? ' open' : ''}><summary><b>${title}</b>: ${plural(lines.length, 'line')}</summary>`,
    '',
    '| | severity | what | |',
    '| --- | --- | --- | --- |',
    ...lines.slice(0, maxRows).map(row),
    '',
    ...(lines.length > maxRows ? [`${lines.length - maxRows} more: \`bulkhead compare --all\` lists them.`, ''] : []),
    '</details>',
    '',
  ].join('\n')
}

const row = ({ sign, severity, name, text, marks, url }: Line): string => {
  const link = url === undefined ? undefined : webUrl(url)
  const id = short(name)
  const weight = severity === undefined ? '' : compareSeverity(severity, 'high') <= 0 ? `**${severity}**` : severity
  const words = [short(text, 300), ...marks.map(mark => (/exploited|malware/.test(mark) ? `**${short(mark)}**` : short(mark)))]
  return `| \`${sign}\` | ${weight} | ${link === undefined ? id : `[${id}](${link})`} | ${words.join('; ')} |`
}

const packages = ({ packages: all }: ComparisonReport): string => {
  if (!all || all.added.length + all.removed.length + all.changed.length === 0) return ''
  const groups = packageGroups(all.changed)
  const rows = [
    ...groups.map(
      one =>
        `| ${signs[one.direction]} | ${short(one.ecosystem)} | ${short(groupName(one))} | ${short(one.before)} | ${short(one.after)} |`,
    ),
    ...all.added.map(one => `| added | ${single(one)} | | ${short(one.version)} |`),
    ...all.removed.map(one => `| removed | ${single(one)} | ${short(one.version)} | |`),
  ]
  const count = all.added.length + all.removed.length + all.changed.length
  return [
    `<details><summary><b>Packages</b>: ${count} of them changed</summary>`,
    '',
    '| | kind | package | before | after |',
    '| --- | --- | --- | --- | --- |',
    ...rows.slice(0, maxRows * 2),
    '',
    ...(rows.length > maxRows * 2 ? [`${rows.length - maxRows * 2} more: \`bulkhead compare --all\` lists them.`, ''] : []),
    '</details>',
    '',
  ].join('\n')
}

const signs = { upgrade: 'upgraded', downgrade: '**downgraded**', unclear: 'changed' } as const

const single = ({ ecosystem, name }: SidePackage): string => `${short(ecosystem)} | ${short(name)}`

const problems = ({ problems: found }: ComparisonReport): string =>
  found.length === 0
    ? ''
    : [
        '**Not looked at**',
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

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`

const short = (text: string, length = 160): string => forMarkdownText(cut(text.replace(/\s+/g, ' ').trim(), length))

const code = (text: string): string => forMarkdownCode(cut(text.replace(/\s+/g, ' ').trim(), 160))
