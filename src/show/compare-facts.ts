/** What the forms of a comparison have in common: titles, versions, deltas, and what became better and worse as lines. */
import type {
  ComparisonReport,
  FindingChange,
  NumberDifference,
  PackageChange,
  SecretDifference,
  SideFinding,
  SideHead,
  TraitDifference,
  Trend,
  VulnerabilityDifference,
} from '../model/comparison.ts'
import { compareSeverity, reaches, type Severity } from '../model/finding.ts'
import { bytesText } from './inventory-text.ts'
import { listText, plural, tallyOf, tallyText } from './scan-facts.ts'

const titles: Readonly<Record<string, string>> = {
  vulnerabilities: 'vulnerabilities',
  exploited: 'known to be exploited',
  unjudged: 'packages nobody judged',
  packages: 'packages',
  size: 'size of the layers',
  layers: 'layers',
  secrets: 'secrets',
  setuid: 'setuid programs',
  findings: 'findings of rules',
}

/** Rows below `vulnerabilities`. */
export const isPart = (id: string): boolean => !(id in titles) || id === 'exploited'

export const titleOf = (id: string): string => titles[id] ?? id

/** Rows that say something: what neither has is left out, but for the counts that one looks for. */
export const shownNumbers = ({ numbers }: ComparisonReport): readonly NumberDifference[] =>
  numbers.filter(
    ({ id, before, after }) =>
      (before !== undefined || after !== undefined) &&
      ((before ?? 0) > 0 || (after ?? 0) > 0 || id === 'vulnerabilities' || id === 'critical' || id === 'high'),
  )

export const numberText = (id: string, value: number | undefined): string =>
  value === undefined ? '–' : id === 'size' ? bytesText(value) : value.toLocaleString('en-US')

/** `+2`, `-1.3 MB`, `=`; '' where nobody knows. */
export const deltaText = ({ id, before, after }: NumberDifference): string => {
  if (before === undefined || after === undefined) return ''
  if (before === after) return '='
  const difference = after - before
  return `${difference > 0 ? '+' : '-'}${numberText(id, Math.abs(difference))}`
}

/** Its name; where both have the same one, what the user called it. */
export const labelOf = (one: SideHead, other: SideHead): string => (one.name === other.name ? one.asked : one.name)

/** What is known of it, and what tells two of the same name apart. It is the subject's text: escape them. */
export const headTexts = (one: SideHead, other: SideHead): readonly string[] => {
  const facts = (['platform', 'distro'] as const).flatMap(key => (one[key] === undefined || one[key] === '' ? [] : [one[key]]))
  const id = one.id === undefined || one.id === other.id ? [] : [`id ${one.id.slice(one.id.indexOf(':') + 1).slice(0, 12)}`]
  const scanned = one.kind === 'scan-report' ? [`scanned ${one.scanned.slice(0, 10)}`] : []
  const name = one.name === other.name && one.name !== one.asked ? [one.name] : []
  return [...name, ...facts, ...id, ...scanned]
}

/** `1.0 → 1.1`, `not there → 1.1`; of many versions the first three. */
export const versionsText = (before: readonly string[], after: readonly string[]): string => {
  const side = (versions: readonly string[]): string =>
    versions.length === 0
      ? 'not there'
      : versions.length > 3
        ? `${versions.slice(0, 3).join(', ')} and ${versions.length - 3} more`
        : versions.join(', ')
  return before.join() === after.join() ? side(before) : `${side(before)} → ${side(after)}`
}

/** One line of what changed. `text` is made of subjects' and advisories' words: escape it. */
export type Line = {
  readonly trend: Exclude<Trend, 'mixed'>
  readonly section: 'vulnerability' | 'secret' | 'finding' | 'way-out' | 'setting'
  readonly severity: Severity | undefined
  /** `+` it is there now, `-` no more, `~` it is another. */
  readonly sign: '+' | '-' | '~'
  /** An id, a rule, a title. */
  readonly name: string
  readonly text: string
  /** What else there is to say: exploitation, the summary. */
  readonly marks: readonly string[]
  readonly url?: string
}

/** Everything but packages and numbers, in the order of what matters most. `brief`: what is closed in one package is one line. */
export const linesOf = ({ vulnerabilities, secrets, findings, traits }: ComparisonReport, brief: boolean): readonly Line[] => [
  ...vulnerabilities.opened.map(one => vulnerabilityLine(one, 'worse')),
  ...(brief ? closedLines(vulnerabilities.closed) : vulnerabilities.closed.map(one => vulnerabilityLine(one, 'better'))),
  ...(secrets ?? []).map(secretLine),
  ...(findings?.opened ?? []).map(one => findingLine(one, 'worse')),
  ...(findings?.closed ?? []).map(one => findingLine(one, 'better')),
  // The same places in other words: so many days, in an image that is old anyway.
  ...(findings?.changed ?? []).filter(({ trend }) => trend !== 'neutral').map(findingChangeLine),
  ...(traits ?? []).flatMap(traitLines),
]

