/** Records in the form of the OSV schema: https://ossf.github.io/osv-schema/ */
import type { AdvisoryRecord, AffectedPackage, FeedItem, VersionRange } from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'
import {
  baseName,
  cut,
  dateOf,
  detailsOf,
  distinct,
  type Fields,
  fieldsOf,
  filled,
  isCve,
  isCwe,
  isId,
  isName,
  isUrl,
  isVector,
  isVersion,
  joined,
  jsonOf,
  listOf,
  objectsOf,
  severityOf,
  shown,
  summaryOf,
  textOf,
} from './advisory-fields.ts'
import { Unreadable } from './cataloger.ts'
import type { FeedFile, FeedPart } from './feed.ts'

/** Reads a file that is one record. A broken one is `skipped`; one without any package that can be matched gives nothing. */
export function* osvItems(
  file: FeedFile,
  { ecosystems }: Pick<FeedPart, 'ecosystems'>,
  prepare: (value: unknown) => unknown = value => value,
): Generator<FeedItem> {
  try {
    const record = osvRecord(prepare(jsonOf(file.bytes)), ecosystems)
    if (record) yield { kind: 'advisory', record }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    yield { kind: 'skipped', what: cut(baseName(file.name).replace(/\.(?:json|ya?ml)$/, ''), 128), why: error.message }
  }
}

/**
 * Undefined: no package of these ecosystems (without releases; empty: all) has versions that can be compared, and it is not withdrawn. Throws Unreadable when
 * its id, or what it says of packages, is not of the form; what is broken elsewhere is left out.
 */
export const osvRecord = (value: unknown, ecosystems: readonly string[] = []): AdvisoryRecord | undefined => {
  const record = fieldsOf(value)
  if (!record) throw new Unreadable('it is no record')
  const { id } = record
  if (!isId(id)) throw new Unreadable(`${shown(id)} is no id`)
  const withdrawn = textOf(record.withdrawn)
  const summary = textOf(record.summary)?.slice(0, 1000)
  const affected = affectedOf(record, ecosystems, modulesIn(summary))
  if (affected.length === 0 && withdrawn === undefined) return undefined
  const specific = fieldsOf(record.database_specific)
  const names = [record.aliases, record.upstream].flatMap(listOf).filter(isId)
  const isBundle = bundles.test(id)
  const aliases = isBundle ? [...names, ...listOf(record.related)].filter(isCve) : names
  const packages = objectsOf(record.affected)
  const cwes = [
    ...listOf(specific?.cwe_ids),
    ...packages.flatMap(one => objectsOf(fieldsOf(one.database_specific)?.cwes).map(cwe => cwe.cweId)),
  ].filter(isCwe)
  const url = urlOf(id, record, affected)
  const scores = [record, ...packages].flatMap(one => objectsOf(one.severity))
  return {
    id,
    aliases: distinct(aliases).filter(one => one !== id),
    ...filled({
      isBundle: isBundle ? (true as const) : undefined,
      summary: summaryOf(summary, record.details),
      details: detailsOf(record.details),
      severity: wordIn(record) ?? (isBundle ? summaryWord(summary) : undefined),
      cvss: distinct(scores.map(({ score }) => score).filter(isVector)).slice(0, 8),
      cwes: distinct(cwes).slice(0, 16),
      published: dateOf(record.published),
      modified: dateOf(record.modified),
      withdrawn: withdrawn === undefined ? undefined : cut(withdrawn, 40),
      references: referencesOf(record, url),
      isMalware:
        [id, ...names].some(one => one.startsWith('MAL-')) || specific?.['malicious-packages-origins'] || cwes.includes('CWE-506')
          ? (true as const)
          : undefined,
    }),
    url,
    affected,
  }
}

/** Notices: what has one of these ids is about the vulnerabilities that it names, in whichever field. */
const bundles =
  /^(?:AL[SBE]A|RH[SBE]A|R[LX][SBE]A|(?:open)?SUSE-[SRFO]U|USN|LSN|DSA|DLA|DTSA|EL[SBE]A|ALAS\d*|MGA[SA]A|openEuler-SA|GLSA|PHSA)-/

