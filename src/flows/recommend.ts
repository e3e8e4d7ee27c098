/** `bulkhead recommend`: which base image an image has → which others there are → what would remain on each. */

import { listed } from '../judge/base-catalogue.ts'
import type { DockerfileBase } from '../judge/base-dockerfile.ts'
import { dockerfileBase } from '../judge/base-dockerfile.ts'
import { baseOf } from '../judge/base-image.ts'
import { propose, smallerText } from '../judge/recommend.ts'
import { type BaseOutlook, remediesOf } from '../judge/remedies.ts'
import type { AdvisoryDatabase } from '../model/advisory.ts'
import type { BaseAnswer } from '../model/base-answer.ts'
import { bestOf } from '../model/best-candidate.ts'
import { type Problem, type Severity, UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Candidate, Measure, Measured, Recommendation } from '../model/recommendation.ts'
import type { ScanReport } from '../model/vulnerability.ts'
import type { World } from '../model/world.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { parseReference } from '../read/dockerfile/reference.ts'
import type { SourceOptions } from '../read/image/image-source.ts'
import { registryImages, tagsOf } from '../read/image/registry/known-images.ts'
import { longest } from '../show/recommend-text.ts'
import { type Group, groupsOf, listText } from '../show/scan-facts.ts'
import { knownImages } from './known-images.ts'
import { type ScanOptions, type Silencer, scanInventory } from './scan.ts'

export type RecommendOptions = {
  /** Undefined where the subject is a Dockerfile alone. */
  readonly image: string | undefined
  readonly dockerfile: string | undefined
  readonly candidates: readonly string[]
  readonly nonLts: boolean
  /** Ask no registry: the engine, archives and what is in the cache answer. */
  readonly offline: boolean
  /** How many candidates are looked into. */
  readonly limit: number
  readonly source: SourceOptions
  readonly scan: ScanOptions
  silencersFor(inventory: Inventory): readonly Silencer[]
  readonly cache: Parameters<typeof knownImages>[1]
  /** Reads an image; rejects with UsageError where it cannot be had. */
  read(subject: string, dockerfile: DockerfileBase | undefined, isSubject: boolean): Promise<Inventory>
}

const dockerfileLimit = 1024 * 1024
/** So many tags of the base's repository are compared with the image's layers. */
const comparedTags = 20

