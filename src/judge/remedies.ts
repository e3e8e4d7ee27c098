/**
 * What to do about the vulnerabilities of an image, by who brought the packages: the base image, the image's own steps by the operating system's package
 * manager, the application's dependencies, programs that no package manager knows. The names and versions are strangers' texts: what is no plain name stands
 * in no command.
 */
import type { AdvisoryDatabase } from '../model/advisory.ts'
import { nameBehindFrom } from '../model/best-candidate.ts'
import { compareSeverity, type Location, type Severity, severities } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import { parsePurl, purl } from '../model/purl.ts'
import type { Owner, Remedy, Snippet, Upgrade } from '../model/remedy.ts'
import { shellWord } from '../model/shell-word.ts'
import { counts, isFixable, type Match, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { systemTypes } from './authorities.ts'
import { type MatchOptions, matchPackages } from './match.ts'
import { remedyUnits } from './remedies/registry.ts'
import { upgradeLine } from './remedy-rebuild.ts'
import { fileName, type Project, plainVersion, some, type Wanted } from './remedy-unit.ts'

/** What is known of the base image beside the report. */
export type BaseOutlook = {
  readonly name: string | undefined
  /** Whether the same tag, as it is now, is another image. `unknown`: nobody looked. */
  readonly refresh: 'newer' | 'present' | 'unknown'
  /** Closed by building on the same tag as it is now; undefined: nobody looked. */
  readonly refreshCloses: number | undefined
  /** The Dockerfile has its digest, which a build does not change. */
  readonly isPinned?: boolean
  /** The best other one; of one that nobody looked into it is not known what it closes. */
  readonly change: { readonly name: string; readonly closes: number | undefined } | undefined
  /** ISO date after which it gets no security fixes; undefined: it gets them. */
  readonly endedOn?: string | undefined
}

export type RemedyOptions = MatchOptions & {
  readonly base?: BaseOutlook
  /** As commands take it: whoever has not asked for other base images yet is told how. */
  readonly subject?: string
}

const pathLimit = 5
const idLimit = 50
const upgradeLimit = 200
/** After so many versions that have other vulnerabilities the last one is taken: none is ever looked at twice. */
const rounds = 8

const pathOf = (at: Location): string => ('path' in at ? (at.path ?? '') : '')

/** All that counts in one package, the worst first. */
type Affected = {
  readonly one: Package
  readonly findings: readonly VulnerabilityFinding[]
  readonly isInBase: boolean | undefined
}

type Planned = Affected & {
  readonly to: string | undefined
  /** Vulnerabilities that are closed by going there. */
  readonly closed: ReadonlySet<string>
}

/** The most work first, the base before all: what building again mends need not be done by hand. Throws DatabaseError. */
export const remediesOf = (report: ScanReport, database: AdvisoryDatabase, options: RemedyOptions): readonly Remedy[] => {
  const { inventory } = report
  const affected = affectedIn(report)
  const planned = plan(affected, report, database, options)
  const project = projectOf(report)
  const started = startedBy(inventory)
  const inBase = baseLayers(report)
  const needed = dependentsOf(inventory)
  const groups = new Map<string, { readonly owner: Owner; readonly type: string; readonly all: Planned[] }>()
  for (const one of planned)
    for (const { owner, part } of partsOf(one, project, started, inBase)) {
      const type = owner === 'base' ? '' : unitTypeOf(one.one, owner)
      const key = `${owner} ${type}`
      const group = groups.get(key)
      if (group) group.all.push(part)
      else groups.set(key, { owner, type, all: [part] })
    }
  return [...groups.values()]
    .map(({ owner, type, all }) =>
      owner === 'base'
        ? ofBase(all, project, report, options)
        : ofOwner(owner, type, all, project, inventory, needed, options.orders),
    )
    .sort((a, b) => owners.indexOf(a.owner) - owners.indexOf(b.owner) || byWorst(a, b))
}

const owners: readonly Owner[] = ['base', 'os', 'application', 'stray']

const byWorst = (a: Remedy, b: Remedy): number => {
  for (const severity of severities) {
    const difference = b.bySeverity[severity] - a.bySeverity[severity]
    if (difference !== 0) return difference
  }
  return 0
}

const affectedIn = ({ findings }: ScanReport): readonly Affected[] => {
  const found = new Map<string, { one: Package; findings: VulnerabilityFinding[]; isInBase: boolean | undefined }>()
  for (const finding of findings) {
    if (!counts(finding)) continue
    const { package: one } = finding.match
    const entry = found.get(one.purl)
    if (entry) entry.findings.push(finding)
    else found.set(one.purl, { one, findings: [finding], isInBase: finding.isInBase })
  }
  return [...found.values()]
}

/** For each package the lowest version that has the fixes of all that can be fixed, and has none of its own that could be. */
const plan = (
  affected: readonly Affected[],
  { findings, inventory }: ScanReport,
  database: AdvisoryDatabase,
  options: RemedyOptions,
): readonly Planned[] => {
  const silenced = new Map<string, Set<string>>()
  for (const one of findings)
    if (!counts(one)) {
      const ids = silenced.get(one.match.package.purl) ?? new Set()
      silenced.set(one.match.package.purl, ids.add(one.vulnerability.id))
    }
  type Open = { readonly affected: Affected; to: string | undefined; left: ReadonlySet<string>; isSettled: boolean }
  const all = affected.map((one): Open => {
    const fixable = one.findings.filter(isFixable)
    const isSystem = systemTypes.has(one.one.ecosystem)
    const isMalware = one.findings.some(({ vulnerability }) => vulnerability.isMalware)
    return {
      affected: one,
      to: isMalware
        ? undefined
        : highest(
            fixable.map(({ match }) => match),
            options.orders,
          ),
      left: new Set(one.findings.filter(finding => !fixable.includes(finding)).map(({ vulnerability: { id } }) => id)),
      // A release of a distribution goes one way only, and its advisories are of its own versions.
      isSettled: isSystem,
    }
  })
  for (let round = 0; round < rounds; round++) {
    const open = all.filter(one => !one.isSettled && one.to !== undefined)
    if (open.length === 0) break
    const raised = new Map<string, Open>()
    const packages = open.flatMap((one): Package[] => {
      const moved = withVersion(one.affected.one, one.to!, String(raised.size))
      if (moved) raised.set(moved.purl, one)
      else one.isSettled = true
      return moved ? [moved] : []
    })
    const matches = new Map<string, { readonly id: string; readonly match: Match }[]>()
    for (const { vulnerability: id, match } of matchPackages(packages, inventory.distro, database, options).matches) {
      const list = matches.get(match.package.purl)
      if (list) list.push({ id, match })
      else matches.set(match.package.purl, [{ id, match }])
    }
    for (const [url, one] of raised) {
      const ignored = silenced.get(one.affected.one.purl)
      const still = (matches.get(url) ?? []).filter(({ id, match }) => match.status === 'affected' && !ignored?.has(id))
      one.left = new Set(still.map(({ id }) => id))
      const next = highest(
        still
          .map(({ match }) => match)
          .filter(
            ({ fixedIn, fixNeeds, inferredFrom, via }) =>
              fixedIn !== undefined && fixNeeds === undefined && inferredFrom === undefined && via !== 'alias',
          ),
        options.orders,
      )
      if (next === undefined || next === one.to) one.isSettled = true
      else one.to = next
    }
  }
  return all.map(({ affected: one, to, left }) => ({
    ...one,
    to,
    closed: new Set(to === undefined ? [] : one.findings.map(({ vulnerability: { id } }) => id).filter(id => !left.has(id))),
  }))
}

/** Undefined: there is none, or nobody can tell which one is the highest. */
const highest = (matches: readonly Match[], orders: MatchOptions['orders']): string | undefined => {
  let best: Match | undefined
  for (const match of matches) {
    if (match.fixedIn === undefined || match.fixedIn === best?.fixedIn) continue
    if (best === undefined) {
      best = match
      continue
    }
    const difference = orders[match.order]?.compare(best.fixedIn!, match.fixedIn)
    if (difference === undefined) return undefined
    if (difference < 0) best = match
  }
  return best?.fixedIn
}

/** `mark` keeps apart what would become the same package. */
const withVersion = (one: Package, version: string, mark: string): Package | undefined => {
  const parsed = parsePurl(one.purl)
  if (!parsed) return undefined
  const { ownedBy: _, ...rest } = one
  return { ...rest, version, purl: purl({ ...parsed, version, subpath: `to${mark}` }) }
}

/** The same for every owner. */
type Surroundings = Omit<Project, 'owner'>

const baseLayers = ({ base, inventory }: ScanReport): ReadonlySet<string> | undefined =>
  base && new Set((inventory.image?.layers ?? inventory.layers).slice(0, base.layers).map(({ diffId }) => diffId))

const projectOf = ({ inventory, base }: ScanReport): Surroundings => ({
  files: inventory.projectFiles ?? [],
  distro: inventory.distro?.name ?? '',
  tools: new Set(inventory.packages.filter(({ ecosystem }) => systemTypes.has(ecosystem)).map(({ name }) => name)),
  isFolder: inventory.kind === 'folder',
  hasBase: base !== undefined,
})

/** The files that the image starts, as its settings name them: what lies there is the application. */
const startedBy = ({ image }: Inventory): ReadonlySet<string> => {
  if (!image) return new Set()
  const { entrypoint = [], cmd = [], workingDir } = image.config
  const words = [...entrypoint, ...cmd].slice(0, 50)
  return new Set(
    words.flatMap(word => {
      if (word.startsWith('/')) return [word]
      const plain = word.replace(/^\.\//, '')
      return plain.includes('/') || word !== plain
        ? [`${workingDir.replace(/\/$/, '')}/${plain}`]
        : ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'].map(folder => `${folder}/${plain}`)
    }),
  )
}

/** Languages whose programs carry what they were built from. */
const compiled = new Set(['golang', 'cargo'])
const manifestOf: Readonly<Record<string, string>> = { golang: 'go.mod', cargo: 'Cargo.lock' }

/** One package may lie in the base, and once more outside of it: each with the places that are its. */
const partsOf = (
  planned: Planned,
  { files }: Surroundings,
  started: ReadonlySet<string>,
  inBase: ReadonlySet<string> | undefined,
): readonly { readonly owner: Owner; readonly part: Planned }[] => {
  const { one, isInBase } = planned
  const isSystem = systemTypes.has(one.ecosystem)
  const isOfBase = (at: Location): boolean => at.in === 'layer' && inBase?.has(at.layer) === true
  const withPlaces = (at: readonly Location[]): Planned => {
    const [first, ...others] = at
    return first ? { ...planned, one: { ...one, at: [first, ...others] } } : planned
  }
  const ownerOf = ({ at }: Package): Owner => {
    if (isSystem || one.ownedBy !== undefined) return 'os'
    if (one.ecosystem === 'generic' || one.ecosystem === 'bitnami') return 'stray'
    if (!compiled.has(one.ecosystem)) return 'application'
    const isOwn = at.some(place => started.has(pathOf(place))) || files.some(path => fileName(path) === manifestOf[one.ecosystem])
    return isOwn ? 'application' : 'stray'
  }
  const own = (part: Planned) => ({ owner: ownerOf(part.one), part })
  if (isInBase === undefined) return [own(planned)]
  // The database of the system's packages is one file, of which every layer has its own.
  if (isSystem) return isInBase ? [{ owner: 'base', part: planned }] : [own(planned)]
  if (inBase === undefined) return [isInBase ? { owner: 'base', part: planned } : own(planned)]
  const inside = one.at.filter(isOfBase)
  const outside = one.at.filter(at => !isOfBase(at))
  return [
    ...(inside.length > 0 ? [{ owner: 'base' as const, part: withPlaces(inside) }] : []),
    ...(outside.length > 0 ? [own(withPlaces(outside))] : []),
  ]
}

/** Who brought what a finding is about; where several did, the base. */
export const findingOwner = (report: ScanReport): ((finding: VulnerabilityFinding) => Owner) => {
  const project = projectOf(report)
  const started = startedBy(report.inventory)
  const inBase = baseLayers(report)
  return ({ match, isInBase }) => {
    const planned: Planned = { one: match.package, findings: [], isInBase, to: undefined, closed: new Set() }
    return partsOf(planned, project, started, inBase)[0]!.owner
  }
}

/** Of what lies inside of a package of the system: the kind of that package. */
const unitTypeOf = (one: Package, owner: Owner): string =>
  owner === 'os' && one.ownedBy !== undefined ? (parsePurl(one.ownedBy)?.type ?? one.ecosystem) : one.ecosystem

/** purl → the purls of whatever needs it. */
type Dependents = ReadonlyMap<string, readonly Package[]>

const dependentsOf = ({ packages }: Inventory): Dependents => {
  const found = new Map<string, Package[]>()
  for (const one of packages)
    for (const url of one.dependsOn) {
      const list = found.get(url)
      if (list) list.push(one)
      else found.set(url, [one])
    }
  return found
}

/** Needed by nothing, or by the application itself: of npm that is what lies in no node_modules, elsewhere what nothing needs. */
const isDirect = (one: Package, needed: Dependents): boolean => {
  const by = needed.get(one.purl) ?? []
  return (
    by.length === 0 ||
    by.some(other =>
      one.ecosystem === 'npm'
        ? !other.at.some(at => pathOf(at).includes('/node_modules/'))
        : compiled.has(one.ecosystem) && (needed.get(other.purl) ?? []).length === 0,
    )
  )
}

const idsOf = (findings: readonly VulnerabilityFinding[]): readonly string[] => [
  ...new Set(findings.map(({ vulnerability: { id } }) => id)),
]

const upgradeOf = ({ one, to, findings }: Planned): Upgrade => ({
  name: one.name,
  ecosystem: findings[0]!.match.ecosystem,
  from: one.version,
  to,
  paths: [...new Set(one.at.map(pathOf))].filter(path => path !== '').slice(0, pathLimit),
  vulnerabilities: idsOf(findings).slice(0, idLimit),
})

/** As groups of findings count them: once for each vulnerability, source package and layer. */
const measure = (
  all: readonly Planned[],
): { readonly bySeverity: Readonly<Record<Severity, number>>; readonly total: number; readonly closes: number } => {
  const rows = new Map<string, { severity: Severity; isClosed: boolean }>()
  for (const { one, findings, closed } of all)
    for (const { match, severity, isInBase, vulnerability } of findings) {
      const [at] = one.at
      const source = match.via === 'source' ? match : (one.source ?? one)
      const place = at.in === 'layer' ? `${at.layer} ${at.step ?? ''}` : ''
      const key = JSON.stringify([one.ecosystem, source.name, source.version, place, isInBase ?? null, vulnerability.id])
      const row = rows.get(key)
      const isClosed = closed.has(vulnerability.id)
      if (!row) rows.set(key, { severity, isClosed })
      else {
        row.isClosed &&= isClosed
        if (compareSeverity(severity, row.severity) < 0) row.severity = severity
      }
    }
  const bySeverity = Object.fromEntries(severities.map(severity => [severity, 0])) as Record<Severity, number>
  for (const { severity } of rows.values()) bySeverity[severity]++
  return { bySeverity, total: rows.size, closes: [...rows.values()].filter(({ isClosed }) => isClosed).length }
}

const sentences = (...all: readonly (string | undefined)[]): string =>
  all.filter(text => text !== undefined && text !== '').join(' ')

/** What no version mends, and what has to go. */
const remainder = (all: readonly Planned[]): string => {
  const malware = all.filter(({ findings }) => findings.some(({ vulnerability }) => vulnerability.isMalware))
  const stuck = all.filter(one => one.to === undefined && !malware.includes(one))
  const partly = all.filter(
    ({ to, closed, findings }) => to !== undefined && findings.some(one => !closed.has(one.vulnerability.id)),
  )
  return sentences(
    malware.length > 0
      ? `${some(malware.map(({ one }) => shown(one.name)))} ${malware.length === 1 ? 'is' : 'are'} malware: remove ${malware.length === 1 ? 'it' : 'them'}, and change every secret that ${malware.length === 1 ? 'it' : 'they'} could read.`
      : '',
    stuck.length > 0 ? `For ${some(stuck.map(({ one }) => shown(one.name)))} no version that mends all is known.` : '',
    partly.length > 0 ? `Some of what is known of ${some(partly.map(({ one }) => shown(one.name)))} has no fix yet.` : '',
  )
}

/** Names in sentences; whoever shows them escapes them. */
const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)

/** Name → the versions in which it is there. */
const versionsOf = (type: string, { packages }: Inventory): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, Set<string>>()
  for (const { ecosystem, name, version } of packages)
    if (ecosystem === type) found.set(name, (found.get(name) ?? new Set()).add(version))
  return new Map([...found].map(([name, all]) => [name, [...all]]))
}

