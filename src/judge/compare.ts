/** Two images → what the one has that the other has not. Nothing is asked of the outside: the same facts give the same differences. */
import type {
  Differences,
  Elsewhere,
  FindingChange,
  FindingDifferences,
  LayerDifferences,
  NumberDifference,
  PackageChange,
  PackageDifferences,
  Regression,
  Reweighed,
  SecretDifference,
  Side,
  SideFinding,
  SidePackage,
  SideSecret,
  SideVulnerability,
  Trait,
  TraitDifference,
  Trend,
  VulnerabilityDifference,
  VulnerabilityDifferences,
} from '../model/comparison.ts'
import { compareSeverity, type Severity, severities } from '../model/finding.ts'
import { systemTypes } from './authorities.ts'
import type { VersionOrder } from './version-order.ts'

export type VersionOrders = Readonly<Record<string, VersionOrder>>

export const compareSides = (before: Side, after: Side, orders: VersionOrders): Differences => {
  const packages = both(before.packages, after.packages, (a, b) => comparePackages(a, b, orders))
  const vulnerabilities = compareVulnerabilities(before, after)
  const layers = both(before.layers, after.layers, compareLayers)
  const traits = both(before.traits, after.traits, compareTraits)
  const secrets = both(before.secrets, after.secrets, compareSecrets)
  const findings = both(before.findings, after.findings, compareFindings)
  return {
    numbers: numbersOf(before, after),
    packages,
    vulnerabilities,
    layers,
    traits,
    secrets,
    findings,
    regressions: regressionsOf(vulnerabilities, secrets, findings),
  }
}

const both = <Facts, Found>(
  a: Facts | undefined,
  b: Facts | undefined,
  compare: (a: Facts, b: Facts) => Found,
): Found | undefined => (a === undefined || b === undefined ? undefined : compare(a, b))

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The elements of the first list that the second lacks, by key. */
const without = <Item>(items: readonly Item[], others: readonly Item[], key: (item: Item) => string): readonly Item[] => {
  const known = new Set(others.map(key))
  return items.filter(item => !known.has(key(item)))
}

// Packages

/**
 * By ecosystem and name, whatever the architecture and the release of the distribution. Of a name that is there in several versions those that both have are
 * paired first, then what lies in the same place, then the others by their order, from the newest on: what is left over was added or removed.
 */
export const comparePackages = (
  before: readonly SidePackage[],
  after: readonly SidePackage[],
  orders: VersionOrders,
): PackageDifferences => {
  const nameOf = ({ ecosystem, name }: SidePackage): string => `${ecosystem}\n${name}`
  const old = Map.groupBy(before, nameOf)
  const young = Map.groupBy(after, nameOf)
  const added: SidePackage[] = []
  const removed: SidePackage[] = []
  const changed: PackageChange[] = []
  for (const name of new Set([...old.keys(), ...young.keys()])) {
    let a = sorted(old.get(name) ?? [], orders)
    let b = sorted(young.get(name) ?? [], orders)
    ;[a, b] = unpaired(a, b, ({ purl }) => purl)
    ;[a, b] = unpaired(a, b, ({ version }) => version)
    const pairs: (readonly [SidePackage, SidePackage])[] = []
    ;[a, b] = unpaired(
      a,
      b,
      ({ path }) => path,
      (one, other) => pairs.push([one, other]),
    )
    const count = Math.min(a.length, b.length)
    for (let i = 0; i < count; i++) pairs.push([a[i]!, b[i]!])
    removed.push(...a.slice(count))
    added.push(...b.slice(count))
    changed.push(...pairs.map(([one, other]) => changeOf(one, other, orders)))
  }
  const order = (one: SidePackage, other: SidePackage): number =>
    byText(one.ecosystem, other.ecosystem) || byText(one.name, other.name) || byText(one.purl, other.purl)
  return {
    added: added.sort(order),
    removed: removed.sort(order),
    changed: changed.sort(
      (one, other) =>
        byText(one.ecosystem, other.ecosystem) ||
        byText(one.name, other.name) ||
        byText([one.before, one.after].sort().join('\n'), [other.before, other.after].sort().join('\n')),
    ),
  }
}

