/** `bulkhead compare`: two images → what was found in each → differences. */
import { authorityOf, languageIdentities, systemTypes } from '../judge/authorities.ts'
import { compareSides, type VersionOrders } from '../judge/compare.ts'
import { traitsOf } from '../judge/image-traits.ts'
import { withoutTokens } from '../judge/secrets/redact-names.ts'
import type { AdvisoryDatabase } from '../model/advisory.ts'
import {
  type ComparisonReport,
  type Side,
  type SideFinding,
  type SideHead,
  type SidePackage,
  type SideSecret,
  type SideVulnerability,
  sideVulnerability,
} from '../model/comparison.ts'
import { compareSeverity, type Location, type Problem, reaches, type Severity, UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { HistoryReport, Leak, LeakPlace } from '../model/leak.ts'
import type { Package } from '../model/package.ts'
import type { ScanReport, VulnerabilityFinding } from '../model/vulnerability.ts'
import { type World, WorldError } from '../model/world.ts'
import { type OwnReport, ReportError, readOwnReport, type ScanFacts } from '../read/own-reports.ts'

/** One side, and what could not be looked at of it. */
export type SideReport = { readonly side: Side; readonly problems: readonly Problem[] }

/** Of 50,000 packages, with all their files. */
const limit = 512 * 1024 * 1024

/** Undefined: the file is no report of ours, or there is none. Rejects with UsageError for one that is broken. */
export const openOwnReport = async (world: World, subject: string): Promise<OwnReport | undefined> => {
  const path = subject.startsWith('sbom:') ? subject.slice('sbom:'.length) : subject
  try {
    const found = await world.files.stat(path)
    if (found?.type !== 'file' || !startsAsJson(world, path)) return undefined
    return readOwnReport(await world.files.read(path, limit), path)
  } catch (error) {
    if (error instanceof ReportError)
      throw new UsageError(`${subject} is a report of bulkhead, and not as it was written: ${error.message}`)
    if (error instanceof WorldError) throw new UsageError(error.message)
    throw error
  }
}

/** Archives are not read whole to know that they are none. */
const startsAsJson = (world: World, path: string): boolean => {
  const file = world.files.open(path)
  try {
    const bytes = new Uint8Array(64)
    const text = new TextDecoder().decode(bytes.subarray(0, file.read(0, bytes)))
    return text.trimStart().startsWith('{')
  } finally {
    file.close()
  }
}

/** `asked`: what the user called it. `history`: undefined where the image itself is not at hand. */
export const sideOf = (
  asked: string,
  scan: ScanReport,
  history: HistoryReport | undefined,
  database: AdvisoryDatabase,
): SideReport => {
  // Both reports are without secrets.
  const { inventory } = scan
  const { kind, image, distro, layers, census } = inventory
  const unjudged = new Set(scan.unjudged)
  const order = distro && authorityOf(distro, database)?.order
  const traits = image || census ? traitsOf({ config: image?.config, platform: image?.platform, census }) : undefined
  return {
    side: {
      name: inventory.name,
      asked,
      kind,
      id: image?.id,
      platform: image?.platform,
      distro: distro?.name,
      scanned: scan.at,
      packages: inventory.packages.map(one => packageOf(one, order, !unjudged.has(one.purl), rootOf(inventory))),
      vulnerabilities: together(scan.findings.map(vulnerabilityOf)),
      layers: layers.length > 0 ? layers.map(({ diffId, size }) => ({ diffId, size })) : undefined,
      traits: traits?.length === 0 ? undefined : traits,
      secrets: history && history.sought !== 'none' ? secretsOf(history.leaks) : undefined,
      findings: history?.findings.filter(({ suppressed }) => !suppressed).map(one => findingOf(one, inventory)),
    },
    problems: uniqueProblems([...scan.problems, ...(history?.inventory.problems ?? [])]),
  }
}

/** A report of an earlier scan tells what was found, and not what was looked at. */
export const sideOfReport = (
  asked: string,
  { name, id, platform, distro, at, layers, vulnerabilities, problems }: ScanFacts,
): SideReport => ({
  side: withoutTokens({
    name,
    asked,
    kind: 'scan-report',
    id,
    platform,
    distro,
    scanned: at,
    packages: undefined,
    vulnerabilities: together(vulnerabilities),
    layers: layers.length > 0 ? layers : undefined,
    traits: undefined,
    secrets: undefined,
    findings: undefined,
  }),
  problems,
})

/** Two folders are called differently; '' where paths are the image's own. */
const rootOf = ({ kind, name }: Inventory): string => (kind === 'folder' ? name.replace(/\/+$/, '') : '')

const inside = (path: string, root: string): string =>
  root !== '' && path.startsWith(`${root}/`) ? path.slice(root.length) : path

const packageOf = (one: Package, systemOrder: string | undefined, isJudged: boolean, root: string): SidePackage => ({
  purl: one.purl,
  ecosystem: one.ecosystem,
  name: one.name,
  version: one.version,
  order: systemTypes.has(one.ecosystem) ? (systemOrder ?? systemOrders[one.ecosystem]) : languageIdentities(one.purl)[0]?.order,
  source: one.source ?? { name: one.name, version: one.version },
  path: inside(pathOf(one.at[0]), root),
  isJudged,
})

/** Where nobody has advisories on the distribution. */
const systemOrders: Readonly<Record<string, string>> = { deb: 'dpkg', apk: 'apk', rpm: 'rpm', alpm: 'alpm' }

const pathOf = (at: Location): string => ('path' in at ? (at.path ?? '') : '')

const vulnerabilityOf = ({ match, vulnerability, severity, suppressed }: VulnerabilityFinding): SideVulnerability =>
  sideVulnerability(match.package, match, vulnerability, severity, suppressed)

const standings: readonly SideVulnerability['standing'][] = ['counts', 'aside', 'suppressed']

/** One for each vulnerability of what is built from one source: what counts most of it. */
const together = (all: readonly SideVulnerability[]): readonly SideVulnerability[] =>
  [...Map.groupBy(all, ({ id, ecosystem, name }) => JSON.stringify([id, ecosystem, name])).values()].map(some => {
    const [first] = [...some].sort(
      (a, b) => standings.indexOf(a.standing) - standings.indexOf(b.standing) || compareSeverity(a.severity, b.severity),
    )
    return { ...first!, versions: [...new Set(some.flatMap(({ versions }) => versions))].sort() }
  })

const placeOf = (at: LeakPlace): string => {
  switch (at.in) {
    case 'config':
      return `configuration: ${at.field}`
    case 'history':
      return `history: ${at.what}`
    case 'file': {
      const inner = at.inside ?? at.git?.name ?? (at.git ? 'an object of Git' : undefined)
      return inner === undefined ? at.path : `${at.git?.objects ?? at.path} → ${inner}`
    }
  }
}

/** Samples, and what everybody has, are none; what was accepted neither. */
const secretsOf = (leaks: readonly Leak[]): readonly SideSecret[] => {
  const counted = leaks.filter(({ suppressed, severity }) => !suppressed && severity !== 'info')
  return [...Map.groupBy(counted, ({ rule, at }) => `${rule}\n${placeOf(at)}`).values()].map(some => {
    const [first] = [...some].sort((a, b) => compareSeverity(a.severity, b.severity))
    const { rule, name, at, severity } = first!
    const marks = some.map(({ fingerprint }) => fingerprint)
    return {
      rule,
      kind: name,
      place: placeOf(at),
      severity,
      count: some.length,
      reach: [...new Set(some.map(({ reach }) => reach))].sort(),
      fingerprints: marks.some(mark => mark === undefined) ? undefined : [...new Set(marks.map(mark => mark!))].sort(),
    }
  })
}

const findingOf = (
  { rule, key, severity, message, at }: HistoryReport['findings'][number],
  inventory: Inventory,
): SideFinding => {
  const root = rootOf(inventory)
  const places = at.map(place => ('path' in place ? (place.path ?? '') : 'field' in place ? place.field : ''))
  return {
    rule,
    key,
    severity,
    message: root === '' ? message : message.replaceAll(`${root}/`, '/'),
    places: places.map(place => inside(place, root)),
    isOfSettings: at.every(place => place.in === 'config'),
  }
}

const uniqueProblems = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map(one => [`${one.kind}\n${one.code}\n${one.message}`, one])).values(),
]

