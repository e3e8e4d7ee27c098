/** Packages and advisories → what is affected, and why; and what nobody looked at. */
import type { AdvisoryDatabase, AdvisoryEntry, FeedState, VersionRange } from '../model/advisory.ts'
import type { Problem } from '../model/finding.ts'
import type { Distro, Package } from '../model/package.ts'
import { parsePurl } from '../model/purl.ts'
import type { Coverage, Match } from '../model/vulnerability.ts'
import {
  type Authority,
  authorityOf,
  type Identity,
  languageIdentities,
  mayBeForeign,
  systemIdentities,
  systemTypes,
  thirdParty,
} from './authorities.ts'
import type { VersionOrder } from './version-order.ts'

/** What one record says of one package. */
export type Opinion = {
  readonly entry: AdvisoryEntry
  readonly identity: Identity
  /** `outside`: the version lies in none of the ranges, and is not above a fix. `unknown`: the versions cannot be compared. */
  readonly verdict: 'affected' | 'fixed' | 'not-affected' | 'outside' | 'unknown'
  readonly range: VersionRange | undefined
  readonly fixedIn: string | undefined
}

/** What became of one vulnerability in one package. */
export type Decision = {
  readonly package: Package
  readonly vulnerability: string
  readonly opinions: readonly Opinion[]
  readonly outcome: 'reported' | 'fixed' | 'not-affected' | 'outside' | 'unknown' | 'silenced-by-owner'
  /** Of a package inside of another one: the one whose maintainers decided. */
  readonly owner?: string
}

export type MatchOptions = {
  readonly orders: Readonly<Record<string, VersionOrder>>
  /** ISO 8601. */
  readonly now: string
  /** Hears of everything that was decided about, also what is not reported. */
  readonly trace?: (decision: Decision) => void
}

export type Matches = {
  readonly matches: readonly { readonly vulnerability: string; readonly match: Match }[]
  readonly coverage: readonly Coverage[]
  /** purls of the packages that nobody looked for, or whose versions cannot be compared. */
  readonly unjudged: readonly string[]
  readonly problems: readonly Problem[]
  readonly authority: Authority | undefined
}

/** Throws DatabaseError. */
export const matchPackages = (
  packages: readonly Package[],
  distro: Distro | undefined,
  database: AdvisoryDatabase,
  options: MatchOptions,
): Matches => {
  const authority = distro && authorityOf(distro, database)
  const matcher = new Matcher(database, authority, options)
  matcher.needsOwners = new Set(packages.flatMap(({ ownedBy }) => ownedBy ?? []))
  const system: SystemSubject[] = []
  const others: Pick<SystemSubject, 'one' | 'identities'>[] = []
  for (const one of packages) {
    if (!systemTypes.has(one.ecosystem)) others.push({ one, identities: languageIdentities(one.purl) })
    else system.push(systemSubject(one, distro, authority, database))
  }
  matcher.prepare([
    ...system.flatMap(({ identities, aliases }) => [...identities, ...aliases]),
    ...others.flatMap(({ identities }) => identities),
  ])
  for (const one of system) matcher.system(one)
  for (const { one, identities } of others) matcher.language(one, identities)
  const problems = [
    ...distroProblems(distro, authority, system.length, database, options.now),
    ...matcher.problems(distro),
    ...clockProblems(database, options.now),
  ]
  return { matches: matcher.matches, coverage: matcher.coverage(), unjudged: matcher.unjudged, problems, authority }
}

type SystemSubject = {
  readonly one: Package
  /** What the distribution's advisories may know it as; none of another repository's. */
  readonly identities: readonly Identity[]
  /** What it is called in the registries of languages. */
  readonly aliases: readonly Identity[]
  /** Whose it is, when it is not the distribution's. */
  readonly foreign: string | undefined
}

const systemSubject = (
  one: Package,
  distro: Distro | undefined,
  authority: Authority | undefined,
  database: AdvisoryDatabase,
): SystemSubject => {
  const isKnown = (name: string): boolean =>
    authority?.ecosystems.some(ecosystem => database.about(ecosystem, name) !== undefined) === true
  const foreign = thirdParty(one, distro, isKnown)
  const aliases = (one.aliases ?? []).flatMap(languageIdentities)
  if (!authority || foreign !== undefined) return { one, identities: [], aliases, foreign }
  return { one, identities: systemIdentities(one, authority), aliases: aliases.map(asAlias), foreign }
}