export const recommend = async (world: World, database: AdvisoryDatabase, options: RecommendOptions): Promise<Recommendation> => {
  const { scan, source } = options
  const today = scan.now.slice(0, 10)
  const dockerfile = options.dockerfile === undefined ? undefined : await readBase(world, options.dockerfile)
  const unverified: string[] = []
  const problems: Problem[] = []
  const inventory = options.image === undefined ? undefined : await options.read(options.image, dockerfile, true)
  if (inventory && !inventory.image)
    throw new UsageError(`${inventory.name} is no image: it has no layers that could be a base’s`, 'an image, or a Dockerfile')
  let answer: BaseAnswer = inventory?.baseAnswer ?? ofDockerfile(dockerfile!)
  const official = inventory?.image?.refs.find(isOfficial)
  // Nobody who asks about an official image builds it: the question is what to take in its place.
  if (official !== undefined)
    answer = {
      ...answer,
      standing: 'is-base',
      base: undefined,
      by: 'unknown',
      layers: 0,
      evidence: [`${official} is an official image, which others build on`, ...answer.evidence],
    }
  const named = answer.base?.name ?? official
  const distro = inventory?.distro
  const isBelieved = named !== undefined && (isKnownHost(named, inventory, dockerfile) || answer.by === 'layers')
  if (named !== undefined && !isBelieved && !options.offline)
    unverified.push(
      `the registry of ${named} was not asked: the image alone names it, and may name any host (--candidate ${named} asks it)`,
    )
  const asksRegistry = !options.offline && isBelieved
  const tags = asksRegistry ? await tagsOf(world, named, source) : undefined
  if (asksRegistry && !tags) unverified.push(`the registry of ${named} did not tell its tags`)
  if (options.offline) unverified.push('no registry was asked')
  if (inventory?.image && named !== undefined && official === undefined && tags && answer.by !== 'layers') {
    const known = [
      ...(await registryImages(world, named, nearest(named, tags), source)),
      ...(await knownImages(world, options.cache, true, source.note)),
    ]
    answer = baseOf(inventory.image, known, { proofs: inventory.proofs ?? [], distro, dockerfile })
  }
  const { base } = answer
  const whole =
    inventory &&
    scanInventory({ ...inventory, baseAnswer: answer, ...baseField(answer) }, database, {
      ...scan,
      silencers: options.silencersFor(inventory),
    })
  if (whole) problems.push(...whole.problems)
  const groups = whole && groupsOf(whole)
  const split = answer.layers !== undefined && answer.layers > 0 ? answer.layers : undefined
  const inBase = groups && split !== undefined ? groups.filter(one => one.isInBase === true) : undefined
  const ownGroups = groups && split !== undefined ? groups.filter(one => one.isInBase !== true) : undefined
  const isBase = base === undefined && answer.standing === 'is-base'
  const baseName = base?.name ?? (isBase ? (official ?? inventory?.image?.refs[0]) : undefined)
  let baseMeasure = whole && (inBase ? measureOf(whole, inBase, 0, split) : isBase ? measureOf(whole, groups!, 0) : undefined)
  const own = whole && ownGroups ? measureOf(whole, ownGroups, split) : undefined
  const proposal = baseName === undefined ? undefined : propose(baseName, { today, nonLts: options.nonLts, distro, tags })
  if (!proposal && options.candidates.length === 0)
    unverified.push('the name of the base image is not known: --candidate names images to compare with')
  unverified.push(...(proposal?.unverified ?? []))
  const byHand = [...new Set(options.candidates)].map(
    (name): Candidate => ({ name, kind: 'named', supportUntil: supportOf(name, today), benefits: [], risks: [] }),
  )
  const wanted = [...(proposal?.candidates ?? []).filter(({ name }) => !options.candidates.includes(name)), ...byHand]
  let presentCritical = new Set(critical(inBase ?? groups ?? []))
  const pinned = inventory === undefined ? pinnedIn(dockerfile) : undefined
  if (pinned !== undefined) {
    try {
      const found = await options.read(options.offline ? pinned : `registry:${pinned}`, undefined, false)
      const report = scanInventory(found, database, { ...scan, silencers: options.silencersFor(found) })
      problems.push(...report.problems.filter(({ kind }) => kind === 'failed'))
      baseMeasure = measureOf(report, groupsOf(report))
      presentCritical = new Set(critical(groupsOf(report)))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      unverified.push(`${pinned}: what the pinned base has was not looked at`)
    }
  }
  const measured: Measured[] = []
  /** What could not be read in the image or its present base either says nothing against a candidate. */
  const known = new Set(problems.filter(({ kind }) => kind === 'failed').map(textOf))
  /** Of the base's vulnerabilities, how many a candidate does not have. */
  const closed = new Map<string, number>()
  const baseIds = (inBase ?? (isBase ? groups! : undefined) ?? []).flatMap(openIds)
  const unreachable = new Set<string>()
  let looked = 0
  for (const candidate of wanted) {
    const isNamed = candidate.kind === 'named'
    const nothing = {
      measure: undefined,
      predicted: undefined,
      digest: undefined,
      pin: undefined,
      isPresent: false,
      newCritical: [],
    }
    const host = parseReference(candidate.name)?.registry ?? ''
    if (!isNamed && named !== undefined && !isBelieved && !options.offline && host === parseReference(named)?.registry) {
      measured.push({ ...candidate, ...nothing, missing: `the registry ${host} was not asked` })
      continue
    }
    if (!isNamed && looked >= options.limit) {
      measured.push({ ...candidate, ...nothing, missing: `only ${options.limit} candidates were looked into (--limit)` })
      continue
    }
    if (!isNamed && unreachable.has(host)) {
      measured.push({ ...candidate, ...nothing, missing: `${host} cannot be reached` })
      continue
    }
    let found: Inventory
    try {
      // The engine may keep what a tag meant long ago.
      const asked = isNamed || options.offline || isSource(candidate.name) ? candidate.name : `registry:${candidate.name}`
      found = await options.read(asked, undefined, false)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      // What was asked for by name, and is not there, is no mere hint.
      if (isNamed) throw error
      const detail = error.message.replace(/^registry:/, '').replace(`${candidate.name}: `, '')
      if (!options.offline && isUnreachable(detail)) unreachable.add(host)
      measured.push({
        ...candidate,
        ...nothing,
        missing: options.offline
          ? 'it is not on this machine, and no registry was asked'
          : error.message.replace(/^registry:/, ''),
      })
      continue
    }
    looked++
    const report = scanInventory(found, database, { ...scan, silencers: options.silencersFor(found) })
    const unread = report.problems.filter(({ kind }) => kind === 'failed')
    problems.push(...unread)
    const isPartial = unread.some(one => !known.has(textOf(one)))
    const its = groupsOf(report)
    const measure = measureOf(report, its, 0)
    const ids = new Set(its.flatMap(openIds))
    closed.set(candidate.name, baseIds.filter(id => !ids.has(id)).length)
    // The next build of a Dockerfile takes what the tag means now, unless a digest says otherwise.
    const isNext = !inventory && candidate.kind === 'refresh' && (pinned === undefined || hasDigest(found, dockerfile))
    if (isNext) {
      baseMeasure = measure
      presentCritical = new Set(critical(its))
      for (const one of unread) known.add(textOf(one))
    }
    const isPresent = isNext || startsWith(inventory, found)
    if (isPresent && candidate.kind === 'refresh' && options.offline)
      unverified.push(`whether the registry has a newer ${candidate.name} than the one that is here`)
    const newCritical = baseMeasure ? critical(its).filter(id => !presentCritical.has(id)) : []
    measured.push({
      ...candidate,
      // What was measured is said in numbers.
      benefits: [
        ...candidate.benefits.filter(text => text !== smallerText),
        ...deltas(baseMeasure, measure, isPresent, !options.offline),
      ],
      risks: isPartial
        ? [...candidate.risks, 'not all of it could be read: it may have more than what is counted']
        : candidate.risks,
      ...(isPartial ? { isPartial: true } : {}),
      measure,
      predicted: own && sum(own, measure),
      missing: undefined,
      digest: found.image?.manifest ?? undefined,
      pin: found.openedBy?.source === 'registry' ? (found.image?.index ?? found.image?.manifest) : undefined,
      isPresent,
      newCritical,
    })
  }
  const installed = whole && split !== undefined ? ownSystemPackages(whole.inventory, split) : []
  if (installed.length > 0) {
    const shown = installed.length > 4 ? [...installed.slice(0, 3), `${installed.length - 3} more`] : installed
    const [comes, steps] = installed.length === 1 ? ['comes', 'a step'] : ['come', 'steps']
    unverified.push(
      `${listText(shown)} ${comes} from ${steps} of its own: on another base that may bring other versions, or none; build, and bulkhead compare tells`,
    )
  }
  const missing = measured.filter(one => one.missing !== undefined)
  if (missing.length > 0)
    unverified.push(
      `${missing.map(({ name }) => name).join(', ')}: what would remain on ${missing.length === 1 ? 'it' : 'them'} was not looked at`,
    )
  const found: Omit<Recommendation, 'remedies'> = {
    version: scan.version,
    at: scan.now,
    image: whole && inventory ? { name: whole.inventory.name, measure: measureOf(whole, groups!, 0) } : undefined,
    dockerfile: options.dockerfile,
    answer,
    isOffline: options.offline,
    base: {
      name: baseName,
      digest: base?.digest,
      supportUntil: proposal?.supportUntil,
      isEnded: proposal?.isEnded ?? false,
      isPinned: pinnedIn(dockerfile) !== undefined && isBaseOf(dockerfile, baseName),
      measure: baseMeasure,
    },
    own,
    candidates: ranked(measured, today),
    unverified,
    problems: unique(problems),
  }
  const refresh = found.candidates.find(({ kind }) => kind === 'refresh')
  const best = bestOf(found)
  const told = found.base.isEnded ? longest(found.candidates) : undefined
  const outlook: BaseOutlook = {
    name: baseName,
    refresh: !refresh?.measure || (refresh.isPresent && options.offline) ? 'unknown' : refresh.isPresent ? 'present' : 'newer',
    refreshCloses: refresh && closed.get(refresh.name),
    isPinned: found.base.isPinned,
    change:
      best && best.kind !== 'refresh'
        ? { name: best.name, closes: closed.get(best.name) }
        : told && !best
          ? { name: told.name, closes: undefined }
          : undefined,
    endedOn: found.base.isEnded ? found.base.supportUntil : undefined,
  }
  if (!whole) return { ...found, remedies: [] }
  // Of an image that others build on, all is the base's.
  const judged = isBase ? { ...whole, base: undefined, findings: whole.findings.map(one => ({ ...one, isInBase: true })) } : whole
  return {
    ...found,
    remedies: remediesOf(judged, database, { orders: scan.orders, now: scan.now, base: outlook }),
    scan: judged,
  }
}

