/** `bulkhead scan`: what is inside an image, beside what is known to be wrong with it. */

import { languageIdentities } from '../judge/authorities.ts'
import { baseImageOf } from '../judge/base-image.ts'
import { cvssScore } from '../judge/cvss.ts'
import { type Decision, matchPackages } from '../judge/match.ts'
import { remediesOf } from '../judge/remedies.ts'
import { riskOf } from '../judge/risk.ts'
import { redactInventory } from '../judge/secrets/redact-image.ts'
import { withoutTokens } from '../judge/secrets/redact-names.ts'
import type { VersionOrder } from '../judge/version-order.ts'
import type { AdvisoryDatabase, FeedState, StoredRecord } from '../model/advisory.ts'
import type { Location } from '../model/finding.ts'
import { compareSeverity, type Problem, type Severity, type Suppression } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { shortHash } from '../model/key.ts'
import type { Package } from '../model/package.ts'
import { remembered } from '../model/remember.ts'
import type { BaseImage, Match, ScanReport, Vulnerability, VulnerabilityFinding } from '../model/vulnerability.ts'

export type ScanOptions = {
  readonly orders: Readonly<Record<string, VersionOrder>>
  /** ISO 8601. */
  readonly now: string
  readonly version: string
  /** Asked one after the other; the first answer silences. */
  readonly silencers?: readonly Silencer[]
  readonly trace?: (decision: Decision) => void
}

export type Silencer = (finding: VulnerabilityFinding) => Suppression | { readonly expired: string } | undefined

/** Everything that the advisories say about an inventory. Throws DatabaseError. */
export const scanInventory = (inventory: Inventory, database: AdvisoryDatabase, options: ScanOptions): ScanReport => {
  const { matches, coverage, unjudged, problems } = matchPackages(inventory.packages, inventory.distro, database, {
    orders: options.orders,
    now: options.now,
    ...(options.trace ? { trace: options.trace } : {}),
  })
  const base = inventory.base ?? (inventory.image && baseImageOf(inventory.image))
  const inBase = layersOf(inventory, base)
  const describe = describerOf(database)
  const nameOf = namesIn(inventory)
  const findings = matches
    .map(({ vulnerability, match }) => finding(vulnerability, match, nameOf, describe, inBase))
    .map(one => silence(one, options.silencers ?? []))
    .sort(byRisk)
  const shown = redactInventory(inventory)
  return {
    version: options.version,
    // Whatever shows the report shows no secrets.
    inventory: shown,
    base: base && withoutTokens(base),
    findings: shown.packages === inventory.packages ? findings : withoutTokens(findings),
    problems: withoutTokens([...inventory.problems, ...problems]),
    coverage,
    unjudged: withoutTokens(unjudged),
    database: { path: database.path, built: database.built },
    at: options.now,
  }
}

/** The report with what to do about its findings. `subject`: as commands take it. Throws DatabaseError. */
export const withRemedies = (
  report: ScanReport,
  database: AdvisoryDatabase,
  { orders, now }: Pick<ScanOptions, 'orders' | 'now'>,
  subject: string,
): ScanReport => ({
  ...report,
  remedies: remediesOf(report, database, { orders, now, ...(report.inventory.kind === 'image' ? { subject } : {}) }),
})

/** Documented in docs/vulnerabilities.md. */
export const byRisk = (a: VulnerabilityFinding, b: VulnerabilityFinding): number => b.risk - a.risk || bySeverity(a, b)

export const bySeverity = (a: VulnerabilityFinding, b: VulnerabilityFinding): number =>
  compareSeverity(a.severity, b.severity) ||
  (b.vulnerability.cvss?.score ?? 0) - (a.vulnerability.cvss?.score ?? 0) ||
  compare(a.vulnerability.id, b.vulnerability.id) ||
  compare(a.match.package.purl, b.match.package.purl)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** An SBOM knows the layers without the image. */
const layersOf = ({ image, layers }: Inventory, base: BaseImage | undefined): ReadonlySet<string> | undefined =>
  base && new Set((image?.layers ?? layers).slice(0, base.layers).map(({ diffId }) => diffId))

type Described = { readonly vulnerability: Vulnerability; readonly severity: Severity; readonly from: string }
/** `feed`: what people call the one that decided. */
type Known = Described & { readonly feed: string }

/** What many images have in common is described for the first of them. */
const describerOf = remembered((database: AdvisoryDatabase) => describer(database))

/** Descriptions that are kept: more than any image has. */
const mostDescribed = 20_000

/** One vulnerability is described once, however many packages have it. */
const describer = (database: AdvisoryDatabase): ((id: string, match: Match) => Known) => {
  const known = new Map<string, Known>()
  const titles = new Map(database.feeds.map(({ feed, title }) => [feed, title.replace(/:.*$/, '')]))
  return (id, match) => {
    const numbers = [match, ...match.others].map(({ record }) => record)
    const key = `${id} ${numbers.join(' ')}`
    const found = known.get(key)
    if (found) return found
    const records = numbers.map(number => database.record(number))
    const described = { ...describe(id, records, database, titles), feed: titles.get(match.feed) ?? match.feed }
    if (known.size >= mostDescribed) known.clear()
    known.set(key, described)
    return described
  }
}