const asAlias = (identity: Identity): Identity => ({ ...identity, via: 'alias' })

/** What the records say of all vulnerabilities of one package. */
type Decided = {
  /** By all names that a vulnerability has. */
  readonly outcomes: Map<string, Decision['outcome']>
  /** There were records, and no version of any of them could be compared with. */
  readonly isIncomparable: boolean
}

class Matcher {
  readonly matches: { vulnerability: string; match: Match }[] = []
  readonly unjudged: string[] = []
  needsOwners: ReadonlySet<string> = new Set()
  readonly #database: AdvisoryDatabase
  readonly #authority: Authority | undefined
  readonly #options: MatchOptions
  readonly #ranks: ReadonlyMap<string, number>
  readonly #feedsOf = new Map<string, readonly FeedState[]>()
  readonly #counted = new Map<string, { packages: number; uncovered: number }>()
  readonly #uncovered = new Map<string, string[]>()
  /** `name version` → the records with which it cannot be compared. */
  readonly #badVersions = new Map<string, string[]>()
  /** Of packages that own others: vulnerability → what its maintainers say. */
  readonly #owners = new Map<string, Map<string, Decision['outcome']>>()
  readonly #later: readonly string[]
  readonly #known = new Map<string, ReadonlyMap<string, readonly AdvisoryEntry[]>>()

  constructor(database: AdvisoryDatabase, authority: Authority | undefined, options: MatchOptions) {
    this.#database = database
    this.#authority = authority
    this.#options = options
    this.#ranks = new Map(database.feeds.map(({ feed, rank }) => [feed, rank]))
    this.#later = authority?.later && hasEnded(database, authority, options.now) ? laterReleases(database, authority) : []
  }