/** `Important: nodejs:18 security update`, `ALSA-2022:5468: php:8.0 security update (Important)` */
const summaryWord = (summary: string | undefined): Severity | undefined =>
  severityOf(/^(?:[\w-]{1,20}:\s?)?(Critical|Important|Moderate|Low):/.exec(summary ?? '')?.[1]) ??
  severityOf(/\((Critical|Important|Moderate|Low)\)$/.exec(summary ?? '')?.[1])

/** The streams that a notice is about: `python39:3.9 and python39-devel:3.9`. Which package belongs to which is not said. */
const modulesIn = (summary: string | undefined): readonly string[] => {
  const found = [...(summary ?? '').matchAll(/(?:^|[\s:])([a-z0-9][\w.+-]*:[\w.+-]+)(?=[\s/,]|$)/gi)].map(match => match[1]!)
  return distinct(found.filter(one => !/^(?:Critical|Important|Moderate|Low|[A-Z]+-\d+):/.test(one))).slice(0, 4)
}

/** What OSV's databases and Ubuntu have as a word, in the places where they have it. */
const wordIn = (entry: Fields): Severity | undefined => {
  for (const place of [fieldsOf(entry.database_specific), fieldsOf(entry.ecosystem_specific)])
    for (const word of [place?.severity, place?.urgency]) {
      const severity = severityOf(word)
      if (severity) return severity
    }
  for (const one of listOf(entry.severity)) {
    const severity = severityOf(fieldsOf(one)?.score)
    if (severity) return severity
  }
  return undefined
}

type Affected = { -readonly [Key in keyof AffectedPackage]: AffectedPackage[Key] } & {
  ranges: VersionRange[]
  versions?: string[]
}

const affectedOf = (record: Fields, ecosystems: readonly string[], modules: readonly string[]): readonly AffectedPackage[] => {
  const found = new Map<string, Affected>()
  for (const value of listOf(record.affected)) {
    const entry = fieldsOf(value)
    if (!entry) throw new Unreadable('what it says of a package is of another form')
    for (const one of packagesOf(entry, ecosystems, modules)) {
      const key = JSON.stringify([one.ecosystem, one.name, one.module, one.fixNeeds, one.severity, one.reason])
      const same = found.get(key)
      if (same) {
        for (const range of one.ranges) same.ranges.push(range)
        for (const version of one.versions ?? []) same.versions?.push(version)
        same.versions ??= one.versions
      } else found.set(key, one)
    }
  }
  return withoutSecondPro([...found.values()])
}

/** What everybody gets fixed is not said again for subscribers, and what only they get fixed counts in place of what nobody else does. */
const withoutSecondPro = (all: readonly Affected[]): readonly Affected[] => {
  if (!all.some(({ fixNeeds }) => fixNeeds)) return all
  const key = ({ ecosystem, name }: Affected): string => `${ecosystem} ${name}`
  const isFixed = ({ ranges }: Affected): boolean => ranges.every(({ fixed }) => fixed !== undefined)
  const everybody = new Map(all.filter(({ fixNeeds }) => !fixNeeds).map(one => [key(one), one]))
  const subscribers = new Map(all.filter(({ fixNeeds }) => fixNeeds).map(one => [key(one), one]))
  return all.filter(one => {
    const other = (one.fixNeeds ? everybody : subscribers).get(key(one))
    if (!other) return true
    return one.fixNeeds ? !isFixed(other) && isFixed(one) : isFixed(one) || !isFixed(other)
  })
}