/** Who made a vector, for people; `FEED:WHO` where a feed hands on what others say. CVE's numbering authorities: https://www.cve.org/ProgramOrganization/CNAs */
const scorerOf = (source: string): string => {
  const [feed = '', who] = source.split(/:(.*)/s)
  return who === undefined ? (scorers[feed.toLowerCase()] ?? feed) : (scorers[who.toLowerCase()] ?? who)
}

const scorers: Readonly<Record<string, string>> = {
  bellsoft: 'BellSoft',
  bitnami: 'Bitnami',
  'cisa-adp': 'CISA',
  cna: 'the CVE record',
  ghsa: 'GitHub',
  nvd: 'NVD',
  redhat: 'Red Hat',
  ubuntu: 'Ubuntu',
  zdi: 'Zero Day Initiative',
}

/** The first record is the one that decided. */
export const describe = (
  id: string,
  records: readonly StoredRecord[],
  database: Pick<AdvisoryDatabase, 'facts' | 'named'>,
  titles: ReadonlyMap<string, string>,
): Described => {
  // A notice about several vulnerabilities describes none of them.
  const plain = records.filter(({ isBundle }) => !isBundle)
  // A bare list of fixes says nothing of what is fixed: whoever else describes the vulnerability does.
  const own = plain.some(({ summary }) => summary)
    ? plain
    : [
        ...plain,
        ...database
          .named(id)
          .filter(({ isBundle, summary }) => !isBundle && summary)
          .slice(0, 1),
      ]
  const first = own.find(({ summary }) => summary) ?? own[0] ?? records[0]
  const facts = database.facts(id)
  const said = plain.find(({ severity }) => severity !== undefined) ?? (first?.isBundle ? first : undefined)
  const vectors = [
    ...own.flatMap(({ cvss, feed }) => (cvss ?? []).map(vector => ({ vector, source: titles.get(feed) ?? feed }))),
    ...(facts.cvss ? [{ vector: facts.cvss.vector, source: scorerOf(facts.cvss.source) }] : []),
  ]
  const scored = vectors.flatMap(({ vector, source }) => {
    const score = cvssScore(vector)
    return score ? [{ vector, source, score: score.score, severity: score.severity, version: score.version }] : []
  })
  // Version 4 is the newest, and the one with the fewest vectors: the usual one is shown where there are both.
  const cvss = scored.find(({ version }) => version.startsWith('3')) ?? scored[0]
  const isMalware = records.some(one => one.isMalware === true)
  const [severity, from] = isMalware
    ? (['critical', 'malware'] as const)
    : said?.severity !== undefined && said.severity !== 'unknown'
      ? ([said.severity, titles.get(said.feed) ?? said.feed] as const)
      : cvss
        ? ([cvss.severity, `CVSS ${cvss.version} of ${cvss.source}`] as const)
        : (['unknown', ''] as const)
  return {
    severity,
    from,
    vulnerability: {
      id,
      aliases: [...new Set([...own.flatMap(one => [one.id, ...one.aliases]), ...records.map(one => one.id)])]
        .filter(name => name !== id)
        .sort(),
      summary: first?.summary ?? '',
      details: first?.details ?? '',
      url:
        first && !first.isBundle
          ? first.url
          : id.startsWith('CVE-')
            ? `https://nvd.nist.gov/vuln/detail/${id}`
            : (first?.url ?? ''),
      references: [...new Set(records.flatMap(one => [one.url, ...(one.references ?? [])]))]
        .filter(url => url !== '')
        .slice(0, 10),
      cwes: [...new Set(own.flatMap(one => one.cwes ?? []))].sort(),
      published:
        own
          .map(one => one.published ?? '')
          .filter(date => date > '0002')
          .sort()[0] ?? '',
      cvss: cvss && { vector: cvss.vector, score: cvss.score, source: cvss.source },
      epss: facts.epss,
      kev: facts.kev,
      isMalware,
    },
  }
}

/**
 * What keys are made of beside the vulnerability: the same for the same package in another run, and in one report for no other package. Where an SBOM lies
 * and where a folder is do not matter.
 */
const namesIn = ({ kind, name, packages }: Inventory): ((one: Package) => string) => {
  const root = `${name.replace(/\/+$/, '')}/`
  const placeOf = ([at]: Package['at']): string => {
    const path = 'path' in at ? (at.path ?? '') : ''
    if (at.in === 'layer') return path
    return kind === 'folder' && path.startsWith(root) ? path.slice(root.length - 1) : ''
  }
  const plain = (one: Package): string => [one.ecosystem, one.name, placeOf(one.at)].join('\n')
  const withVersion = (one: Package): string => `${plain(one)}\n${one.version}`
  const taken = new Map<string, number>()
  for (const one of packages) for (const key of [plain(one), withVersion(one)]) taken.set(key, (taken.get(key) ?? 0) + 1)
  return one => {
    if ((taken.get(plain(one)) ?? 0) < 2) return plain(one)
    return (taken.get(withVersion(one)) ?? 0) < 2 ? withVersion(one) : `${withVersion(one)}\n${one.purl}`
  }
}