/** The newest first. */
const sorted = (packages: readonly SidePackage[], orders: VersionOrders): readonly SidePackage[] =>
  packages.length < 2
    ? packages
    : [...packages]
        .sort((a, b) => byText(a.purl, b.purl))
        .sort((a, b) => versionDifference(b, a, orders) ?? byText(b.version, a.version))

const versionDifference = (a: SidePackage, b: SidePackage, orders: VersionOrders): number | undefined =>
  a.order === undefined || a.order !== b.order ? undefined : orders[a.order]?.compare(a.version, b.version)

const unpaired = (
  a: readonly SidePackage[],
  b: readonly SidePackage[],
  key: (one: SidePackage) => string,
  take: (one: SidePackage, other: SidePackage) => unknown = () => undefined,
): readonly [readonly SidePackage[], readonly SidePackage[]] => {
  if (a.length === 0 || b.length === 0) return [a, b]
  const waiting = new Map<string, SidePackage[]>()
  for (const one of b) {
    const list = waiting.get(key(one))
    if (list) list.push(one)
    else waiting.set(key(one), [one])
  }
  const taken = new Set<SidePackage>()
  const rest = a.filter(one => {
    const name = key(one)
    const other = name === '' ? undefined : waiting.get(name)?.shift()
    if (!other) return true
    taken.add(other)
    take(one, other)
    return false
  })
  return [rest, b.filter(one => !taken.has(one))]
}

const changeOf = (before: SidePackage, after: SidePackage, orders: VersionOrders): PackageChange => {
  const difference = versionDifference(before, after, orders)
  return {
    ecosystem: after.ecosystem,
    name: after.name,
    // The name of one source for both, where there are two.
    source: [before.source.name, after.source.name].sort(byText)[0]!,
    before: before.version,
    after: after.version,
    direction: difference === undefined || difference === 0 ? 'unclear' : difference < 0 ? 'upgrade' : 'downgrade',
  }
}

// Vulnerabilities

/**
 * What is built from one source, so that libssl3 in place of libssl1.1 is no other package; and the same for all operating systems, which call nearly all
 * sources alike: a vulnerability of curl stays the same when Alpine's curl takes the place of Debian's.
 */
const subjectOf = (ecosystem: string, name: string): string => `${systemTypes.has(ecosystem) ? 'os' : ecosystem}\n${name}`

type Subjects = ReadonlyMap<string, { readonly versions: readonly string[]; readonly isJudged: boolean }>

const subjectsOf = ({ packages, vulnerabilities }: Side): Subjects => {
  const found = new Map<string, { versions: Set<string>; isJudged: boolean }>()
  const add = (key: string, versions: readonly string[], isJudged: boolean): void => {
    const known = found.get(key)
    if (!known) found.set(key, { versions: new Set(versions), isJudged })
    else {
      for (const version of versions) known.versions.add(version)
      known.isJudged &&= isJudged
    }
  }
  for (const { ecosystem, source, isJudged } of packages ?? []) add(subjectOf(ecosystem, source.name), [source.version], isJudged)
  if (!packages) for (const { ecosystem, name, versions } of vulnerabilities) add(subjectOf(ecosystem, name), versions, true)
  return new Map(
    Array.from(found, ([key, { versions, isJudged }]) => [key, { versions: [...versions].sort(byText), isJudged }] as const),
  )
}

const keyOf = ({ id, ecosystem, name }: Pick<SideVulnerability, 'id' | 'ecosystem' | 'name'>): string =>
  `${id}\n${subjectOf(ecosystem, name)}`