export type CompareOptions = {
  readonly version: string
  readonly orders: VersionOrders
  readonly database: Pick<AdvisoryDatabase, 'path' | 'built'>
}

export const compareReports = (
  before: SideReport,
  after: SideReport,
  { version, orders, database }: CompareOptions,
): ComparisonReport => ({
  ...compareSides(comparable(before.side, after.side), comparable(after.side, before.side), orders),
  version,
  before: headOf(before.side),
  after: headOf(after.side),
  database: { path: database.path, built: database.built },
  problems: [...problemsOf(before, after), ...gaps(before.side, after.side)],
})

const hasSettings = ({ traits }: Side): boolean => traits?.some(({ id }) => id === 'entrypoint') === true

/** What rules say of settings is compared where both have some. */
const comparable = (side: Side, other: Side): Side =>
  side.findings === undefined || (hasSettings(side) && hasSettings(other))
    ? side
    : { ...side, findings: side.findings.filter(({ isOfSettings }) => !isOfSettings) }

const headOf = ({ name, asked, kind, id, platform, distro, scanned }: Side): SideHead => ({
  name,
  asked,
  kind,
  id,
  platform,
  distro,
  scanned,
})

/** What holds for both is told once. */
const problemsOf = (before: SideReport, after: SideReport): readonly Problem[] => {
  const textOf = ({ kind, code, message }: Problem): string => `${kind}\n${code}\n${message}`
  const old = new Set(before.problems.map(textOf))
  const young = new Set(after.problems.map(textOf))
  const of = ({ side, problems }: SideReport, which: 'before' | 'after'): readonly Problem[] =>
    problems
      .filter(one => !(old.has(textOf(one)) && young.has(textOf(one))))
      .map(one => ({ ...one, message: `${which}, ${side.name}: ${one.message}` }))
  return [...before.problems.filter(one => young.has(textOf(one))), ...of(before, 'before'), ...of(after, 'after')]
}