/** One, or one for each of the modules; none when nothing of it can be used. */
const packagesOf = (entry: Fields, ecosystems: readonly string[], modules: readonly string[]): readonly Affected[] => {
  if (entry.package === undefined || entry.package === null) return []
  const what = fieldsOf(entry.package)
  const named = what?.ecosystem
  if (!what || !isName(named)) throw new Unreadable(`${shown(what?.ecosystem ?? entry.package)} is no ecosystem`)
  const base = named.split(':')[0]!
  if (ecosystems.length > 0 && !ecosystems.includes(base)) return []
  const place = placeOf(named, base)
  if (!place) return []
  if (!isName(what.name)) throw new Unreadable(`${shown(what.name)} is no name of a package`)
  const specific = fieldsOf(entry.database_specific)
  const read = rangesOf(entry, textOf(specific?.last_known_affected_version_range))
  const purl = typeof what.purl === 'string' ? what.purl : ''
  // Rocky's have the epoch there, and not always in the version: https://github.com/resf/distro-tools
  const epoch = /[?&]epoch=([1-9]\d{0,4})(?:&|$)/.exec(purl)?.[1]
  const ranges = epoch === undefined ? read.ranges : read.ranges.map(range => withEpoch(range, epoch))
  const versions = versionsOf(entry, suffice(base, read))
  if (ranges.length === 0 && versions.length === 0) return []
  const isModular = modular.has(base) && ranges.some(({ fixed }) => fixed !== undefined && /\.module[_+]/.test(fixed))
  // RustSec's `unmaintained` and `notice` are no vulnerabilities; `unsound` may be one.
  const informational = base === 'crates.io' ? textOf(specific?.informational) : undefined
  const otherwise = base === 'Go' ? ownNumbers(entry) : undefined
  const one: Affected = {
    ecosystem: place.ecosystem,
    name: normalName(base, what.name),
    keyedBy: bySource.has(base) ? 'source' : 'binary',
    ranges,
    ...filled({
      versions,
      severity: wordIn(entry) ?? (/^(?:unmaintained|notice)$/.test(informational ?? '') ? ('info' as const) : undefined),
      status: otherwise === undefined ? undefined : ('undetermined' as const),
      reason: otherwise ?? (informational === undefined ? undefined : cut(informational, 40)),
      fixNeeds: place.fixNeeds,
    }),
  }
  return isModular && modules.length > 0 ? modules.map(module => ({ ...one, ranges: [...one.ranges], module })) : [one]
}

/**
 * Projects whose releases are not numbered as Go numbers modules: the record says that all of the module's versions are affected, and names those that its
 * owner numbers beside (https://go.dev/doc/security/vuln/database#schema).
 */
const ownNumbers = (entry: Fields): string | undefined => {
  const ranges = objectsOf(fieldsOf(entry.ecosystem_specific)?.custom_ranges)
  if (ranges.length === 0) return undefined
  const fixed = ranges.flatMap(({ events }) => objectsOf(events).flatMap(event => (isVersion(event.fixed) ? [event.fixed] : [])))
  const where = fixed.length === 0 ? '' : `: fixed in ${cut(fixed.slice(0, 4).join(', '), 80)} as its owner numbers it`
  return `its releases are not numbered as Go numbers modules${where}`
}

/** Where `name` is that of the source package, as the owners of the ecosystems say in the schema or their records show. */
const bySource: ReadonlySet<string> = new Set([
  'Alpaquita',
  'Alpine',
  'Azure Linux',
  'BellSoft Hardened Containers',
  'Debian',
  'Echo',
  'Mageia',
  'MinimOS',
  'openEuler',
  'openSUSE',
  // Only source packages: https://github.com/resf/distro-tools/blob/main/apollo/server/routes/api_osv.py
  'Rocky Linux',
  'SUSE',
  'Ubuntu',
])

const modular: ReadonlySet<string> = new Set(['AlmaLinux', 'Red Hat', 'Rocky Linux'])