const compareVulnerabilities = (before: Side, after: Side): VulnerabilityDifferences => {
  const old = new Map(before.vulnerabilities.map(one => [keyOf(one), one]))
  const young = new Map(after.vulnerabilities.map(one => [keyOf(one), one]))
  const versionsBefore = subjectsOf(before)
  const versionsAfter = subjectsOf(after)
  const difference = (
    { versions: _, standing: __, ...one }: SideVulnerability,
    other: SideVulnerability | undefined,
    subjects: Subjects,
  ): VulnerabilityDifference => {
    const subject = subjectOf(one.ecosystem, one.name)
    const elsewhere: Elsewhere =
      other && other.standing !== 'counts' ? other.standing : subjects.get(subject)?.isJudged === false ? 'not-judged' : 'absent'
    return {
      ...one,
      before: versionsBefore.get(subject)?.versions ?? [],
      after: versionsAfter.get(subject)?.versions ?? [],
      other: elsewhere,
    }
  }
  const opened: VulnerabilityDifference[] = []
  const closed: VulnerabilityDifference[] = []
  const reweighed: Reweighed[] = []
  let remaining = 0
  for (const [key, one] of young) {
    if (one.standing !== 'counts') continue
    const other = old.get(key)
    if (other?.standing !== 'counts') opened.push(difference(one, other, versionsBefore))
    else {
      remaining++
      const { id, ecosystem, name } = one
      if (one.severity !== other.severity) reweighed.push({ id, ecosystem, name, before: other.severity, after: one.severity })
    }
  }
  for (const [key, one] of old)
    if (one.standing === 'counts' && young.get(key)?.standing !== 'counts')
      closed.push(difference(one, young.get(key), versionsAfter))
  return {
    opened: opened.sort(worstFirst),
    closed: closed.sort(worstFirst),
    reweighed: reweighed.sort((a, b) => byText(a.id, b.id) || byText(a.name, b.name)),
    remaining,
  }
}

const worstFirst = (a: VulnerabilityDifference, b: VulnerabilityDifference): number =>
  Number(b.isMalware) - Number(a.isMalware) ||
  Number(b.isExploited) - Number(a.isExploited) ||
  compareSeverity(a.severity, b.severity) ||
  (b.epss ?? -1) - (a.epss ?? -1) ||
  byText(a.id, b.id) ||
  byText(a.name, b.name)

// Layers

const compareLayers = (before: NonNullable<Side['layers']>, after: NonNullable<Side['layers']>): LayerDifferences => {
  let shared = 0
  while (shared < Math.min(before.length, after.length) && before[shared]!.diffId === after[shared]!.diffId) shared++
  return { before: totalOf(before), after: totalOf(after), shared }
}

const totalOf = (layers: NonNullable<Side['layers']>): { readonly count: number; readonly size: number } => ({
  count: layers.length,
  size: layers.reduce((sum, { size }) => sum + size, 0),
})

// Settings, and what helps an attacker on

/** What only one of the two can have at all is not compared: a folder has no settings. */
const compareTraits = (before: readonly Trait[], after: readonly Trait[]): readonly TraitDifference[] => {
  const young = new Map(after.map(one => [one.id, one]))
  return before.flatMap(one => {
    const other = young.get(one.id)
    const difference = other && compareTrait(one, other)
    return difference ? [difference] : []
  })
}