const closedLines = (closed: readonly VulnerabilityDifference[]): readonly Line[] =>
  [...Map.groupBy(closed, ({ ecosystem, name, other }) => JSON.stringify([ecosystem, name, other])).values()].map(some => {
    const line = vulnerabilityLine(some[0]!, 'better')
    if (some.length === 1) return line
    const { name, before, after, id } = some[0]!
    const worst = line.marks.length === 0 ? id : `${id} (${line.marks.join(', ')})`
    return {
      ...line,
      severity: [...some].sort((a, b) => compareSeverity(a.severity, b.severity))[0]!.severity,
      name,
      text: `${versionsText(before, after)}; ${tallyText(tallyOf(some))}`,
      marks: [`first of all ${worst}`],
    }
  })

const vulnerabilityLine = (one: VulnerabilityDifference, trend: 'better' | 'worse'): Line => {
  const isOpen = trend === 'worse'
  // What is no longer seen is not gone.
  const isLost = !isOpen && one.other === 'not-judged'
  const others: Readonly<Record<VulnerabilityDifference['other'], string>> = isOpen
    ? {
        absent: '',
        aside: 'was left aside by its maintainers',
        suppressed: 'was suppressed',
        'not-judged': 'nobody judged it before',
      }
    : {
        absent: '',
        aside: 'now left aside by its maintainers',
        suppressed: 'now suppressed',
        'not-judged': 'nobody judges it any more',
      }
  const fix = isOpen && one.fixedIn !== undefined ? `fixed in ${one.fixedIn}` : ''
  return {
    trend: isLost || (!isOpen && one.other === 'suppressed') ? 'neutral' : trend,
    section: 'vulnerability',
    severity: one.severity,
    sign: isOpen ? '+' : isLost ? '~' : '-',
    name: one.id,
    text: `${one.name} ${versionsText(one.before, one.after)}`,
    marks: [
      ...(one.isMalware ? ['malware'] : []),
      ...(one.isExploited ? ['exploited in the wild'] : []),
      ...(one.epss !== undefined && one.epss >= 0.01 ? [`EPSS ${Math.round(one.epss * 100)} %`] : []),
      others[one.other],
      fix,
    ].filter(mark => mark !== ''),
    url: one.url,
  }
}

const reachWords: Readonly<Record<string, string>> = {
  image: 'containers have it',
  deleted: 'deleted in a later layer, and still downloadable',
  replaced: 'replaced in a later layer, and still downloadable',
  history: 'readable in the history',
}

const reachText = (reach: readonly string[]): string => listText(reach.map(one => reachWords[one] ?? one))

const secretLine = (one: SecretDifference): Line => {
  const { before, after } = one
  const count = before === 0 || after === 0 ? (before + after > 1 ? ` (${before + after})` : '') : ` (${before} → ${after})`
  return {
    trend: one.trend === 'mixed' ? 'worse' : one.trend,
    section: 'secret',
    severity: one.severity,
    sign: before === 0 ? '+' : after === 0 ? '-' : '~',
    name: one.rule,
    text: `${one.kind}${before === after && !one.isOther ? '' : count} in ${one.place}`,
    marks: [
      ...(one.isOther ? ['another one than before'] : []),
      ...(after > 0 ? [reachText(one.reachAfter)] : before > 0 ? ['gone'] : []),
    ],
  }
}

const findingLine = ({ rule, severity, message }: SideFinding, trend: 'better' | 'worse'): Line => ({
  trend,
  section: 'finding',
  severity,
  sign: trend === 'worse' ? '+' : '-',
  name: rule,
  text: message,
  marks: [],
})

const changeWords: Readonly<Partial<Record<Trend, string>>> = {
  better: 'fewer than before',
  worse: 'more than before',
  mixed: 'not the same as before',
}

const findingChangeLine = ({ rule, before, after, trend }: FindingChange): Line => ({
  trend: trend === 'mixed' ? 'worse' : trend,
  section: 'finding',
  severity: after.severity,
  sign: '~',
  name: rule,
  text: after.message,
  marks: [before.severity === after.severity ? (changeWords[trend] ?? '') : `was ${before.severity}`].filter(mark => mark !== ''),
})