/** `Ubuntu:Pro:18.04:LTS` is Ubuntu with a subscription; other products under that name have packages of their own. `Maven:https://…` is a repository. */
const placeOf = (ecosystem: string, base: string): Pick<AffectedPackage, 'ecosystem' | 'fixNeeds'> | undefined => {
  if (base !== 'Ubuntu') return { ecosystem: /^[^:]+:https?:/.test(ecosystem) ? base : ecosystem }
  const pro = /^Ubuntu:Pro:(\d\d\.\d\d(?::LTS)?)$/.exec(ecosystem)
  if (pro) return { ecosystem: `Ubuntu:${pro[1]}`, fixNeeds: 'ubuntu-pro' }
  return ecosystem.startsWith('Ubuntu:Pro:') ? undefined : { ecosystem }
}

/**
 * PyPI: https://packaging.python.org/en/latest/specifications/name-normalization/; NuGet and Packagist do not tell letters by their case. Go does, but package
 * URLs have its modules in small letters: https://github.com/package-url/purl-spec/blob/main/types-doc/golang-definition.md
 */
const normalName = (base: string, name: string): string => {
  if (base === 'PyPI') return name.toLowerCase().replace(/[-_.]+/g, '-')
  return base === 'NuGet' || base === 'Packagist' || base === 'Go' ? name.toLowerCase() : name
}

/** https://packaging.python.org/en/latest/specifications/version-specifiers/#appendix-parsing-version-strings-with-regular-expressions */
const pep440 =
  /^v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i

/** False: certainly no version in the ecosystem's order, such as the hash of a commit or another repository's version. */
const isComparable = (base: string, version: string): boolean =>
  base === 'PyPI' ? pep440.test(version) : !/^[0-9a-f]{12,64}$/.test(version) || /^\d+$/.test(version)

/** Without them only the single versions say what is affected. */
const suffice = (base: string, { ranges, isOdd }: Ranges): boolean =>
  ranges.length > 0 && !isOdd && ranges.every(range => Object.values(range).every(version => isComparable(base, version)))

/** Whether each package of a record in the form of OSV, all of this ecosystem, has ranges that say all that its single versions say. Throws Unreadable. */
export const rangesSuffice = (value: unknown, base: string): boolean =>
  objectsOf(fieldsOf(value)?.affected).every(entry => suffice(base, rangesOf(entry, undefined)))

const withEpoch = (range: VersionRange, epoch: string): VersionRange =>
  Object.fromEntries(
    Object.entries(range).map(([key, version]) => [key, version.includes(':') ? version : `${epoch}:${version}`]),
  )

/** `isOdd`: events that close what is not open. The single versions say what was meant. */
type Ranges = { readonly ranges: VersionRange[]; readonly isOdd: boolean }

const rangesOf = (entry: Fields, lastKnown: string | undefined): Ranges => {
  const ranges: VersionRange[] = []
  let isOdd = false
  for (const value of listOf(entry.ranges)) {
    const range = fieldsOf(value)
    if (!range) throw new Unreadable('a range of versions is of another form')
    if (range.type === 'GIT') continue
    if (range.type !== 'SEMVER' && range.type !== 'ECOSYSTEM') throw new Unreadable(`${shown(range.type)} is no type of range`)
    if (!Array.isArray(range.events)) throw new Unreadable('a range of versions has no events')
    const read = eventsOf(range.events)
    ranges.push(...read.ranges)
    isOdd ||= read.isOdd
  }
  // GitHub's: `<= 1.2.3`, where nothing was fixed so far.
  const known = /^(<=?)\s*(\S+)$/.exec(lastKnown ?? '')
  if (
    known &&
    ranges.length === 1 &&
    ranges[0]!.fixed === undefined &&
    ranges[0]!.lastAffected === undefined &&
    isVersion(known[2])
  )
    ranges[0] = { ...ranges[0], ...(known[1] === '<' ? { fixed: known[2] } : { lastAffected: known[2] }) }
  return { ranges: joined(ranges), isOdd }
}