  system({ one, identities, aliases, foreign }: SystemSubject): void {
    const authority = this.#authority
    if (foreign !== undefined || !authority) {
      const where = authority?.ecosystems[0] ?? one.ecosystem
      const asLanguage = aliases.filter(identity => this.#isCovered(identity))
      const isJudged = asLanguage.length > 0 && !this.#decide(one, asLanguage).isIncomparable
      this.#count(where, one, isJudged)
      if (asLanguage.length === 0) this.#miss(foreign === undefined ? 'distribution' : `from ${foreign}`, one)
      return
    }
    const isCovered = identities.some(identity => this.#isCovered(identity))
    const why = !isCovered
      ? 'unexamined'
      : mayBeForeign(one) && !this.#isMentioned(identities)
        ? 'nameless'
        : isModuleUnknown(one, this.#entries(identities))
          ? 'module'
          : undefined
    // Whoever packages it has not looked; those whom it is from have.
    const isJudged = why === undefined || aliases.some(identity => this.#isCovered(identity))
    if (!isJudged) this.#miss(why, one)
    const { outcomes, isIncomparable } = this.#decide(one, identities)
    this.#count(authority.ecosystems[0] ?? one.ecosystem, one, isJudged && !isIncomparable)
    if (this.#later.length > 0) this.#inferFromLater(one, identities, outcomes)
    if (aliases.length > 0) {
      const isWhole = identities.some(({ ecosystem }) =>
        this.#feeds(ecosystem).some(({ completeness }) => completeness === 'all'),
      )
      for (const [name, outcome] of this.#decide(one, aliases, { purl: one.purl, said: outcomes, isWhole }).outcomes)
        if (!speaks(outcomes.get(name))) outcomes.set(name, outcome)
    }
    if (this.needsOwners.has(one.purl)) this.#owners.set(one.purl, outcomes)
  }

  language(one: Package, identities: readonly Identity[]): void {
    const ecosystem = identities[0]?.ecosystem ?? one.ecosystem
    const isCovered = identities.some(identity => this.#isCovered(identity))
    if (!isCovered) this.#miss(identities.length === 0 ? 'unknown kind' : 'unexamined', one)
    const said = one.ownedBy === undefined ? undefined : this.#owners.get(one.ownedBy)
    const { isIncomparable } = this.#decide(one, identities, said && { purl: one.ownedBy!, said })
    this.#count(ecosystem === 'generic' ? 'Bitnami' : ecosystem, one, isCovered && !isIncomparable)
  }

  /** Groups what all records say by vulnerability, and decides each. What the owner has spoken of is decided by it. */
  #decide(
    one: Package,
    identities: readonly Identity[],
    owner?: { readonly purl: string; readonly said: ReadonlyMap<string, Decision['outcome']>; readonly isWhole?: boolean },
  ): Decided {
    const outcomes = new Map<string, Decision['outcome']>()
    const groups = new Groups()
    for (const { identity, entry } of this.#entries(identities))
      if (entry.keyedBy === identity.keyedBy && isOfModule(entry, one)) groups.add(entry, this.#judge(entry, identity))
    let isIncomparable = true
    let some = 0
    for (const group of this.#withoutRepeats([...groups.all()])) {
      const { opinions, names } = group
      const { outcome, deciding } = this.#settle(opinions)
      some++
      if (outcome !== 'unknown') isIncomparable = false
      const open = outcome === 'reported' ? openNames(group, deciding) : [group.name]
      const vulnerability = open[0]!
      const isSilenced = outcome === 'reported' && (owner?.isWhole === true || open.some(name => speaks(owner?.said.get(name))))
      const final = isSilenced ? 'silenced-by-owner' : outcome
      for (const name of names) outcomes.set(name, outcome === 'reported' && !open.includes(name) ? 'fixed' : final)
      if (final === 'reported')
        this.matches.push({ vulnerability, match: matchOf(one, deciding, opinions, this.#options.orders) })
      else if (final === 'unknown') this.#cannotCompare(one, opinions[0]?.entry.id ?? vulnerability)
      this.#options.trace?.({
        package: one,
        vulnerability,
        opinions,
        outcome: final,
        ...(isSilenced && owner ? { owner: owner.purl } : {}),
      })
    }
    return { outcomes, isIncomparable: isIncomparable && some > 0 }
  }

  /**
   * A feed that only adds evidence may have no shared name for what a better one reports: whatever the same version has fixed is the same, and its record
   * goes there.
   */
  #withoutRepeats(groups: readonly Group[]): readonly Group[] {
    const isEvidence = ({ entry, identity }: Opinion): boolean => this.#isEvidence(entry.feed, identity.ecosystem)
    const affected = ({ opinions }: Group): readonly Opinion[] => opinions.filter(({ verdict }) => verdict === 'affected')
    const isNameless = ({ name, opinions }: Group): boolean => !/^(?:CVE|GHSA|MAL)-/.test(name) && opinions.every(isEvidence)
    if (!groups.some(isNameless)) return groups
    const named = groups.filter(group => !isNameless(group))
    return groups.filter(group => {
      if (!isNameless(group)) return true
      const [own] = affected(group)
      if (own?.fixedIn === undefined) return true
      const order = this.#options.orders[own.identity.order]
      const same = named.find(other =>
        affected(other).some(
          opinion => !isEvidence(opinion) && opinion.fixedIn !== undefined && order?.compare(opinion.fixedIn, own.fixedIn!) === 0,
        ),
      )
      same?.opinions.push(...group.opinions)
      return same === undefined
    })
  }

  #cannotCompare({ name, version }: Package, id: string): void {
    const key = `${name} ${version}`
    const list = this.#badVersions.get(key)
    if (list) list.push(id)
    else if (this.#badVersions.size < 1000) this.#badVersions.set(key, [id])
  }

  #judge(entry: AdvisoryEntry, identity: Identity): Opinion {
    const order = this.#options.orders[identity.order]
    if (!order) throw new Error(`no order of versions is called ${identity.order}`)
    return judge(entry, identity, order)
  }

  /** The best ranked feed that can say something decides; the others only add evidence. */
  #settle(opinions: readonly Opinion[]): { outcome: Decision['outcome']; deciding: readonly Opinion[] } {
    const known = opinions.filter(({ verdict }) => verdict !== 'unknown')
    if (known.length === 0) return { outcome: 'unknown', deciding: [] }
    const rank = ({ entry }: Opinion): number => this.#ranks.get(entry.feed) ?? 100
    const best = Math.min(...known.map(rank))
    const deciding = known.filter(opinion => rank(opinion) === best)
    if (deciding.some(({ verdict }) => verdict === 'not-affected')) return { outcome: 'not-affected', deciding }
    // Whoever has the subscription's fix has the fix, whatever is said to those without.
    if (deciding.some(({ entry, verdict }) => entry.fixNeeds !== undefined && verdict === 'fixed'))
      return { outcome: 'fixed', deciding }
    const affected = deciding.filter(({ verdict }) => verdict === 'affected')
    if (affected.length > 0) return { outcome: 'reported', deciding: affected }
    return { outcome: deciding.some(({ verdict }) => verdict === 'fixed') ? 'fixed' : 'outside', deciding }
  }

  /**
   * What a release that has ended never heard of may be fixed in a later one. The nearest that speaks of it decides: what it says is not affected, or fixed
   * before what is installed, is not asked about again.
   */
  #inferFromLater(one: Package, identities: readonly Identity[], decided: Map<string, Decision['outcome']>): void {
    const identity = identities.find(({ keyedBy }) => keyedBy === 'source')
    if (!identity) return
    for (const ecosystem of this.#later) {
      const groups = new Groups()
      for (const entry of this.#database.about(ecosystem, identity.name) ?? [])
        groups.add(entry, this.#judge(entry, { ...identity, ecosystem }))
      for (const { name: vulnerability, names, opinions } of groups.all()) {
        if (names.some(name => decided.has(name))) continue
        const { outcome, deciding } = this.#settle(opinions)
        // Introduced after what is installed, or said to be never affected: that holds for older releases too.
        if (outcome === 'unknown' || (outcome === 'reported' && deciding.every(({ fixedIn }) => fixedIn === undefined))) continue
        for (const name of names) decided.set(name, outcome)
        if (outcome === 'reported') {
          const match = matchOf(one, deciding, opinions, this.#options.orders)
          this.matches.push({ vulnerability, match: { ...match, inferredFrom: ecosystem } })
        }
        this.#options.trace?.({ package: one, vulnerability, opinions, outcome })
      }
    }
  }

  #feeds(ecosystem: string): readonly FeedState[] {
    const base = ecosystem.replace(/:.*$/s, '')
    let found = this.#feedsOf.get(base)
    if (!found) {
      found = this.#database.feeds.filter(({ ecosystems }) => ecosystems.includes(base))
      this.#feedsOf.set(base, found)
    }
    return found
  }

  #isCovered({ ecosystem, name }: Identity): boolean {
    const feeds = this.#feeds(ecosystem).filter(({ completeness }) => completeness !== 'evidence')
    if (feeds.some(({ completeness }) => completeness !== 'some'))
      return !ecosystem.includes(':') || this.#database.ecosystems(ecosystem).length > 0
    const known = feeds.length > 0 ? this.#about(ecosystem, name) : undefined
    // Without entries: somebody looked, and found nothing.
    return known !== undefined && (known.length === 0 || known.some(({ feed }) => !this.#isEvidence(feed, ecosystem)))
  }

  #isEvidence(feed: string, ecosystem: string): boolean {
    return this.#feeds(ecosystem).some(one => one.feed === feed && one.completeness === 'evidence')
  }

  /** Whether a feed that lists only fixes knows any of the names; what is not in one that lists everything was looked at all the same. */
  #isMentioned(identities: readonly Identity[]): boolean {
    return identities.some(
      ({ ecosystem, name }) =>
        this.#about(ecosystem, name) !== undefined || this.#feeds(ecosystem).some(({ completeness }) => completeness === 'all'),
    )
  }

  *#entries(identities: readonly Identity[]): Generator<{ readonly identity: Identity; readonly entry: AdvisoryEntry }> {
    for (const identity of identities)
      for (const entry of this.#about(identity.ecosystem, identity.name) ?? []) yield { identity, entry }
  }

  /** Asks the database about all packages at once. */
  prepare(identities: readonly Identity[]): void {
    const names = new Map<string, Set<string>>()
    for (const { ecosystem, name } of identities) {
      const list = names.get(ecosystem)
      if (list) list.add(name)
      else names.set(ecosystem, new Set([name]))
    }
    for (const [ecosystem, list] of names) this.#known.set(ecosystem, this.#database.aboutMany(ecosystem, [...list]))
  }

  #about(ecosystem: string, name: string): readonly AdvisoryEntry[] | undefined {
    return this.#known.get(ecosystem)?.get(name)
  }

  #count(ecosystem: string, { purl }: Package, isJudged: boolean): void {
    const counted = this.#counted.get(ecosystem) ?? { packages: 0, uncovered: 0 }
    this.#counted.set(ecosystem, { packages: counted.packages + 1, uncovered: counted.uncovered + (isJudged ? 0 : 1) })
    if (!isJudged) this.unjudged.push(purl)
  }

  #miss(why: string, one: Package): void {
    const key = `${why}\n${one.ecosystem}`
    const list = this.#uncovered.get(key)
    if (list) list.push(one.name)
    else this.#uncovered.set(key, [one.name])
  }

  coverage(): readonly Coverage[] {
    return [...this.#counted]
      .map(([ecosystem, counted]) => ({ ecosystem, ...counted, feeds: this.#feeds(ecosystem) }))
      .sort((a, b) => b.packages - a.packages || (a.ecosystem < b.ecosystem ? -1 : 1))
  }

  problems(distro: Distro | undefined): readonly Problem[] {
    const problems: Problem[] = []
    for (const [key, names] of this.#uncovered) {
      const [why = '', type = ''] = key.split('\n')
      const list = shortList(names)
      const many = `${names.length} ${type} ${names.length === 1 ? 'package' : 'packages'}`
      const end = names.length === 1 ? '' : 's'
      if (why === 'distribution') continue
      if (why.startsWith('from '))
        problems.push({
          kind: 'uncovered',
          code: 'third-party-package',
          message: `${many} ${why}, about which ${distro?.name ?? 'the distribution'} says nothing: ${list}`,
        })
      else if (why === 'unknown kind')
        problems.push({ kind: 'uncovered', code: 'no-advisories', message: `nobody's advisories are known for ${many}: ${list}` })
      else if (why === 'nameless')
        problems.push({
          kind: 'uncovered',
          code: 'maker-unknown',
          message: `nobody says who made ${many}, and ${distro?.name ?? 'the distribution'} has no erratum of the name${end}: it may be another repository's: ${list}`,
        })
      else if (why === 'module')
        problems.push({
          kind: 'uncovered',
          code: 'module-unknown',
          message: `nobody says of which stream of a module ${many} ${names.length === 1 ? 'is' : 'are'}, and no advisory is of a stream of the same version: ${list}`,
        })
      else
        problems.push({
          kind: 'uncovered',
          code: 'no-advisories',
          message: `the advisories at hand do not speak of ${many}: ${list}; bulkhead db update may bring them`,
        })
    }
    if (this.#badVersions.size > 0) {
      const list = [...this.#badVersions].map(
        ([name, [first, ...rest]]) => `${name} (${first}${rest.length === 0 ? '' : ` and ${rest.length} more`})`,
      )
      problems.push({
        kind: 'uncovered',
        code: 'version-unknown',
        message: `versions that cannot be compared: ${shortList(list)}`,
      })
    }
    return problems
  }
}

const shortList = (names: readonly string[]): string => {
  const unique = [...new Set(names)].sort()
  return unique.length <= 8 ? unique.join(', ') : `${unique.slice(0, 6).join(', ')} and ${unique.length - 6} more`
}

/** What the records say of one vulnerability. */
type Group = { readonly name: string; readonly names: readonly string[]; readonly opinions: Opinion[] }

/** Whether the maintainers of the package that owns another have said something that holds for what is inside of it. */
const speaks = (said: Decision['outcome'] | undefined): boolean => said !== undefined && said !== 'unknown' && said !== 'outside'

/**
 * By which names a vulnerability is open. One record may stand for two of them, of which the first was fixed earlier than the second, as another record says:
 * https://github.com/advisories/GHSA-269q-hmxg-m83q
 */
const openNames = ({ name, opinions }: Group, deciding: readonly Opinion[]): readonly string[] => {
  const closed = new Set(
    opinions.flatMap(({ entry, verdict }) =>
      verdict === 'fixed' || verdict === 'not-affected' ? (entry.isBundle ? [] : entry.vulnerabilities) : [],
    ),
  )
  const candidates = deciding.flatMap(({ entry }) => (entry.isBundle ? [name] : entry.vulnerabilities))
  const open = [...new Set(candidates)].filter(one => !closed.has(one))
  if (open.length === 0 || open.includes(name)) return [name, ...open.filter(one => one !== name)]
  return open
}

/** Entries by vulnerability. One record that is about one vulnerability under several names joins them; a bundle does not. */
class Groups {
  readonly #byName = new Map<string, { readonly name: string; readonly opinions: Opinion[] }>()

  add(entry: AdvisoryEntry, opinion: Opinion): void {
    if (entry.isBundle) {
      for (const name of entry.vulnerabilities) this.#group(name).opinions.push(opinion)
      return
    }
    const [first, ...rest] = entry.vulnerabilities
    const group = this.#group(first!)
    group.opinions.push(opinion)
    for (const name of rest) {
      const other = this.#byName.get(name)
      if (other === group) continue
      if (other) {
        for (const one of other.opinions) if (!group.opinions.includes(one)) group.opinions.push(one)
        for (const [key, value] of this.#byName) if (value === other) this.#byName.set(key, group)
      } else this.#byName.set(name, group)
    }
  }

  #group(name: string): { readonly name: string; readonly opinions: Opinion[] } {
    let group = this.#byName.get(name)
    if (!group) {
      group = { name, opinions: [] }
      this.#byName.set(name, group)
    }
    return group
  }

  *all(): Generator<Group> {
    const names = new Map<object, string[]>()
    for (const [name, group] of this.#byName) {
      const list = names.get(group)
      if (list) list.push(name)
      else names.set(group, [name])
    }
    for (const group of new Set(this.#byName.values())) yield { ...group, names: names.get(group)! }
  }
}

/** Whether the version of an identity lies in what an entry says, by OSV's rules: https://ossf.github.io/osv-schema/#evaluation */
export const judge = (entry: AdvisoryEntry, identity: Identity, order: VersionOrder): Opinion => {
  const { version } = identity
  if (entry.status === 'not-affected') return { entry, identity, verdict: 'not-affected', range: undefined, fixedIn: undefined }
  let isAbove = false
  let isUnknown = false
  for (const range of entry.ranges) {
    const { introduced, fixed, lastAffected } = range
    if (fixed !== undefined && isRebuildOf(version, fixed)) {
      isAbove = true
      continue
    }
    // OSV's `0` is before every version, also before those that would sort below a zero.
    const lower = introduced === undefined || introduced === '0' ? 0 : order.compare(version, introduced)
    const upper =
      fixed !== undefined ? order.compare(version, fixed) : lastAffected === undefined ? -1 : order.compare(version, lastAffected)
    if (lower === undefined || upper === undefined) {
      isUnknown = true
      continue
    }
    const isBelow = fixed === undefined && lastAffected !== undefined ? upper <= 0 : upper < 0
    if (lower >= 0 && isBelow)
      return { entry, identity, verdict: 'affected', range, fixedIn: fixed ?? nextFix(entry, version, order) }
    if (lower >= 0) isAbove = true
  }
  for (const listed of entry.versions ?? [])
    if (listed === version || order.compare(version, listed) === 0)
      return { entry, identity, verdict: 'affected', range: undefined, fixedIn: nextFix(entry, version, order) }
  return { entry, identity, verdict: isUnknown ? 'unknown' : isAbove ? 'fixed' : 'outside', range: undefined, fixedIn: undefined }
}

/**
 * Debian and Ubuntu bring a version into an older release by building it again there, under a version that sorts below it: 2.9.14-1.3~deb12u1 has everything
 * that 2.9.14-1.3 has. https://www.debian.org/doc/manuals/developers-reference/pkgs.html#special-case-uploads-to-the-stable-and-oldstable-distributions
 */
const isRebuildOf = (version: string, original: string): boolean =>
  version.length > original.length &&
  version.startsWith(original) &&
  /^~(?:deb\d+u\d|bpo\d|ubuntu\d|\d\d\.\d\d)/.test(version.slice(original.length, original.length + 12))

/** The nearest fix above a version, in whatever branch. */
const nextFix = ({ ranges }: AdvisoryEntry, version: string, order: VersionOrder): string | undefined => {
  let best: string | undefined
  for (const { fixed } of ranges) {
    if (fixed === undefined || !((order.compare(version, fixed) ?? 0) < 0)) continue
    if (best === undefined || (order.compare(fixed, best) ?? 0) < 0) best = fixed
  }
  return best
}

const matchOf = (one: Package, deciding: readonly Opinion[], all: readonly Opinion[], orders: MatchOptions['orders']): Match => {
  // Open before left aside; with a fix before without; then the highest fix, since it closes them all.
  const [first] = [...deciding].sort((a, b) => {
    const open = Number(b.entry.status === undefined) - Number(a.entry.status === undefined)
    if (open !== 0) return open
    if (a.fixedIn === undefined || b.fixedIn === undefined)
      return Number(a.fixedIn === undefined) - Number(b.fixedIn === undefined)
    return orders[a.identity.order]?.compare(b.fixedIn, a.fixedIn) ?? 0
  })
  const { entry, identity, range, fixedIn } = first!
  const seen = new Set([entry.record])
  const others = all.filter(
    ({ entry: other, verdict }) => verdict === 'affected' && !seen.has(other.record) && seen.add(other.record),
  )
  return {
    package: one,
    ecosystem: identity.ecosystem,
    name: identity.name,
    version: identity.version,
    order: identity.order,
    via: identity.via,
    feed: entry.feed,
    record: entry.record,
    id: entry.id,
    range,
    // Fixes come to a distribution's package without another version: only the distribution knows.
    status: (entry.status ?? (identity.via === 'alias' ? 'undetermined' : 'affected')) as Match['status'],
    reason: entry.reason,
    fixedIn,
    fixNeeds: fixedIn === undefined ? undefined : entry.fixNeeds,
    inferredFrom: undefined,
    severity: entry.severity,
    others: others.map(({ entry: { feed, record, id } }) => ({ feed, record, id })),
  }
}

const isModularVersion = (version: string): boolean => /\.module[_+]/.test(version)

const fixesOf = ({ ranges }: AdvisoryEntry): readonly string[] => ranges.flatMap(({ fixed }) => fixed ?? [])

const isModular = (entry: AdvisoryEntry): boolean => entry.module !== undefined || fixesOf(entry).some(isModularVersion)

const labelOf = (one: Package): string | undefined => parsePurl(one.purl)?.qualifiers?.modularitylabel

/** Packages of a module's stream and those outside of modules do not take each other's advisories. */
const isOfModule = (entry: AdvisoryEntry, one: Package): boolean => {
  if (one.ecosystem !== 'rpm') return true
  const label = labelOf(one)
  if (label === undefined && !isModularVersion(one.version)) return !isModular(entry)
  if (!isModular(entry)) return fixesOf(entry).length === 0
  const own = label?.split(':').slice(0, 2).join(':')
  if (own !== undefined && entry.module !== undefined) return own === entry.module
  return isOfStream(entry, one, (own ?? entry.module)?.split(':')[1])
}

/**
 * Without the module's name on both sides: a stream is mostly called as the version of what it is for (`nodejs:18`, `mariadb:10.3`), and then both versions
 * are of it; else the major versions have to be the same (`container-tools:rhel8`, and what else a module brings).
 * https://docs.fedoraproject.org/en-US/modularity/
 */
const isOfStream = (entry: AdvisoryEntry, { version }: Package, stream: string | undefined): boolean => {
  const fixes = fixesOf(entry)
  if (fixes.length === 0) return true
  const isOf = (one: string, start: string): boolean => {
    const upstream = one.replace(/^\d+:/, '')
    return upstream === start || (upstream.startsWith(start) && !/^\d/.test(upstream.slice(start.length)))
  }
  if (stream !== undefined && /^\d+(?:\.\d+)*$/.test(stream) && (isOf(version, stream) || fixes.some(one => isOf(one, stream))))
    return isOf(version, stream) && fixes.some(one => isOf(one, stream))
  const major = /^(?:\d+:)?(\d+)/.exec(version)?.[1]
  return major !== undefined && fixes.some(one => isOf(one, major))
}

/** Of a module, nobody says which: and what is known of packages of this name is all of other streams. */
const isModuleUnknown = (
  one: Package,
  entries: Iterable<{ readonly identity: Identity; readonly entry: AdvisoryEntry }>,
): boolean => {
  if (one.ecosystem !== 'rpm' || !isModularVersion(one.version) || labelOf(one) !== undefined) return false
  let isRefused = false
  for (const { identity, entry } of entries) {
    if (entry.keyedBy !== identity.keyedBy || !isModular(entry)) continue
    if (isOfModule(entry, one)) return false
    isRefused = true
  }
  return isRefused
}

/** The day on which security fixes ended for those who do not pay; undefined: they have not, or nobody says when. */
const endOf = (database: AdvisoryDatabase, { product, release }: Authority, now: string): string | undefined => {
  if (product === '') return undefined
  const found = database.releases(product).find(one => one.release === release)
  const end = found?.endOfLife
  if (end === true) return ''
  return typeof end === 'string' && end <= now.slice(0, 10) ? end : undefined
}

const hasEnded = (database: AdvisoryDatabase, authority: Authority, now: string): boolean =>
  endOf(database, authority, now) !== undefined

const laterReleases = (database: AdvisoryDatabase, { later, ecosystems }: Authority): readonly string[] => {
  const number = (name: string): number => {
    const match = /:v(\d+)\.(\d+)$/.exec(name)
    return match ? Number(match[1]) * 1000 + Number(match[2]) : Infinity
  }
  const own = number(ecosystems[0] ?? '')
  return database
    .ecosystems(later!)
    .filter(name => name.includes(':') && number(name) > own)
    .sort((a, b) => number(a) - number(b))
}

const distroProblems = (
  distro: Distro | undefined,
  authority: Authority | undefined,
  packages: number,
  database: AdvisoryDatabase,
  now: string,
): readonly Problem[] => {
  if (packages === 0) return []
  if (!distro)
    return [
      {
        kind: 'uncovered',
        code: 'distribution-unknown',
        message: `the image does not say which distribution it is: nobody's advisories hold for its ${packages === 1 ? 'one package' : `${packages} packages`}`,
      },
    ]
  if (!authority || authority.ecosystems.length === 0)
    return [
      {
        kind: 'uncovered',
        code: 'distribution-unknown',
        message: `there are no advisories on ${distro.name}: its ${packages === 1 ? 'one package was' : `${packages} packages were`} not judged`,
      },
    ]
  const problems: Problem[] = []
  const end = endOf(database, authority, now)
  if (end !== undefined) {
    const extended = database.releases(authority.product).find(one => one.release === authority.release)?.extendedEnd
    const goesOn = typeof extended === 'string' ? extended > now.slice(0, 10) : extended === false
    const ended = `${distro.name} has had no regular security fixes${end === '' ? '' : ` since ${end}`}`
    problems.push({
      kind: 'uncovered',
      code: 'release-ended',
      message: goesOn
        ? `${ended}; long-term support goes on${typeof extended === 'string' ? ` until ${extended}` : ''}, for fewer packages or those who pay`
        : `${ended}: what was found later stays open, and is in no advisory`,
    })
  }
  return problems
}

/** A day is allowed for: clocks and time zones differ. */
const dayLength = 24 * 60 * 60 * 1000
const clockProblems = (database: AdvisoryDatabase, now: string): readonly Problem[] => {
  const newest =
    database.feeds
      .map(({ dated }) => dated)
      .sort()
      .at(-1) ?? ''
  return newest !== '' && Date.parse(newest) - Date.parse(now) > dayLength
    ? [
        {
          kind: 'uncovered',
          code: 'clock-behind',
          message: `this machine's clock says ${now.slice(0, 10)}, before the day of the newest advisories (${newest.slice(0, 10)}): what depends on the day may be wrong`,
        },
      ]
    : []
}