const traitLines = ({
  group: section,
  title,
  before,
  after,
  added,
  removed,
  changed,
  trend,
}: TraitDifference): readonly Line[] => {
  const line = (sign: Line['sign'], own: Line['trend'], text: string): Line => ({
    trend: own,
    section,
    severity: undefined,
    sign,
    name: title,
    text,
    marks: [],
  })
  if (before !== undefined && after !== undefined)
    return [line('~', trend === 'mixed' ? 'worse' : trend, `${before || 'none'} → ${after || 'none'}`)]
  const isRisk = trend !== 'neutral'
  return [
    ...(added.length > 0 ? [line('+', isRisk ? 'worse' : 'neutral', manyText(added))] : []),
    ...(removed.length > 0 ? [line('-', isRisk ? 'better' : 'neutral', manyText(removed))] : []),
    ...(changed.length > 0 ? [line('~', 'neutral', manyText(changed))] : []),
  ]
}

const told = 12

const manyText = (names: readonly string[]): string =>
  names.length > told ? `${names.slice(0, told).join(', ')} and ${names.length - told} more` : names.join(', ')

/** Packages that one source makes change together: `libssl3, openssl`. */
export type PackageGroup = PackageChange & { readonly names: readonly string[] }

export const packageGroups = (changed: readonly PackageChange[]): readonly PackageGroup[] =>
  [
    ...Map.groupBy(changed, one => JSON.stringify([one.ecosystem, one.source, one.before, one.after, one.direction])).values(),
  ].map(some => ({ ...some[0]!, names: [...new Set(some.map(({ name }) => name))].sort() }))

/** `openssl (libssl3, openssl)`, `util-linux (9 packages)`: the source, and what is installed of it. */
export const groupName = ({ source, names }: PackageGroup): string => {
  if (names.length === 1) return names[0]!
  return `${source} (${names.length > 3 ? plural(names.length, 'package') : names.join(', ')})`
}

/** The sentence that says it all. */
export const verdictOf = (
  { regressions, vulnerabilities }: ComparisonReport,
  failOn: Severity | 'none' | undefined,
): { readonly isWorse: boolean; readonly text: string } => {
  const { opened, closed } = vulnerabilities
  const gone = closed.filter(({ other }) => other === 'absent' || other === 'aside').length
  const of = (what: string): number => regressions.filter(one => one.what === what).length
  const worse = [
    ...(opened.length > 0 ? [plural(opened.length, 'new vulnerability', 'new vulnerabilities')] : []),
    ...(of('secret') > 0 ? [plural(of('secret'), 'place with more secrets', 'places with more secrets')] : []),
    ...(of('finding') > 0 ? [plural(of('finding'), 'new or graver finding of a rule', 'new or graver findings of rules')] : []),
  ]
  const closing = gone === 0 ? '' : `${plural(gone, 'vulnerability is closed', 'vulnerabilities are closed')}`
  if (worse.length === 0)
    return { isWorse: false, text: closing === '' ? 'Nothing got worse.' : `Nothing got worse; ${closing}.` }
  const failing =
    failOn === undefined || failOn === 'none'
      ? 0
      : regressions.filter(
          ({ severity, isExploited }) => isExploited || reaches(severity === 'unknown' ? 'low' : severity, failOn),
        ).length
  const grave = failOn === 'critical' ? 'critical' : `${failOn} or worse`
  const who =
    failing === 1 && regressions.length === 1
      ? 'It is'
      : failing === regressions.length
        ? `All ${failing} are`
        : `${failing} of these ${failing === 1 ? 'is' : 'are'}`
  const limit =
    failOn === undefined || failOn === 'none'
      ? ''
      : failing === 0
        ? ` Nothing new is ${grave}.`
        : ` ${who} ${grave}, or exploited: that fails the build.`
  return {
    isWorse: failing > 0 || failOn === undefined,
    text: `${listText(worse)}${closing === '' ? '' : `; ${closing}`}.${limit}`,
  }
}

/** Sentences for what the verdict does not count. */
export const remarksOf = ({ vulnerabilities: { closed, remaining }, problems }: ComparisonReport): readonly string[] => {
  const lost = closed.filter(({ other }) => other === 'not-judged').length
  return [
    ...(lost > 0
      ? [
          `${plural(lost, 'vulnerability is', 'vulnerabilities are')} in packages that nobody judges any more: they may still be there.`,
        ]
      : []),
    ...(remaining > 0 ? [`${plural(remaining, 'vulnerability is', 'vulnerabilities are')} in both.`] : []),
    ...(problems.some(({ kind }) => kind === 'failed')
      ? ['Not everything could be read: what seems gone may still be there.']
      : []),
  ]
}