/** `limit` ends a range as `fixed` does. */
const eventsOf = (all: readonly unknown[]): Ranges => {
  const events = inOrder(all)
  const ranges: VersionRange[] = []
  let open: (string | undefined)[] = []
  let early: VersionRange | undefined
  let isOdd = false
  for (const value of events) {
    const event = fieldsOf(value)
    if (!event) throw new Unreadable('an event of a range is of another form')
    const end = endOf(event)
    if (event.introduced !== undefined) {
      const { introduced } = event
      if (!isVersion(introduced)) throw new Unreadable(`${shown(introduced)} is no version`)
      open.push(introduced === '0' || introduced === '0.0.0-0' ? undefined : introduced)
      if (early) {
        ranges.push(...open.map(start => startingAt(start, early!)))
        open = []
        early = undefined
      }
    }
    if (!end) continue
    if (open.length > 0) ranges.push(...open.map(start => startingAt(start, end)))
    else if (ranges.length === 0 && !early) early = end
    else isOdd = true
    open = []
  }
  ranges.push(...open.map(start => startingAt(start, {})))
  return { ranges, isOdd: isOdd || early !== undefined }
}

type Event = { readonly version: string; readonly isStart: boolean; readonly value: Fields }

/**
 * As they stand, if each range that begins there also ends there, and not below its beginning. Else by version, as the schema has it
 * (https://ossf.github.io/osv-schema/#evaluation), if all are dotted numbers: the ecosystem's own order is not asked.
 */
const inOrder = (events: readonly unknown[]): readonly unknown[] => {
  if (events.length < 2 || (events.length === 2 && fieldsOf(events[0])?.introduced === '0')) return events
  const parts: Event[] = []
  for (const event of events) {
    const fields = fieldsOf(event)
    if (!fields) return events
    for (const key of ['introduced', 'fixed', 'last_affected', 'limit']) {
      const version = fields[key]
      if (version === undefined) continue
      if (typeof version !== 'string' || !/^(?:\d{1,9}:)?v?\d/.test(version)) return events
      parts.push({ version, isStart: key === 'introduced', value: { [key]: version } })
    }
  }
  const isPaired = parts.every(({ version, isStart }, i) => {
    if (isStart) return i % 2 === 0
    return i % 2 === 1 && byNumbers(parts[i - 1]!.version, version) <= 0
  })
  // More ends than beginnings: each may be meant for another branch.
  const starts = parts.filter(({ isStart }) => isStart).length
  if (isPaired || starts * 2 < parts.length) return events
  return parts
    .sort((a, b) => byNumbers(a.version, b.version) || bySuffix(a.version, b.version) || Number(b.isStart) - Number(a.isStart))
    .map(({ value }) => value)
}

/** Epoch and the dotted numbers in front. */
const numbersIn = (version: string): readonly string[] => {
  const [, epoch = '0', numbers = ''] = /^(?:(\d+)[:!])?v?(\d+(?:\.\d+)*)/.exec(version) ?? []
  return [epoch, ...numbers.split('.')].map(number => number.replace(/^0+(?=\d)/, ''))
}

const byNumbers = (a: string, b: string): number => {
  const [left, right] = [numbersIn(a), numbersIn(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x = '0', y = '0'] = [left[i], right[i]]
    if (x !== y) return x.length - y.length || (x < y ? -1 : 1)
  }
  return 0
}

/** A prerelease comes before its release: `-rc.1`, `b2`, `~deb12u1`; of two the numbers in them count as numbers. */
const bySuffix = (a: string, b: string): number => {
  const suffixOf = (version: string): string => version.replace(/^(?:\d+[:!])?v?\d+(?:\.\d+)*/, '')
  const [left, right] = [suffixOf(a), suffixOf(b)]
  const rank = (suffix: string): number => (suffix === '' ? 1 : /^(?:~|-?[a-z]|\.(?:dev|pre|rc|a|b))/i.test(suffix) ? 0 : 2)
  return rank(left) - rank(right) || natural.compare(left, right)
}

const natural = new Intl.Collator('en', { numeric: true })