const compareTrait = (old: Trait, young: Trait): TraitDifference | undefined => {
  const { id, group, title } = old
  const nothing = { id, group, title, before: undefined, after: undefined, added: [], removed: [], changed: [] }
  if (old.kind === 'value' && young.kind === 'value')
    return old.value === young.value
      ? undefined
      : { ...nothing, before: old.value, after: young.value, trend: trendOf(old.risk, young.risk) }
  if (old.kind === 'value' || young.kind === 'value') throw new Error(`${id} is a list in one image only`)
  const { isRisk } = old
  if (old.count > old.items.length || young.count > young.items.length) {
    // Of cut lists nobody knows which are new.
    if (old.count === young.count) return undefined
    return {
      ...nothing,
      before: String(old.count),
      after: String(young.count),
      trend: isRisk ? trendOf(old.count, young.count) : 'neutral',
    }
  }
  const name = (item: { readonly name: string }): string => item.name
  const added = without(young.items, old.items, name).map(name).sort(byText)
  const removed = without(old.items, young.items, name).map(name).sort(byText)
  const marks = new Map(old.items.map(item => [item.name, item.mark]))
  const changed = young.items
    .filter(item => marks.has(item.name) && marks.get(item.name) !== item.mark)
    .map(name)
    .sort(byText)
  if (added.length + removed.length + changed.length === 0) return undefined
  const trend: Trend =
    !isRisk || added.length + removed.length === 0
      ? 'neutral'
      : removed.length === 0
        ? 'worse'
        : added.length === 0
          ? 'better'
          : 'mixed'
  return { ...nothing, added, removed, changed, trend }
}

const trendOf = (before: number | undefined, after: number | undefined): Trend =>
  before === undefined || after === undefined || before === after ? 'neutral' : after < before ? 'better' : 'worse'

// Secrets

const compareSecrets = (before: readonly SideSecret[], after: readonly SideSecret[]): readonly SecretDifference[] => {
  const key = ({ rule, place }: SideSecret): string => `${rule}\n${place}`
  const old = new Map(before.map(one => [key(one), one]))
  const young = new Map(after.map(one => [key(one), one]))
  return [...new Set([...old.keys(), ...young.keys()])]
    .flatMap((name): SecretDifference[] => {
      const a = old.get(name)
      const b = young.get(name)
      const { rule, kind, place } = (a ?? b)!
      const counts = { before: a?.count ?? 0, after: b?.count ?? 0 }
      const isOther =
        counts.before === counts.after &&
        a?.fingerprints !== undefined &&
        b?.fingerprints !== undefined &&
        a.fingerprints.join() !== b.fingerprints.join()
      const isElsewhere = a?.reach.join() !== b?.reach.join()
      if (counts.before === counts.after && !isOther && !isElsewhere) return []
      return [
        {
          rule,
          kind,
          place,
          severity: worst(a?.severity, b?.severity),
          ...counts,
          reachBefore: a?.reach ?? [],
          reachAfter: b?.reach ?? [],
          isOther,
          trend: trendOf(counts.before, counts.after),
        },
      ]
    })
    .sort((a, b) => compareSeverity(a.severity, b.severity) || byText(a.rule, b.rule) || byText(a.place, b.place))
}

const worst = (a: Severity | undefined, b: Severity | undefined): Severity =>
  a === undefined ? b! : b === undefined || compareSeverity(a, b) <= 0 ? a : b

// Findings of rules

/** What only one has of a rule is held against what only the other has of it, as long as there is any: a list of programs that has grown is one finding. */
const compareFindings = (before: readonly SideFinding[], after: readonly SideFinding[]): FindingDifferences => {
  const key = (one: SideFinding): string => `${one.rule}\n${one.key}`
  const rule = (one: SideFinding): string => one.rule
  const old = Map.groupBy(without(before, after, key), rule)
  const young = Map.groupBy(without(after, before, key), rule)
  const known = new Map(before.map(one => [key(one), one]))
  const pairs: (readonly [SideFinding, SideFinding])[] = after.flatMap(one => {
    const other = known.get(key(one))
    return other ? [[other, one] as const] : []
  })
  const opened: SideFinding[] = []
  const closed: SideFinding[] = []
  for (const name of new Set([...old.keys(), ...young.keys()])) {
    const a = [...(old.get(name) ?? [])].sort(heaviest)
    const b = [...(young.get(name) ?? [])].sort(heaviest)
    const count = Math.min(a.length, b.length)
    for (let i = 0; i < count; i++) pairs.push([a[i]!, b[i]!])
    closed.push(...a.slice(count))
    opened.push(...b.slice(count))
  }
  return {
    opened: opened.sort(heaviest),
    closed: closed.sort(heaviest),
    changed: pairs
      .flatMap(([a, b]) => findingChange(a, b))
      .sort(
        (a, b) =>
          byText(a.rule, b.rule) ||
          byText([a.before.message, a.after.message].sort().join(), [b.before.message, b.after.message].sort().join()),
      ),
  }
}