/** Names of the distribution's packages that were installed or upgraded on the base. */
const ownSystemPackages = ({ packages, layers }: Inventory, split: number): readonly string[] => {
  const inBase = new Set<string>(layers.slice(0, split).map(({ diffId }) => diffId))
  const own = packages.filter(
    ({ ecosystem, at: [at] }) => /^(?:alpm|apk|deb|rpm)$/.test(ecosystem) && at.in === 'layer' && !inBase.has(at.layer),
  )
  return [...new Set(own.map(({ name }) => name))].sort()
}

const openIds = ({ rows }: Group): readonly string[] =>
  rows.flatMap(({ standing, vulnerability: { id } }) => (standing === 'counts' ? [id] : []))

const textOf = ({ code, message }: Problem): string => `${code} ${message}`

const unique = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map(one => [textOf(one), one] as const)).values(),
]

/** Of a registry that nobody gets through to; one that answers, whatever it says, may have other images. */
const isUnreachable = (detail: string): boolean =>
  /^(?:no host is called|nobody listens at) |^\S+ (?:does not answer|sent nothing for|gave no whole answer)/.test(detail)

/** The very image that a Dockerfile is built on. */
const pinnedIn = (dockerfile: DockerfileBase | undefined): string | undefined =>
  dockerfile?.root.kind === 'image' && dockerfile.root.digest !== undefined
    ? `${dockerfile.root.name}@${dockerfile.root.digest}`
    : undefined