const startingAt = (introduced: string | undefined, end: VersionRange): VersionRange =>
  introduced === undefined ? end : { introduced, ...end }

const endOf = ({ fixed, last_affected: last, limit }: Fields): VersionRange | undefined => {
  for (const version of [fixed, last, limit])
    if (version !== undefined && !isVersion(version)) throw new Unreadable(`${shown(version)} is no version`)
  if (typeof fixed === 'string') return { fixed }
  if (typeof last === 'string') return { lastAffected: last }
  return typeof limit === 'string' && limit !== '*' ? { fixed: limit } : undefined
}

/** With ranges, many single versions only say the same again. */
const versionsOf = (entry: Fields, hasRanges: boolean): string[] => {
  const versions = listOf(entry.versions)
  if (versions.length > (hasRanges ? 20 : 20_000)) return []
  const wrong = versions.find(version => !isVersion(version))
  if (wrong !== undefined) throw new Unreadable(`${shown(wrong)} is no version`)
  return distinct(versions as readonly string[])
}

const referencesOf = (record: Fields, url: string): readonly string[] => {
  const all = objectsOf(record.references)
  const isFirst = ({ type }: Fields): boolean => type === 'ADVISORY' || type === 'FIX'
  const ordered = [...all.filter(isFirst), ...all.filter(one => !isFirst(one))].map(one => one.url).filter(isUrl)
  return distinct(ordered)
    .filter(one => one !== url)
    .slice(0, 5)
}

const pages: readonly (readonly [RegExp, (id: string) => string])[] = [
  [/^CVE-/, id => `https://nvd.nist.gov/vuln/detail/${id}`],
  [/^GHSA-/, id => `https://github.com/advisories/${id}`],
  [/^RUSTSEC-/, id => `https://rustsec.org/advisories/${id}.html`],
  [/^GO-/, id => `https://pkg.go.dev/vuln/${id}`],
  [/^RH[SBE]A-/, id => `https://access.redhat.com/errata/${id}`],
  [/^R[LX][SBE]A-/, id => `https://errata.rockylinux.org/${id}`],
  [/^D(?:SA|LA|TSA)-/, id => `https://security-tracker.debian.org/tracker/${id}`],
  [/^(?:USN|LSN)-/, id => `https://ubuntu.com/security/notices/${id}`],
  [/^UBUNTU-CVE-/, id => `https://ubuntu.com/security/${id.slice('UBUNTU-'.length)}`],
  [/^EL[SBE]A-/, id => `https://linux.oracle.com/errata/${id}.html`],
  [/^MGA[SA]A-/, id => `https://advisories.mageia.org/${id}.html`],
  [/^openEuler-SA-/, id => `https://www.openeuler.org/en/security/security-bulletins/detail/?id=${id}`],
  [
    /^SUSE-[SRFO]U-\d{4}:/,
    id => `https://www.suse.com/support/update/announcement/${id.split(/[-:]/)[2]}/${id.toLowerCase().replace(':', '')}/`,
  ],
  [/^BELL-CVE-/, id => `https://docs.bell-sw.com/security/cves/${id.slice('BELL-'.length)}`],
]

/** The page that a person reads. */
export const pageOf = (id: string): string => {
  for (const [pattern, page] of pages) if (pattern.test(id)) return page(id)
  return `https://osv.dev/vulnerability/${encodeURIComponent(id)}`
}

const urlOf = (id: string, record: Fields, affected: readonly AffectedPackage[]): string => {
  if (!/^AL[SBE]A-/.test(id)) return pageOf(id)
  const own = listOf(record.references).map(one => fieldsOf(one)?.url)
  const page = own.find(url => isUrl(url) && url.startsWith('https://errata.almalinux.org/'))
  if (isUrl(page)) return page
  const release = affected[0]?.ecosystem.split(':')[1]
  return release === undefined
    ? 'https://errata.almalinux.org/'
    : `https://errata.almalinux.org/${release}/${id.replace(':', '-')}.html`
}