const finding = (
  id: string,
  match: Match,
  nameOf: (one: Package) => string,
  describeOnce: (id: string, match: Match) => Known,
  inBase: ReadonlySet<string> | undefined,
): VulnerabilityFinding => {
  const { vulnerability, severity, from, feed } = describeOnce(id, match)
  const [at] = match.package.at
  const own = match.severity !== undefined && match.severity !== 'unknown' ? match.severity : undefined
  const weight = own ?? severity
  return {
    rule: id,
    key: shortHash(`${id}\n${nameOf(match.package)}`),
    severity: weight,
    severityFrom: own === undefined ? from : feed,
    message: messageOf(id, match, vulnerability.summary),
    at: match.package.at,
    vulnerability,
    match,
    risk: riskOf({
      severity: weight,
      cvss: vulnerability.cvss?.score,
      epss: vulnerability.epss?.score,
      isKnownExploited: vulnerability.kev !== undefined,
      isMalware: vulnerability.isMalware,
      status: match.status,
    }),
    isInBase: inBase === undefined ? undefined : isIn(at, inBase),
  }
}

const isIn = (at: Location, layers: ReadonlySet<string>): boolean => at.in === 'layer' && layers.has(at.layer)

const messageOf = (id: string, { package: one, fixedIn, fixNeeds }: Match, summary: string): string => {
  const fix =
    fixedIn === undefined
      ? 'there is no fix'
      : `fixed in ${fixedIn}${fixNeeds === 'ubuntu-pro' ? ', for subscribers of Ubuntu Pro' : ''}`
  return `${one.name} ${one.version} has ${id}${summary === '' ? '' : `: ${summary}`} (${fix})`
}

const silence = (one: VulnerabilityFinding, silencers: readonly Silencer[]): VulnerabilityFinding => {
  let expired: string | undefined
  for (const ask of silencers) {
    const answer = ask(one)
    if (!answer) continue
    if ('expired' in answer) expired = answer.expired
    else return { ...one, suppressed: answer }
  }
  return expired === undefined ? one : { ...one, note: `it was ignored until ${expired}` }
}

/** Of the data that cover the image, the oldest day. */
export const oldestData = ({ coverage }: Pick<ScanReport, 'coverage'>): string | undefined =>
  coverage
    .flatMap(({ feeds }) => feeds.map(({ dated }) => dated))
    .sort()
    .at(0)

/**
 * What the report was made of: whoever speaks of its packages, and, as far as they were needed, what is known of vulnerabilities and of the ends of releases.
 * Where nobody speaks of any package, all that there is.
 */
const usedFeeds = (
  { coverage, findings, inventory }: Pick<ScanReport, 'coverage' | 'findings' | 'inventory'>,
  feeds: readonly FeedState[],
): readonly FeedState[] => {
  if (!coverage.some(one => one.uncovered < one.packages && one.feeds.length > 0)) return feeds
  // What a distribution has packaged is asked for where it comes from, too.
  const aliases = inventory.packages.flatMap(one => one.aliases ?? []).flatMap(languageIdentities)
  const ecosystems = new Set(
    [...findings.map(({ match }) => match), ...aliases].map(({ ecosystem }) => ecosystem.replace(/:.*$/s, '')),
  )
  // Of vulnerabilities and releases, whatever they are found in.
  const isNeeded = (feed: string): boolean => (feed === 'endoflife' ? inventory.distro !== undefined : findings.length > 0)
  const used = new Set(coverage.flatMap(one => one.feeds.map(({ feed, part }) => `${feed}/${part}`)))
  return feeds.filter(
    one =>
      used.has(`${one.feed}/${one.part}`) ||
      one.ecosystems.some(name => ecosystems.has(name)) ||
      (one.ecosystems.length === 0 && isNeeded(one.feed)),
  )
}

/** `--max-age`: what is older than so many days is a Problem that fails. */
export const ageProblems = (
  report: Pick<ScanReport, 'coverage' | 'findings' | 'inventory' | 'at'>,
  feeds: readonly FeedState[],
  maxAge: number,
): readonly Problem[] =>
  usedFeeds(report, feeds).flatMap((one): Problem[] => {
    const { title, dated } = one
    const age = (Date.parse(report.at) - Date.parse(dated)) / 86_400_000
    return age > maxAge
      ? [
          {
            kind: 'failed',
            code: 'advisories-too-old',
            message: `${title}: the data are of ${dated.slice(0, 10)}, ${Math.floor(age)} days old; at most ${maxAge} are allowed`,
          },
        ]
      : []
  })