const isBaseOf = (dockerfile: DockerfileBase | undefined, name: string | undefined): boolean => {
  const [one, other] = [dockerfile?.root.kind === 'image' ? dockerfile.root.name : '', name ?? ''].map(parseReference)
  return (
    one !== undefined &&
    other !== undefined &&
    one.registry === other.registry &&
    one.repository === other.repository &&
    one.tag === other.tag
  )
}

const hasDigest = ({ image }: Inventory, dockerfile: DockerfileBase | undefined): boolean => {
  const digest = dockerfile?.root.kind === 'image' ? dockerfile.root.digest : undefined
  return digest !== undefined && (image?.manifest === digest || image?.index === digest)
}

const readBase = async (world: World, path: string): Promise<DockerfileBase> => {
  const found = dockerfileBase(readDockerfile(path, await world.files.read(path, dockerfileLimit)))
  if (!found) throw new UsageError(`${path} has no FROM`)
  return found
}

/** Of a Dockerfile without an image that was built from it. */
const ofDockerfile = ({ path, root }: DockerfileBase): BaseAnswer => {
  const common = { contradictions: [], layers: undefined, aliases: [] }
  if (root.kind === 'scratch')
    return { ...common, standing: 'scratch', base: undefined, by: 'dockerfile', evidence: [`${path} is FROM scratch`], layers: 0 }
  if (root.kind === 'unknown')
    return {
      ...common,
      standing: 'unknown',
      base: undefined,
      by: 'unknown',
      evidence: [`${path} is FROM ${root.text}, which is no name without build arguments`],
    }
  return {
    ...common,
    standing: 'on-base',
    base: { name: root.name, digest: root.digest },
    by: 'dockerfile',
    evidence: [`${path} is FROM ${root.name}`],
  }
}

const baseField = ({ base, by, layers, evidence, contradictions }: BaseAnswer): Pick<Inventory, 'base'> =>
  base && by !== 'unknown' && layers ? { base: { ...base, layers, decidedBy: by, evidence, contradictions } } : {}

/** `name` has a prefix that forces a source, as whoever asks may write it. */
const isSource = (name: string): boolean => /^(?:archive|dir|docker|oci|registry|sbom):/.test(name)

/** Tags that begin with the same number: the base is likely among them. */
const nearest = (name: string, tags: readonly string[]): readonly string[] => {
  const tag = parseReference(name)?.tag ?? 'latest'
  const first = /^[a-z]*\d*/i.exec(tag)![0]
  const near = tags.filter(one => one !== tag && one.startsWith(first))
  return [...(tags.includes(tag) ? [tag] : []), ...near, ...tags.filter(one => one !== tag && !near.includes(one))].slice(
    0,
    comparedTags,
  )
}

const isOfficial = (name: string): boolean => {
  const reference = parseReference(name)
  return reference !== undefined && listed(reference)?.isOfficial === true
}

/** Registries of those who make base images for everybody; a name without a host means the first one. */
const publicHosts: ReadonlySet<string> = new Set([
  'docker.io',
  'gcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.access.redhat.com',
])

/** What an image says of itself is no reason to speak to a host that nobody else named. */
const isKnownHost = (name: string, inventory: Inventory | undefined, dockerfile: DockerfileBase | undefined): boolean => {
  const hostOf = (text: string): string | undefined => parseReference(text)?.registry
  const host = hostOf(name)
  if (host === undefined) return false
  const asked = inventory?.openedBy?.source === 'registry' ? [inventory.openedBy.reference] : []
  const root = dockerfile?.root.kind === 'image' ? [dockerfile.root.name] : []
  return publicHosts.has(host) || [...asked, ...root].some(text => hostOf(text) === host)
}