/** Of every name the one that goes to the highest version. */
const highestOnly = (wanted: readonly Wanted[], all: readonly Planned[], orders: MatchOptions['orders']): readonly Wanted[] => {
  const order = orders[all[0]!.findings[0]!.match.order]
  const highest = new Map<string, Wanted>()
  for (const one of wanted) {
    const other = highest.get(one.name)
    if (!other || (order?.compare(other.to, one.to) ?? 0) < 0) highest.set(one.name, one)
  }
  return [...highest.values()]
}

const ofOwner = (
  owner: Owner,
  type: string,
  all: readonly Planned[],
  project: Surroundings,
  inventory: Inventory,
  needed: Dependents,
  orders: MatchOptions['orders'],
): Remedy => {
  const unit = Object.hasOwn(remedyUnits, type) ? remedyUnits[type] : undefined
  // What is inside of a package comes with that package.
  const inside = all.filter(({ one }) => owner === 'os' && !systemTypes.has(one.ecosystem))
  const versions = versionsOf(type, inventory)
  const wanted: Wanted[] = []
  const odd: Planned[] = []
  for (const planned of all) {
    const { to, one } = planned
    if (to === undefined || inside.includes(planned)) continue
    if (!unit?.name.test(one.name) || !plainVersion.test(to)) odd.push(planned)
    else
      wanted.push({
        ...upgradeOf(planned),
        to,
        type: one.ecosystem,
        isDirect: isDirect(one, needed),
        others: (versions.get(one.name) ?? []).filter(version => version !== one.version),
      })
  }
  const [first, ...others] = unit?.isSingle ? highestOnly(wanted, all, orders) : wanted
  const advised = unit && first ? unit.advise([first, ...others], { ...project, owner }) : undefined
  const { bySeverity, closes } = measure(all.map(one => (inside.includes(one) ? { ...one, closed: new Set<string>() } : one)))
  const holders = inside.flatMap(({ one }) => inventory.packages.find(({ purl: url }) => url === one.ownedBy)?.name ?? [])
  const snippets: readonly Snippet[] = advised?.snippets ?? []
  return {
    owner,
    ecosystem: (all.find(one => !inside.includes(one)) ?? all[0]!).findings[0]!.match.ecosystem,
    text: sentences(
      advised?.text,
      odd.length > 0
        ? `For ${some(odd.map(({ one }) => shown(one.name)))} no command is given: ${unit ? 'that is no name or version that its tools accept' : 'which tool upgrades it is not known'}.`
        : '',
      holders.length > 0 ? `What is inside of ${some(holders.map(shown))} is mended by a newer version of that package.` : '',
      remainder(all.filter(one => !inside.includes(one))),
    ),
    commands: advised?.commands ?? [],
    ...(snippets.length > 0 ? { snippets } : {}),
    bySeverity,
    closes,
    upgrades: all.slice(0, upgradeLimit).map(upgradeOf),
  }
}

