import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  Differences,
  Side,
  SideFinding,
  SidePackage,
  SideSecret,
  SideStanding,
  SideVulnerability,
  Trait,
  Trend,
} from '../model/comparison.ts'
import { type Severity, severities } from '../model/finding.ts'
import { comparePackages, compareSides } from './compare.ts'
import { versionOrders } from './versions/registry.ts'

const side = (facts: Partial<Side> = {}): Side => ({
  name: 'a',
  asked: 'a',
  kind: 'image',
  id: undefined,
  platform: undefined,
  distro: undefined,
  scanned: '2026-08-01T00:00:00Z',
  packages: [],
  vulnerabilities: [],
  layers: [],
  traits: [],
  secrets: [],
  findings: [],
  ...facts,
})

const deb = (name: string, version: string, more: Partial<SidePackage> = {}): SidePackage => ({
  purl: `pkg:deb/debian/${name}@${version}?arch=amd64`,
  ecosystem: 'deb',
  name,
  version,
  order: 'dpkg',
  source: { name, version },
  path: '/var/lib/dpkg/status',
  isJudged: true,
  ...more,
})
const npm = (name: string, version: string, path: string): SidePackage => ({
  purl: `pkg:npm/${name}@${version}`,
  ecosystem: 'npm',
  name,
  version,
  order: 'semver',
  source: { name, version },
  path,
  isJudged: true,
})
const vulnerability = (id: string, name: string, more: Partial<SideVulnerability> = {}): SideVulnerability => ({
  id,
  ecosystem: 'deb',
  name,
  versions: ['1'],
  severity: 'high',
  standing: 'counts',
  isExploited: false,
  isMalware: false,
  epss: undefined,
  fixedIn: undefined,
  summary: '',
  url: '',
  ...more,
})
const secret = (rule: string, place: string, more: Partial<SideSecret> = {}): SideSecret => ({
  rule,
  kind: rule,
  place,
  severity: 'critical',
  count: 1,
  reach: ['image'],
  fingerprints: undefined,
  ...more,
})
const finding = (rule: string, key: string, more: Partial<SideFinding> = {}): SideFinding => ({
  rule,
  key,
  severity: 'high',
  message: `${rule} ${key}`,
  places: [key],
  isOfSettings: false,
  ...more,
})
const list = (
  id: string,
  names: readonly string[],
  more: { readonly isRisk?: boolean; readonly count?: number } = {},
): Trait => ({
  id,
  group: 'way-out',
  title: id,
  kind: 'list',
  items: names.map(name => ({ name })),
  count: names.length,
  isRisk: true,
  ...more,
})
const value = (id: string, text: string, risk?: number): Trait => ({
  id,
  group: 'setting',
  title: id,
  kind: 'value',
  value: text,
  risk,
})

const compare = (before: Partial<Side>, after: Partial<Side>): Differences =>
  compareSides(side(before), side(after), versionOrders)