const supportOf = (name: string, today: string): string | undefined => propose(name, { today, nonLts: false }).supportUntil

/** The image begins with these very layers. */
const startsWith = (inventory: Inventory | undefined, { image }: Inventory): boolean =>
  inventory?.image !== undefined &&
  image !== undefined &&
  image.layers.length > 0 &&
  image.layers.every(({ diffId }, i) => inventory.image!.layers[i]?.diffId === diffId)

const measureOf = ({ inventory, unjudged = [] }: ScanReport, groups: readonly Group[], from = 0, to?: number): Measure => {
  const bySeverity: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 }
  let kev = 0
  for (const { rows } of groups)
    for (const { standing, severity, vulnerability } of rows) {
      if (standing !== 'counts') continue
      bySeverity[severity]++
      if (vulnerability.kev !== undefined) kev++
    }
  const layers = inventory.layers.slice(from, to)
  const isWhole = from === 0 && to === undefined
  const ids = new Set<string>(layers.map(({ diffId }) => diffId))
  const packages = isWhole
    ? inventory.packages
    : inventory.packages.filter(({ at: [at] }) => at.in === 'layer' && ids.has(at.layer))
  const left = new Set(unjudged)
  return {
    bySeverity,
    kev,
    packages: packages.length,
    uncovered: packages.filter(({ purl }) => left.has(purl)).length,
    // A folder has no layers, and others' SBOMs have none of which a size is known.
    size: inventory.image === undefined && layers.every(({ size }) => size === 0) ? undefined : sizeOf(layers),
  }
}

const sizeOf = (layers: Inventory['layers']): number => layers.reduce((all, { size }) => all + size, 0)

const critical = (groups: readonly Group[]): readonly string[] => [
  ...new Set(
    groups.flatMap(({ rows }) =>
      rows.flatMap(({ standing, severity, vulnerability: { id } }) =>
        standing === 'counts' && severity === 'critical' ? [id] : [],
      ),
    ),
  ),
]

const sum = (a: Measure, b: Measure): Measure => ({
  bySeverity: Object.fromEntries(
    Object.entries(a.bySeverity).map(([severity, count]) => [severity, count + b.bySeverity[severity as Severity]]),
  ) as Measure['bySeverity'],
  kev: a.kev + b.kev,
  packages: a.packages + b.packages,
  uncovered: a.uncovered + b.uncovered,
  size: a.size === undefined || b.size === undefined ? undefined : a.size + b.size,
})

const total = ({ bySeverity }: Measure): number => Object.values(bySeverity).reduce((all, count) => all + count, 0)

const deltas = (before: Measure | undefined, after: Measure, isPresent: boolean, isNewest: boolean): readonly string[] => {
  if (!before) return []
  if (isPresent) return [isNewest ? 'up to date: the image has these very layers' : 'the image has these very layers']
  const fewer = total(before) - total(after)
  const packages = before.packages - after.packages
  return [
    ...(fewer > 0 ? [`${fewer} fewer ${fewer === 1 ? 'vulnerability' : 'vulnerabilities'}`] : []),
    ...(packages > 0 ? [`${packages} fewer ${packages === 1 ? 'package' : 'packages'}`] : []),
    ...(after.size !== undefined && before.size !== undefined && after.size < before.size
      ? [`smaller by ${Math.round((1 - after.size / before.size) * 100)} %`]
      : []),
  ]
}

const weights: readonly Severity[] = ['critical', 'high', 'medium', 'unknown', 'low']

/**
 * What was measured first; of it, what could be read as a whole, then what brings no new critical vulnerability, and still gets fixes; then by what would remain: exploited ones, then by severity, packages that nobody
 * judges, size, packages.
 */
const ranked = (all: readonly Measured[], today: string): readonly Measured[] => {
  const keys = ({ measure, newCritical, supportUntil, isPartial }: Measured): readonly number[] =>
    measure
      ? [
          0,
          isPartial ? 1 : 0,
          newCritical.length > 0 ? 1 : 0,
          supportUntil && supportUntil < today ? 1 : 0,
          measure.kev,
          ...weights.map(severity => measure.bySeverity[severity]),
          measure.uncovered,
          supportUntil === undefined ? 1 : 0,
          measure.size ?? Number.POSITIVE_INFINITY,
          measure.packages,
        ]
      : [1]
  return all.toSorted((a, b) => {
    const [left, right] = [keys(a), keys(b)]
    for (let i = 0; i < Math.min(left.length, right.length); i++) if (left[i] !== right[i]) return left[i]! - right[i]!
    return 0
  })
}