const ofBase = (
  all: readonly Planned[],
  project: Surroundings,
  { base }: ScanReport,
  { base: outlook, subject }: RemedyOptions,
): Remedy => {
  const { bySeverity, total } = measure(all)
  const name = outlook?.name ?? base?.name
  const of = name === undefined ? 'The base image' : `The base image ${name}`
  const refreshes = outlook?.refresh ?? 'unknown'
  const system = all.filter(({ one, to }) => systemTypes.has(one.ecosystem) && to !== undefined)
  const mends = system.filter(
    ({ one }) => one.ecosystem === system[0]!.one.ecosystem && remedyUnits[one.ecosystem]?.name.test(one.name),
  )
  // Nothing newer is there to build on: then, and only then, the packages themselves are upgraded.
  const line =
    refreshes === 'present' && mends.length > 0
      ? upgradeLine(
          mends[0]!.one.ecosystem,
          mends.map(({ one }) => one.name),
          project.tools,
        )
      : undefined
  const change = outlook?.change
  const closes = change
    ? change.closes
    : refreshes === 'newer'
      ? outlook?.refreshCloses
      : line
        ? measure(mends).closes
        : undefined
  const isName = (text: string): boolean => /^[A-Za-z0-9][\w.:/@-]{0,300}$/.test(text)
  const isPinned = outlook?.isPinned === true && name !== undefined && isName(name)
  const build = isPinned ? `bulkhead rebase ${name} ${name} --pin` : 'docker build --pull --no-cache .'
  const behind = change && nameBehindFrom(change.name)
  const rebase =
    name !== undefined && behind !== undefined && isName(name) && isName(behind) ? [`bulkhead rebase ${name} ${behind}`] : []
  const asks =
    subject === undefined || subject.startsWith('-') || /[\p{Cc}\p{Cf}]/u.test(subject)
      ? []
      : [`bulkhead recommend ${shellWord(subject)}`]
  const better =
    closes === undefined
      ? 'into which nobody has looked yet'
      : closes === total
        ? `which has none of its ${total}`
        : `which does not have ${closes} of its ${total}`
  const ended = outlook?.endedOn === undefined ? '' : ` has had no security fixes since ${outlook.endedOn}, and`
  const what =
    change !== undefined
      ? `${of}${ended} is better changed to ${change.name}, ${better}.${line ? ' Whoever has to stay on it upgrades by the line what its distribution has mended.' : ''}`
      : refreshes === 'newer'
        ? `${of} has been built again since: building on it closes ${closes ?? 'some'} of its ${total}.${isPinned ? ' The Dockerfile pins the old one, and the command writes the digest of the new one.' : ''}`
        : refreshes === 'present'
          ? `${of} is the newest of its tag.${line ? ' Until it is built again, the line upgrades what its distribution has mended.' : ''}`
          : `${of} is mended by whoever makes it: build again on its newest version${asks.length > 0 ? '; bulkhead recommend tells which others leave less' : ''}.`
  return {
    owner: 'base',
    ecosystem: undefined,
    text: sentences(what, all.every(({ to }) => to === undefined) ? 'No fix of any of them is known where they come from.' : ''),
    commands: change !== undefined ? rebase : refreshes === 'newer' ? [build] : refreshes === 'present' ? [] : [build, ...asks],
    ...(line ? { snippets: [line] } : {}),
    bySeverity,
    closes,
    upgrades: all.slice(0, upgradeLimit).map(upgradeOf),
  }
}