describe('packages', () => {
  const told = (before: readonly SidePackage[], after: readonly SidePackage[]): readonly string[] => {
    const { added, removed, changed } = comparePackages(before, after, versionOrders)
    return [
      ...changed.map(one => `${one.direction} ${one.name} ${one.before} ${one.after}`),
      ...added.map(one => `+ ${one.name} ${one.version}`),
      ...removed.map(one => `- ${one.name} ${one.version}`),
    ]
  }

  test.each<[string, readonly SidePackage[], readonly SidePackage[], readonly string[]]>([
    ['the order of dpkg: a tilde comes before everything', [deb('a', '1.0~rc1')], [deb('a', '1.0')], ['upgrade a 1.0~rc1 1.0']],
    ['epochs count first', [deb('a', '1:1.0')], [deb('a', '9.0')], ['downgrade a 1:1.0 9.0']],
    ['numbers, not texts', [npm('b', '1.9.0', '/x')], [npm('b', '1.10.0', '/x')], ['upgrade b 1.9.0 1.10.0']],
    ['what is no version', [npm('b', 'main', '/x')], [npm('b', '1.0.0', '/x')], ['unclear b main 1.0.0']],
    ['another ecosystem is another package', [deb('a', '1')], [npm('a', '1', '/x')], ['+ a 1', '- a 1']],
    ['another architecture is none', [deb('a', '1')], [deb('a', '1', { purl: 'pkg:deb/debian/a@1?arch=arm64' })], []],
    ['both versions stay', [npm('b', '1.0.0', '/x'), npm('b', '2.0.0', '/y')], [npm('b', '2.0.0', '/x')], ['- b 1.0.0']],
    [
      'the same place is the same package',
      [npm('b', '1.0.0', '/x'), npm('b', '3.0.0', '/y')],
      [npm('b', '1.0.1', '/x'), npm('b', '2.9.0', '/y')],
      ['upgrade b 1.0.0 1.0.1', 'downgrade b 3.0.0 2.9.0'],
    ],
    [
      'elsewhere the newest are paired',
      [npm('b', '1.0.0', '/a'), npm('b', '2.0.0', '/b')],
      [npm('b', '2.1.0', '/c')],
      ['upgrade b 2.0.0 2.1.0', '- b 1.0.0'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect([...told(before, after)].sort()).toEqual([...expected].sort())
  })

  test('nobody knows an order: it is not guessed', () => {
    const one = deb('a', '1', { order: undefined })
    expect(told([one], [deb('a', '2', { order: undefined })])).toEqual(['unclear a 1 2'])
  })
})

describe('vulnerabilities', () => {
  test('opened and closed by id and source, the worst first; what is in both is counted', () => {
    const { vulnerabilities, regressions } = compare(
      {
        packages: [deb('ssl', '1'), deb('tar', '1')],
        vulnerabilities: [vulnerability('CVE-1', 'ssl'), vulnerability('CVE-2', 'ssl')],
      },
      {
        packages: [deb('ssl', '2')],
        vulnerabilities: [
          vulnerability('CVE-2', 'ssl'),
          vulnerability('CVE-3', 'ssl', { severity: 'low' }),
          vulnerability('CVE-4', 'ssl', { severity: 'critical' }),
          vulnerability('CVE-5', 'ssl', { severity: 'low', isExploited: true }),
        ],
      },
    )
    expect(vulnerabilities.opened.map(({ id }) => id)).toEqual(['CVE-5', 'CVE-4', 'CVE-3'])
    expect(vulnerabilities.closed).toMatchObject([{ id: 'CVE-1', before: ['1'], after: ['2'], other: 'absent' }])
    expect(vulnerabilities.remaining).toBe(1)
    expect(regressions.map(({ id }) => id)).toEqual(['CVE-5', 'CVE-4', 'CVE-3'])
  })

  test('a package that nobody judges any more has closed nothing for certain', () => {
    const { vulnerabilities } = compare(
      { packages: [deb('ssl', '1')], vulnerabilities: [vulnerability('CVE-1', 'ssl')] },
      { packages: [deb('ssl', '1', { isJudged: false })] },
    )
    expect(vulnerabilities.closed).toMatchObject([{ id: 'CVE-1', other: 'not-judged' }])
    const source = { name: 'ssl', version: '1' }
    const some = [deb('libssl', '1', { source, isJudged: false }), deb('ssl', '1')]
    for (const packages of [some, some.toReversed()])
      expect(compare({ vulnerabilities: [vulnerability('CVE-1', 'ssl')] }, { packages }).vulnerabilities.closed).toMatchObject([
        { other: 'not-judged' },
      ])
  })

  test.each<[SideStanding, string]>([
    ['aside', 'aside'],
    ['suppressed', 'suppressed'],
  ])('what was %s before, and counts now, is new', (standing, other) => {
    const { vulnerabilities } = compare(
      { vulnerabilities: [vulnerability('CVE-1', 'ssl', { standing })] },
      { vulnerabilities: [vulnerability('CVE-1', 'ssl')] },
    )
    expect(vulnerabilities.opened).toMatchObject([{ id: 'CVE-1', other }])
  })

  test('another distribution with the same source is not another vulnerability; another severity is told', () => {
    const { vulnerabilities, regressions } = compare(
      { vulnerabilities: [vulnerability('CVE-1', 'curl')] },
      { vulnerabilities: [vulnerability('CVE-1', 'curl', { ecosystem: 'apk', severity: 'critical' })] },
    )
    expect(vulnerabilities).toMatchObject({
      opened: [],
      closed: [],
      remaining: 1,
      reweighed: [{ id: 'CVE-1', before: 'high', after: 'critical' }],
    })
    expect(regressions).toEqual([])
  })

  test('npm’s tar is not Debian’s', () => {
    const { vulnerabilities } = compare(
      { vulnerabilities: [vulnerability('CVE-1', 'tar')] },
      { vulnerabilities: [vulnerability('CVE-1', 'tar', { ecosystem: 'npm' })] },
    )
    expect(vulnerabilities.opened).toHaveLength(1)
    expect(vulnerabilities.closed).toHaveLength(1)
  })
})

describe('settings', () => {
  test.each<[string, Trait, Trait, object | undefined]>([
    ['less is better', list('setuid', ['/a', '/b']), list('setuid', ['/a']), { removed: ['/b'], added: [], trend: 'better' }],
    ['more is worse', list('setuid', []), list('setuid', ['/a']), { added: ['/a'], trend: 'worse' }],
    ['both', list('setuid', ['/a']), list('setuid', ['/b']), { added: ['/b'], removed: ['/a'], trend: 'mixed' }],
    ['no risk', list('volumes', [], { isRisk: false }), list('volumes', ['/v'], { isRisk: false }), { trend: 'neutral' }],
    [
      'cut lists: only how many',
      list('setuid', ['/a'], { count: 9 }),
      list('setuid', ['/b'], { count: 12 }),
      { before: '9', after: '12', added: [], trend: 'worse' },
    ],
    ['cut lists of the same length', list('setuid', ['/a'], { count: 9 }), list('setuid', ['/b'], { count: 9 }), undefined],
    ['to root', value('user', 'app', 0), value('user', 'root', 1), { before: 'app', after: 'root', trend: 'worse' }],
    ['a command', value('command', 'a'), value('command', 'b'), { trend: 'neutral' }],
  ])('%s', (_, before, after, expected) => {
    const { traits } = compare({ traits: [before] }, { traits: [after] })
    expect(traits).toMatchObject(expected === undefined ? [] : [expected])
  })

  test('the content of a variable is compared by its mark, and what only one can have is not', () => {
    const variable = (mark: string): Trait => ({ ...list('environment', []), items: [{ name: 'A', mark }], count: 1 }) as Trait
    expect(compare({ traits: [variable('1')] }, { traits: [variable('2')] }).traits).toMatchObject([{ changed: ['A'] }])
    expect(compare({ traits: [variable('1'), value('user', 'a')] }, { traits: [variable('1')] }).traits).toEqual([])
  })
})

test('secrets: by kind and place; one more is a regression, another one in its place is told', () => {
  const { secrets, regressions } = compare(
    {
      secrets: [
        secret('secret/x', '/gone'),
        secret('secret/x', '/more'),
        secret('secret/x', '/same'),
        secret('secret/x', '/other', { fingerprints: ['a'] }),
        secret('secret/x', '/deleted'),
      ],
    },
    {
      secrets: [
        secret('secret/x', '/more', { count: 3 }),
        secret('secret/x', '/same'),
        secret('secret/x', '/other', { fingerprints: ['b'] }),
        secret('secret/x', '/deleted', { reach: ['deleted'] }),
        secret('secret/y', '/same', { severity: 'low' }),
      ],
    },
  )
  expect(secrets?.map(one => `${one.rule} ${one.place} ${one.before} ${one.after} ${one.trend} ${one.isOther}`)).toEqual([
    'secret/x /deleted 1 1 neutral false',
    'secret/x /gone 1 0 better false',
    'secret/x /more 1 3 worse false',
    'secret/x /other 1 1 neutral true',
    'secret/y /same 0 1 worse false',
  ])
  expect(regressions.map(({ id, where, severity }) => `${id} ${where} ${severity}`)).toEqual([
    'secret/x /more critical',
    'secret/y /same low',
  ])
})

test('findings: a list that has grown is worse, one that has shrunk better, other words alone neither', () => {
  const setuid = (places: readonly string[], more: Partial<SideFinding> = {}): SideFinding =>
    finding('image/setuid-file', places[0]!, { places, message: `${places.length} programs`, ...more })
  const trend = (before: SideFinding, after: SideFinding): Trend | undefined => {
    const found = compare({ findings: [before] }, { findings: [after] }).findings
    expect([...(found?.opened ?? []), ...(found?.closed ?? [])]).toEqual([])
    return found?.changed[0]?.trend
  }
  expect(trend(setuid(['/a']), setuid(['/a', '/b']))).toBe('worse')
  expect(trend(setuid(['/0', '/a']), setuid(['/a']))).toBe('better')
  expect(trend(setuid(['/a']), setuid(['/b']))).toBe('mixed')
  expect(trend(setuid(['/a']), setuid(['/a'], { message: 'since 3 days' }))).toBe('neutral')
  expect(trend(setuid(['/a'], { severity: 'low' }), setuid(['/a']))).toBe('worse')
  expect(trend(setuid(['/a']), setuid(['/a']))).toBe(undefined)
  const { findings, regressions } = compare({ findings: [finding('a', '1')] }, { findings: [finding('b', '1')] })
  expect(findings).toMatchObject({ opened: [{ rule: 'b' }], closed: [{ rule: 'a' }], changed: [] })
  expect(regressions).toMatchObject([{ what: 'finding', id: 'b' }])
})

test('layers: how many are shared, and numbers that one does not know', () => {
  const layers = (...names: readonly string[]): Side['layers'] =>
    names.map(name => ({ diffId: `sha256:${name.repeat(64)}` as const, size: 10 }))
  const { layers: found, numbers } = compare(
    { layers: layers('a', 'b', 'c') },
    { layers: layers('a', 'b', 'd', 'e'), packages: undefined },
  )
  expect(found).toEqual({ before: { count: 3, size: 30 }, after: { count: 4, size: 40 }, shared: 2 })
  expect(numbers).toContainEqual({ id: 'size', before: 30, after: 40, trend: 'worse' })
  expect(numbers).toContainEqual({ id: 'packages', before: 0, after: undefined, trend: 'neutral' })
})

// Of few names and versions, so that two images have something in common.
const few = (prefix: string): fc.Arbitrary<string> => fc.integer({ min: 0, max: 4 }).map(n => `${prefix}${n}`)
const severity: fc.Arbitrary<Severity> = fc.constantFrom(...severities)
const version = fc.constantFrom('1.0', '1.0.0', '1.2.3', '2.0~rc1', '2:1', '10.1', 'main', '')
const unique = <Item>(items: fc.Arbitrary<Item>, key: (item: Item) => string): fc.Arbitrary<Item[]> =>
  fc.uniqueArray(items, { selector: key, maxLength: 12 })
const packages = unique(
  fc
    .record({
      type: fc.constantFrom('deb', 'npm'),
      name: few('p'),
      version,
      path: few('/'),
      source: few('s'),
      isJudged: fc.boolean(),
    })
    .map(({ type, name, version: one, path, source, isJudged }) => ({
      ...(type === 'deb' ? deb(name, one, { source: { name: source, version: one } }) : npm(name, one, path)),
      isJudged,
    })),
  ({ purl }) => purl,
)
const vulnerabilities = unique(
  fc
    .record({
      id: few('CVE-'),
      name: few('s'),
      ecosystem: fc.constantFrom('deb', 'npm'),
      severity,
      standing: fc.constantFrom<SideStanding>('counts', 'aside', 'suppressed'),
      isExploited: fc.boolean(),
    })
    .map(({ id, name, ...more }) => vulnerability(id, name, more)),
  one => `${one.id} ${one.name} ${one.ecosystem}`,
)
const secretsFound = unique(
  fc
    .record({
      rule: few('secret/'),
      place: few('/'),
      severity,
      count: fc.integer({ min: 1, max: 3 }),
      fingerprints: fc.option(fc.constantFrom(['a'], ['b']), { nil: undefined }),
    })
    .map(({ rule, place, ...more }) => secret(rule, place, more)),
  one => `${one.rule} ${one.place}`,
)
const findingsFound = unique(
  fc
    .record({ rule: few('image/'), key: few('k'), severity, places: fc.uniqueArray(few('/'), { minLength: 1 }) })
    .map(({ rule, key, ...more }) => finding(rule, key, more)),
  one => `${one.rule} ${one.key}`,
)
const traits = fc
  .record({
    user: fc.integer({ min: 0, max: 1 }),
    files: fc.uniqueArray(few('/')),
    cut: fc.integer({ min: 0, max: 2 }),
    ports: fc.uniqueArray(few('p')),
  })
  .map(({ user, files, cut, ports }): readonly Trait[] => [
    value('user', String(user), user),
    list('setuid', files, { count: files.length + cut }),
    list('ports', ports, { isRisk: false }),
  ])
const maybe = <Item>(items: fc.Arbitrary<Item>): fc.Arbitrary<Item | undefined> => fc.option(items, { nil: undefined, freq: 6 })
const anySide: fc.Arbitrary<Side> = fc
  .record({
    packages: maybe(packages),
    vulnerabilities,
    secrets: maybe(secretsFound),
    findings: maybe(findingsFound),
    traits: maybe(traits),
    layers: maybe(
      fc.array(
        fc.constantFrom('a', 'b').map(name => ({ diffId: `sha256:${name.repeat(64)}` as const, size: 3 })),
        { maxLength: 4 },
      ),
    ),
  })
  .map(side)

/** Everything as it must be when the two images change places. */
const mirrored = (one: Differences): object => {
  const trend = (text: Trend): Trend => (text === 'better' ? 'worse' : text === 'worse' ? 'better' : text)
  const exchange = <Pair extends { readonly before: unknown; readonly after: unknown }>(pair: Pair): Pair => ({
    ...pair,
    before: pair.after,
    after: pair.before,
    ...('trend' in pair ? { trend: trend(pair.trend as Trend) } : {}),
  })
  const turned = { upgrade: 'downgrade', downgrade: 'upgrade', unclear: 'unclear' } as const
  return {
    numbers: one.numbers.map(exchange),
    packages: one.packages && {
      added: one.packages.removed,
      removed: one.packages.added,
      changed: one.packages.changed.map(change => ({ ...exchange(change), direction: turned[change.direction] })),
    },
    vulnerabilities: {
      opened: one.vulnerabilities.closed.map(exchange),
      closed: one.vulnerabilities.opened.map(exchange),
      reweighed: one.vulnerabilities.reweighed.map(exchange),
      remaining: one.vulnerabilities.remaining,
    },
    layers: one.layers && exchange(one.layers),
    traits: one.traits?.map(change => ({ ...exchange(change), added: change.removed, removed: change.added })),
    secrets: one.secrets?.map(change => ({
      ...exchange(change),
      reachBefore: change.reachAfter,
      reachAfter: change.reachBefore,
    })),
    findings: one.findings && {
      opened: one.findings.closed,
      closed: one.findings.opened,
      changed: one.findings.changed.map(exchange),
    },
  }
}

describe('whatever is compared', () => {
  test('an image does not differ from itself', () => {
    fc.assert(
      fc.property(anySide, one => {
        const found = compareSides(one, structuredClone(one), versionOrders)
        expect(found.regressions).toEqual([])
        expect(found.vulnerabilities).toMatchObject({ opened: [], closed: [], reweighed: [] })
        expect(found.packages ?? { added: [], removed: [], changed: [] }).toEqual({ added: [], removed: [], changed: [] })
        expect(found.findings ?? { opened: [], closed: [], changed: [] }).toEqual({ opened: [], closed: [], changed: [] })
        expect([...(found.traits ?? []), ...(found.secrets ?? [])]).toEqual([])
        for (const { before, after, trend } of found.numbers) expect([after, trend]).toEqual([before, 'neutral'])
      }),
    )
  })

  test('the other way round everything is the other way round', () => {
    fc.assert(
      fc.property(anySide, anySide, (a, b) => {
        const { regressions: _, ...back } = compareSides(b, a, versionOrders)
        expect(back).toEqual(mirrored(compareSides(a, b, versionOrders)))
      }),
      { numRuns: 400 },
    )
  })

  test('nothing is lost: what was there, less what went, and what came, is what is there', () => {
    fc.assert(
      fc.property(packages, packages, (a, b) => {
        const { added, removed } = comparePackages(a, b, versionOrders)
        expect(a.length - removed.length + added.length).toBe(b.length)
        for (const one of added) expect(b).toContainEqual(one)
        for (const one of removed) expect(a).toContainEqual(one)
      }),
    )
  })
})
