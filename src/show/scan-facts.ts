/** What the formats of a scan have in common: groups of findings, places, counts, and words for what maintainers say. */
import type { AdvisoryStatus, FeedState } from '../model/advisory.ts'
import { compareSeverity, type Digest, type Location, type Severity, severities } from '../model/finding.ts'
import type { Layer } from '../model/image.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import {
  type Coverage,
  counts,
  isFixable,
  type Match,
  type ScanReport,
  type Vulnerability,
  type VulnerabilityFinding,
} from '../model/vulnerability.ts'
import { instructionText, onOneLine } from './instruction-text.ts'

export { shellWord } from '../model/shell-word.ts'

/** Where a package came in. */
export type Place = {
  readonly layer: Digest
  /** From 1, from the base upwards; undefined: it is none of the image's layers. */
  readonly number: number | undefined
  readonly step: number | undefined
  /** The instruction that made it, or ''. It is the image's text: escape it. */
  readonly instruction: string
}

/** `aside`: its maintainers have decided to leave it, or nobody has decided yet. */
export type Standing = 'counts' | 'aside' | 'suppressed'

/** One vulnerability in one source package of one layer: what a person sees as one line. */
export type Row = {
  readonly vulnerability: Vulnerability
  readonly standing: Standing
  readonly severity: Severity
  /** The one to show: the one that counts most. */
  readonly finding: VulnerabilityFinding
  /** One for each installed package. */
  readonly findings: readonly VulnerabilityFinding[]
}

/** What is built from one source and came in by one layer. */
export type Group = {
  readonly ecosystem: string
  readonly name: string
  readonly version: string
  /** What is installed of it, by name. */
  readonly packages: readonly Package[]
  readonly place: Place | undefined
  readonly isInBase: boolean | undefined
  readonly rows: readonly Row[]
}

export type Tally = Readonly<Record<Severity, number>>