const heaviest = (a: SideFinding, b: SideFinding): number =>
  compareSeverity(a.severity, b.severity) || byText(a.rule, b.rule) || byText(a.message, b.message) || byText(a.key, b.key)

const findingChange = (a: SideFinding, b: SideFinding): readonly FindingChange[] => {
  const weight = compareSeverity(b.severity, a.severity)
  const more = b.places.some(place => !a.places.includes(place))
  const less = a.places.some(place => !b.places.includes(place))
  if (weight === 0 && !more && !less && a.message === b.message) return []
  const isWorse = weight < 0 || (more && weight === 0)
  const isBetter = weight > 0 || (less && weight === 0)
  return [
    {
      rule: b.rule,
      before: { severity: a.severity, message: a.message },
      after: { severity: b.severity, message: b.message },
      trend: isWorse && isBetter ? 'mixed' : isWorse ? 'worse' : isBetter ? 'better' : 'neutral',
    },
  ]
}

// All together

const numbersOf = (before: Side, after: Side): readonly NumberDifference[] => {
  const number = (id: string, of: (side: Side) => number | undefined, isRisk = true): NumberDifference => {
    const [a, b] = [of(before), of(after)]
    return { id, before: a, after: b, trend: isRisk ? trendOf(a, b) : 'neutral' }
  }
  const open = ({ vulnerabilities }: Side): readonly SideVulnerability[] =>
    vulnerabilities.filter(({ standing }) => standing === 'counts')
  const listed =
    (id: string) =>
    (side: Side): number | undefined => {
      const trait = side.traits?.find(one => one.id === id)
      return trait?.kind === 'list' ? trait.count : undefined
    }
  return [
    number('vulnerabilities', side => open(side).length),
    ...severities.map(severity => number(severity, side => open(side).filter(one => one.severity === severity).length)),
    number('exploited', side => open(side).filter(({ isExploited }) => isExploited).length),
    number('unjudged', side => side.packages?.filter(({ isJudged }) => !isJudged).length),
    number('packages', side => side.packages?.length, false),
    number('size', side => side.layers && totalOf(side.layers).size),
    number('layers', side => side.layers?.length, false),
    number('secrets', side => side.secrets?.reduce((sum, { count }) => sum + count, 0)),
    number('setuid', listed('setuid')),
    number('findings', side => side.findings?.length),
  ]
}

const regressionsOf = (
  { opened }: VulnerabilityDifferences,
  secrets: readonly SecretDifference[] | undefined,
  findings: FindingDifferences | undefined,
): readonly Regression[] =>
  [
    ...opened.map(
      ({ id, name, severity, isExploited }): Regression => ({ what: 'vulnerability', severity, isExploited, id, where: name }),
    ),
    ...(secrets ?? [])
      .filter(({ trend }) => trend === 'worse')
      .map(({ rule, place, severity }): Regression => ({ what: 'secret', severity, isExploited: false, id: rule, where: place })),
    ...[
      ...(findings?.opened ?? []),
      ...(findings?.changed ?? [])
        .filter(({ trend }) => trend === 'worse' || trend === 'mixed')
        .map(({ rule, after }) => ({ rule, ...after })),
    ].map(
      ({ rule, severity, message }): Regression => ({ what: 'finding', severity, isExploited: false, id: rule, where: message }),
    ),
  ].sort((a, b) => Number(b.isExploited) - Number(a.isExploited) || compareSeverity(a.severity, b.severity))