const kinds: Readonly<Record<Side['kind'], readonly [one: string, both: string]>> = {
  image: ['an image', 'images'],
  folder: ['a folder', 'folders'],
  sbom: ['an SBOM', 'SBOMs'],
  'scan-report': ['a report of a scan', 'reports of scans'],
}

/** What was not compared, and why. */
const gaps = (before: Side, after: Side): readonly Problem[] => {
  const tells = ({ traits }: Side, id: string): boolean => traits?.some(one => one.id === id) === true
  const parts: readonly (readonly [string, (side: Side) => boolean])[] = [
    ['packages', side => side.packages !== undefined],
    ['layers and size', side => side.layers !== undefined],
    ['secrets', side => side.secrets !== undefined],
    ['rules on images', side => side.findings !== undefined],
    ['settings, and rules on them', hasSettings],
    ['programs, files and accounts', side => tells(side, 'setuid')],
  ]
  const missing = new Map<string, string[]>()
  for (const [title, isTold] of parts) {
    const why = reasonOf(isTold(before), before.kind, isTold(after), after.kind)
    if (why !== undefined) missing.set(why, [...(missing.get(why) ?? []), title])
  }
  const uncovered = (code: string, message: string): Problem => ({ kind: 'uncovered', code, message })
  return [
    ...Array.from(missing, ([why, titles]) => uncovered('not-compared', `${titles.join(', ')}: ${why}`)),
    ...(['before', 'after'] as const).flatMap(which => {
      const { kind, scanned } = which === 'before' ? before : after
      const day = scanned.slice(0, 16).replace('T', ' ')
      const message = `the report ${which} was made at ${day}: advisories that came or went since look like vulnerabilities that did`
      return kind === 'scan-report' ? [uncovered('other-advisories', message)] : []
    }),
    ...(before.platform !== undefined && after.platform !== undefined && before.platform !== after.platform
      ? [
          uncovered(
            'other-platform',
            `${before.platform} is compared with ${after.platform}: --platform chooses the same for both`,
          ),
        ]
      : []),
  ]
}

const reasonOf = (isToldBefore: boolean, before: Side['kind'], isToldAfter: boolean, after: Side['kind']): string | undefined => {
  if (isToldBefore && isToldAfter) return undefined
  if (isToldBefore) return `the one after is ${kinds[after][0]}, which does not tell`
  if (isToldAfter || before !== after) return `the one before is ${kinds[before][0]}, which does not tell`
  return `both are ${kinds[before][1]}, which do not tell`
}

/** Whether something that only the second has makes a build fail. What is exploited does at any severity, and what nobody has weighed where everything does. */
export const failsOnNew = ({ regressions }: Pick<ComparisonReport, 'regressions'>, failOn: Severity | 'none'): boolean =>
  failOn !== 'none' &&
  regressions.some(({ severity, isExploited }) => isExploited || reaches(severity === 'unknown' ? 'low' : severity, failOn))