/** Groups, and rows within them, in the order of the findings. */
export const groupsOf = ({ findings, inventory }: ScanReport): readonly Group[] => {
  const groups = new Map<string, { head: VulnerabilityFinding; rows: Map<string, VulnerabilityFinding[]> }>()
  for (const finding of findings) {
    const { match, isInBase, vulnerability } = finding
    const { name, version } = sourceOf(match)
    const key = JSON.stringify([match.package.ecosystem, name, version, layerKey(match.package), isInBase ?? null])
    let group = groups.get(key)
    if (!group) {
      group = { head: finding, rows: new Map() }
      groups.set(key, group)
    }
    const row = group.rows.get(vulnerability.id)
    if (row) row.push(finding)
    else group.rows.set(vulnerability.id, [finding])
  }
  return [...groups.values()].map(({ head, rows }) => {
    const packages = new Map([...rows.values()].flat().map(({ match }) => [match.package.purl, match.package]))
    return {
      ecosystem: head.match.package.ecosystem,
      ...sourceOf(head.match),
      packages: [...packages.values()].sort((a, b) => order(a.name, b.name) || order(a.purl, b.purl)),
      place: placeOf(head.match.package, inventory),
      isInBase: head.isInBase,
      rows: [...rows.values()].map(rowOf),
    }
  })
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sourceOf = ({ via, name, version, package: one }: Match): { readonly name: string; readonly version: string } =>
  via === 'source' ? { name, version } : (one.source ?? { name: one.name, version: one.version })

export const standingOf = (finding: VulnerabilityFinding): Standing =>
  finding.suppressed ? 'suppressed' : counts(finding) ? 'counts' : 'aside'

const standings: readonly Standing[] = ['counts', 'aside', 'suppressed']

const rowOf = (findings: readonly VulnerabilityFinding[]): Row => {
  const [finding] = [...findings].sort(
    (a, b) => standings.indexOf(standingOf(a)) - standings.indexOf(standingOf(b)) || compareSeverity(a.severity, b.severity),
  )
  const { vulnerability, severity } = finding!
  return { vulnerability, standing: standingOf(finding!), severity, finding: finding!, findings }
}

const layerKey = ({ at: [at] }: Package): string => (at.in === 'layer' ? `${at.layer} ${at.step ?? ''}` : '')

/**
 * Undefined where there are no layers. The same archive may stand in an image twice: then the instruction tells which. Layers may be known without an
 * image, as an SBOM tells them.
 */
export const placeOf = (one: Package, inventory: Pick<Inventory, 'image' | 'layers'>): Place | undefined => {
  const [at] = one.at
  if (at.in !== 'layer') return undefined
  const layers: readonly (Layer & { readonly instruction?: string })[] =
    inventory.layers.length > 0 ? inventory.layers : (inventory.image?.layers ?? [])
  const exact = layers.findIndex(({ diffId, step }) => diffId === at.layer && step === at.step)
  const index = exact === -1 ? layers.findIndex(({ diffId }) => diffId === at.layer) : exact
  const step = at.step ?? layers[index]?.step
  const createdBy = step === undefined ? undefined : inventory.image?.config.history[step]?.createdBy
  return {
    layer: at.layer,
    number: index === -1 ? undefined : index + 1,
    step,
    instruction: onOneLine(instructionText(createdBy ?? layers[index]?.instruction ?? '')),
  }
}

export const pathOf = (at: Location): string => ('path' in at ? (at.path ?? '') : '')

export const tallyOf = (rows: Iterable<{ readonly severity: Severity }>): Tally => {
  const tally = Object.fromEntries(severities.map(severity => [severity, 0])) as Record<Severity, number>
  for (const { severity } of rows) tally[severity]++
  return tally
}

/** `3 critical, 1 high`; '' when there are none. */
export const tallyText = (tally: Tally, paint: (severity: Severity, text: string) => string = (_, text) => text): string =>
  severities
    .filter(severity => tally[severity] > 0)
    .map(severity => paint(severity, `${tally[severity]} ${severity}`))
    .join(', ')

export type Totals = {
  readonly packages: number
  /** Installed packages in which something counts. */
  readonly vulnerablePackages: number
  readonly vulnerabilities: number
  readonly bySeverity: Tally
  readonly fixable: number
  readonly knownExploited: number
  readonly leftAside: number
  readonly suppressed: number
  /** Packages about which nobody was asked. */
  readonly uncovered: number
}

/** What there is in all. A vulnerability counts once for each source package and layer, so that sums are what is listed. */
export const totalsOf = (report: ScanReport, groups: readonly Group[]): Totals => {
  const rows = groups.flatMap(group => group.rows)
  const open = rows.filter(({ standing }) => standing === 'counts')
  return {
    packages: report.inventory.packages.length,
    vulnerablePackages: new Set(report.findings.filter(counts).map(({ match }) => match.package.purl)).size,
    vulnerabilities: open.length,
    bySeverity: tallyOf(open),
    fixable: open.filter(({ finding }) => isFixable(finding)).length,
    knownExploited: open.filter(({ vulnerability }) => vulnerability.kev !== undefined).length,
    leftAside: rows.filter(({ standing }) => standing === 'aside').length,
    suppressed: rows.filter(({ standing }) => standing === 'suppressed').length,
    uncovered: report.coverage.reduce((sum, { uncovered }) => sum + uncovered, 0),
  }
}

/** Who maintains the packages of an ecosystem: `Debian` for `Debian:12`. */
export const maintainersOf = (ecosystem: string): string => ecosystem.replace(/:.*$/s, '')

const statusWords: Readonly<Record<Exclude<AdvisoryStatus, 'affected' | 'not-affected'>, (who: string) => string>> = {
  'wont-fix': who => `${who} will not fix it`,
  deferred: who => `${who} has put it off`,
  minor: who => `${who} leaves it: minor issue`,
  unimportant: who => `${who} sees no security impact`,
  undetermined: who => `${who} has not looked at it yet`,
  'end-of-life': who => `${who} no longer supports the package`,
}

const asideWords: Readonly<Record<keyof typeof statusWords, string>> = {
  'wont-fix': 'not going to be fixed',
  deferred: 'put off',
  minor: 'minor',
  unimportant: 'without security impact',
  undetermined: 'not looked at yet',
  'end-of-life': 'in a package without support',
}

/** `left aside by Debian: 3 minor, 1 put off`; '' when there are none. It holds text of advisories: escape it. */
export const asideText = (rows: readonly Row[]): string => {
  const aside = rows.filter(({ standing }) => standing === 'aside').map(({ finding }) => finding.match)
  const words = aside.flatMap(({ status }) => (status === 'affected' ? [] : [asideWords[status]]))
  const numbers = [...Map.groupBy(words, word => word)].map(([word, some]) => `${some.length} ${word}`)
  // Of what is known by another name the ecosystem is that name's.
  const who = aside.find(({ via }) => via !== 'alias')?.ecosystem
  return numbers.length === 0
    ? ''
    : `left aside by ${who === undefined ? 'the distribution' : maintainersOf(who)}: ${numbers.join(', ')}`
}

/** What can be done about it, or why nothing can. It holds text of advisories: escape it. */
export const stateText = ({ vulnerability, match }: VulnerabilityFinding): string => {
  const { status, ecosystem, fixedIn, fixNeeds, inferredFrom, via } = match
  if (vulnerability.isMalware) return 'remove it'
  if (via === 'alias')
    return `the distribution has not spoken of it; ${fixedIn === undefined ? 'no fix' : `fixed in ${match.name} ${fixedIn}`} (${maintainersOf(ecosystem)})`
  if (status !== 'affected') return statusWords[status](maintainersOf(ecosystem))
  if (fixedIn === undefined) return 'no fix'
  if (inferredFrom !== undefined) {
    const release = inferredFrom.slice(inferredFrom.indexOf(':') + 1)
    return `fixed in a later ${maintainersOf(inferredFrom)} (${release}): ${fixedIn}`
  }
  return fixNeeds === 'ubuntu-pro' ? `${fixedIn}, only with Ubuntu Pro` : fixedIn
}

/** A sentence on how to get rid of it, without a full stop. It holds text of subjects and advisories: escape it. */
export const remedyText = (finding: VulnerabilityFinding): string => {
  const { match, vulnerability } = finding
  const { package: one, status, fixedIn, fixNeeds, inferredFrom, reason } = match
  if (vulnerability.isMalware)
    return `Remove ${one.name}: it is malware. Treat every secret that it could read as known to others, and build the image anew`
  const why = reason === undefined || reason === '' ? '' : ` ("${reason}")`
  if (match.via === 'alias')
    return `Ask the distribution: its advisories at hand do not speak of it. ${match.name} of ${maintainersOf(match.ecosystem)}, which ${one.name} is made of, ${fixedIn === undefined ? 'has no fix yet' : `has the fix in ${fixedIn}`}`
  if (status !== 'affected') return `${stateText(finding)}${why}`
  const name = match.via === 'source' && match.name !== one.name ? `${one.name} (built from ${match.name})` : one.name
  if (fixedIn === undefined) return `There is no fix of ${name} yet${why}`
  if (inferredFrom !== undefined)
    return `${match.ecosystem.replace(':', ' ')} has no fix of ${name}: go to ${inferredFrom.replace(':', ' ')}, which has it in ${fixedIn}`
  if (fixNeeds === 'ubuntu-pro') return `Update ${name} to ${fixedIn}, which only Ubuntu Pro has`
  return `Update ${name} to ${fixedIn} or later`
}

/** `12 %`, `<0.1 %`; undefined: nobody knows. */
export const epssText = ({ epss }: Vulnerability): string | undefined => {
  if (!epss) return undefined
  const percent = epss.score * 100
  if (percent < 0.1) return '<0.1 %'
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`
}

/** `Changelogs of Debian packages`, `OSV (npm)`; what the feed's part is called only where the ecosystem does not say so. */
export const feedText = ({ title, part }: FeedState, ecosystem = ''): string =>
  part === '' || part === ecosystem || part === maintainersOf(ecosystem) ? title : `${title} (${part})`

/** The feeds that speak of an ecosystem, the deciding ones first. */
export const feedsOf = ({ feeds }: Coverage): readonly FeedState[] =>
  [...feeds].sort((a, b) => a.rank - b.rank || order(a.feed, b.feed) || order(a.part, b.part))

/** Whole days between two ISO 8601 times; undefined: one of them is none. */
export const daysBetween = (from: string, to: string): number | undefined => {
  const days = Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000)
  return Number.isNaN(days) ? undefined : Math.max(0, days)
}

/** `its one package`, `none of its 3 packages`: how a sentence goes on in which nothing could be judged. */
export const noneJudged = (packages: number): string =>
  packages === 1
    ? 'Nothing is known of it: its one package could not be judged.'
    : `Nothing is known of it: none of its ${packages} packages could be judged.`

/** Orders of versions by their names, as matches name them. */
export type Orders = Readonly<Record<string, { compare(a: string, b: string): number | undefined }>>

/** The version that has all the fixes of what can be fixed; undefined: nobody can tell which of several that is. */
export const highestFix = (rows: readonly Row[], orders: Orders): string | undefined => {
  const [first, ...others] = rows.map(({ finding }) => finding.match).filter(({ fixedIn }) => fixedIn !== undefined)
  let best = first?.fixedIn
  for (const { fixedIn, order: name } of others) {
    if (best === undefined || fixedIn === best) continue
    const difference = orders[name]?.compare(best, fixedIn!)
    if (difference === undefined) return undefined
    if (difference < 0) best = fixedIn
  }
  return best
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`. */
export const listText = (items: readonly string[]): string =>
  items.length <= 1 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** An address that a reader may follow, in ASCII and without brackets or quotes; undefined: the text is none. */
export const webUrl = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  // Browsers' URLs may have more than one #, and a % that begins nothing: https://www.rfc-editor.org/rfc/rfc3986#section-3.5
  const [start = '', ...fragment] = url.href
    .replace(/[()[\]{}|\\^`'"<>*]|%(?![\da-f]{2})/gi, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .split('#')
  return fragment.length > 0 ? `${start}#${fragment.join('%23')}` : start
}

/** All addresses that a vulnerability gives, its own first. */
export const linksOf = ({ url, references }: Vulnerability): readonly string[] => [
  ...new Set([url, ...references].map(webUrl).filter(link => link !== undefined)),
]
