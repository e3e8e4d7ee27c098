/** What matches, what does not, and what nobody looked at. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apk, databaseOf, deb, distroOf, feedState, npm, packageOf, rpm } from '../../test/advisories.ts'
import type { AdvisoryDatabase, AffectedPackage } from '../model/advisory.ts'
import type { Distro, Package } from '../model/package.ts'
import { type Decision, matchPackages } from './match.ts'
import { versionOrders } from './versions/registry.ts'

const now = '2026-08-02T00:00:00Z'
const bookworm = distroOf('debian', '12', { codename: 'bookworm' })
const match = (packages: readonly Package[], database: AdvisoryDatabase, distro: Distro | undefined = bookworm) => {
  const decisions: Decision[] = []
  const result = matchPackages(packages, distro, database, { orders: versionOrders, now, trace: one => decisions.push(one) })
  return {
    ...result,
    decisions,
    /** `package vulnerability fix`. */
    short: result.matches.map(
      ({ vulnerability, match: one }) =>
        `${one.package.name} ${vulnerability}${one.fixedIn === undefined ? '' : ` ${one.fixedIn}`}${one.status === 'affected' ? '' : ` (${one.status})`}`,
    ),
    codes: result.problems.map(({ code }) => code),
  }
}
const source = (name: string, more: Partial<AffectedPackage> = {}): AffectedPackage => ({
  ecosystem: 'Debian:12',
  name,
  keyedBy: 'source',
  ranges: [],
  ...more,
})
const one = (id: string, ...affected: AffectedPackage[]) => ({ id, affected })

describe('distributions', () => {
  test('binary packages by their source, and by its version', () => {
    const database = databaseOf([one('CVE-2024-0001', source('openssl', { ranges: [{ fixed: '3.0.11-1~deb12u2' }] }))])
    const libssl = (version: string): Package => deb('libssl3', version, { source: { name: 'openssl', version } })
    expect(match([libssl('3.0.11-1~deb12u1')], database).short).toEqual(['libssl3 CVE-2024-0001 3.0.11-1~deb12u2'])
    expect(match([libssl('3.0.11-1~deb12u2')], database).short).toEqual([])
    // A binary rebuild (+b1) has a version of its own; that of the source decides.
    const rebuilt = deb('libssl3', '9:3.0.10-1+b1', { source: { name: 'openssl', version: '3.0.10-1' } })
    expect(match([rebuilt], database).matches[0]!.match).toMatchObject({ version: '3.0.10-1', via: 'source', name: 'openssl' })
    // What is called like the source and was built from something else is not meant.
    expect(match([deb('openssl', '1.0', { source: { name: 'other', version: '1.0' } })], database).short).toEqual([])
  })

  test('a version that was built again for an older release has what the original has', () => {
    const database = databaseOf([one('CVE-2022-2309', source('libxml2', { ranges: [{ fixed: '2.9.14+dfsg-1.3' }] }))])
    expect(match([deb('libxml2', '2.9.14+dfsg-1.3~deb12u6')], database).short).toEqual([])
    expect(match([deb('libxml2', '2.9.14+dfsg-1.2~deb12u6')], database).short).toHaveLength(1)
    expect(match([deb('libxml2', '2.9.14+dfsg-1.3~rc1')], database).short).toHaveLength(1)
  })

  test('epochs count', () => {
    const database = databaseOf([one('CVE-2024-0001', source('vim', { ranges: [{ fixed: '2:9.0' }] }))])
    expect(match([deb('vim', '9.1')], database).short).toHaveLength(1)
    expect(match([deb('vim', '2:9.1')], database).short).toEqual([])
  })

  test('each release has its own advisories, and nobody else’s', () => {
    const database = databaseOf([
      one('CVE-2024-0001', { ...source('bash', { ranges: [{ fixed: '5' }] }), ecosystem: 'Debian:11' }),
      one('CVE-2024-0002', { ecosystem: 'npm', name: 'bash', keyedBy: 'binary', ranges: [{ fixed: '99' }] }),
      one('CVE-2024-0003', source('dash', { ranges: [{ fixed: '9' }] })),
    ])
    expect(match([deb('bash', '1')], database).short).toEqual([])
    expect(match([deb('bash', '1')], database, distroOf('debian', '11')).short).toEqual(['bash CVE-2024-0001 5'])
  })

  test('states are states', () => {
    const states = ['minor', 'unimportant', 'deferred', 'wont-fix', 'end-of-life', 'undetermined'] as const
    const database = databaseOf(
      states.map((status, i) => one(`CVE-2024-000${i}`, source('bash', { ranges: [{}], status, reason: `because ${status}` }))),
    )
    const { matches } = match([deb('bash', '5')], database)
    expect(matches.map(({ match: found }) => [found.status, found.reason])).toEqual(
      states.map(status => [status, `because ${status}`]),
    )
    expect(matches.every(({ match: found }) => found.fixedIn === undefined)).toBe(true)
  })

  test('not affected, said by whoever decides, is the end of it', () => {
    const database = databaseOf(
      [
        { ...one('CVE-2024-0001', { ...source('zlib', { status: 'not-affected' }), ecosystem: 'Alpine:v3.20' }), feed: 'alpine' },
        {
          ...one('CVE-2024-0001', { ...source('zlib', { ranges: [{ fixed: '9' }] }), ecosystem: 'Alpine:v3.20' }),
          feed: 'other',
        },
      ],
      { feeds: [feedState({ feed: 'alpine', rank: 10 }), feedState({ feed: 'other', rank: 50 })] },
    )
    const { short, decisions } = match([apk('zlib', '1.3-r0')], database, distroOf('alpine', '3.20.1'))
    expect(short).toEqual([])
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['not-affected'])
  })

  test('of several feeds the best ranked decides, also when it says that all is well', () => {
    const feeds = [feedState({ feed: 'own', rank: 10 }), feedState({ feed: 'second', rank: 20 })]
    const drafts = [
      { ...one('CVE-2024-0001', source('bash', { ranges: [{ fixed: '4' }] })), feed: 'own' },
      {
        ...one('DSA-1-1', source('bash', { ranges: [{ fixed: '6' }] })),
        feed: 'second',
        aliases: ['CVE-2024-0001'],
        isBundle: true as const,
      },
    ]
    expect(match([deb('bash', '5')], databaseOf(drafts, { feeds })).short).toEqual([])
    const found = match([deb('bash', '3')], databaseOf(drafts, { feeds })).matches
    expect(found).toHaveLength(1)
    expect(found[0]!.match).toMatchObject({ id: 'CVE-2024-0001', fixedIn: '4' })
    expect(found[0]!.match.others.map(({ id }) => id)).toEqual(['DSA-1-1'])
  })

  test('a notice about several vulnerabilities is several findings', () => {
    const database = databaseOf([
      {
        ...one('ALSA-2024:1', {
          ecosystem: 'AlmaLinux:9',
          name: 'openssl-libs',
          keyedBy: 'binary',
          ranges: [{ fixed: '1:3.0.7-27.el9' }],
        }),
        aliases: ['CVE-2024-0001', 'CVE-2024-0002'],
        isBundle: true,
      },
    ])
    const found = match(
      [rpm('openssl-libs', '1:3.0.7-20.el9'), rpm('openssl', '1:3.0.7-20.el9')],
      database,
      distroOf('almalinux', '9.3'),
    )
    expect(found.short).toEqual(['openssl-libs CVE-2024-0001 1:3.0.7-27.el9', 'openssl-libs CVE-2024-0002 1:3.0.7-27.el9'])
  })

  test('the name of a source RPM has no epoch: that of the package holds', () => {
    const database = databaseOf([
      one('CVE-2024-0001', {
        ecosystem: 'SUSE:Linux Enterprise Server 15 SP5',
        name: 'bind',
        keyedBy: 'source',
        ranges: [{ fixed: '32:9.18' }],
      }),
    ])
    const bind = packageOf('pkg:rpm/sles/bind-libs@9.17-1', 'bind-libs', '32:9.17-1', {
      source: { name: 'bind', version: '9.17-1' },
    })
    const sles = distroOf('sles', '15.5', { name: 'SUSE Linux Enterprise Server 15 SP5' })
    expect(match([bind], database, sles).matches[0]!.match.version).toBe('32:9.17-1')
    const newer = { ...bind, version: '32:9.18-1', source: { name: 'bind', version: '9.18-1' } }
    expect(match([newer], database, sles).short).toEqual([])
  })

  test('modules: a stream’s advisory is for that stream, and not for packages outside of modules', () => {
    const entry = (module: string | undefined, fixed: string): AffectedPackage => ({
      ecosystem: 'AlmaLinux:8',
      name: 'nodejs',
      keyedBy: 'binary',
      ranges: [{ fixed }],
      ...(module === undefined ? {} : { module }),
    })
    const database = databaseOf([
      one('CVE-2024-0001', entry('nodejs:18', '1:18.20.0-1.module_el8.9.0+1')),
      one('CVE-2024-0002', entry('nodejs:20', '1:20.12.0-1.module_el8.9.0+1')),
      one('CVE-2024-0003', entry(undefined, '1:99.0-1.el8')),
    ])
    const alma = distroOf('almalinux', '8.9')
    const in18 = rpm('nodejs', '1:18.19.0-1.module_el8.9.0+1', 'nodejs:18:8090020240101:xxx')
    expect(match([in18], database, alma).short.map(line => line.split(' ')[1])).toEqual(['CVE-2024-0001'])
    // Without a label: the stream that is called like the version.
    const unlabelled = rpm('nodejs', '1:18.19.0-1.module_el8.9.0+1')
    expect(match([unlabelled], database, alma).short.map(line => line.split(' ')[1])).toEqual(['CVE-2024-0001'])
    const older = match([rpm('nodejs', '1:16.0.0-1.module_el8.9.0+1')], database, alma)
    expect([older.short, older.codes, older.coverage[0]!.uncovered]).toEqual([[], ['module-unknown'], 1])
    const outside = rpm('nodejs', '1:10.0-1.el8')
    expect(match([outside], database, alma).short.map(line => line.split(' ')[1])).toEqual(['CVE-2024-0003'])
  })

  test('modules: streams of one major version, and what else a module brings', () => {
    const entry = (name: string, module: string | undefined, fixed: string): AffectedPackage => ({
      ecosystem: 'AlmaLinux:8',
      name,
      keyedBy: 'binary',
      ranges: [{ fixed: `${fixed}.module_el8.9.0+1` }],
      ...(module === undefined ? {} : { module }),
    })
    const database = databaseOf([
      one('CVE-2024-0001', entry('mariadb', 'mariadb:10.3', '3:10.3.39-1')),
      one('CVE-2024-0002', entry('mariadb', 'mariadb:10.5', '3:10.5.22-1')),
      one('CVE-2024-0003', entry('podman', 'container-tools:rhel8', '4:4.9.4-1')),
      one('CVE-2024-0004', entry('redis', undefined, '7.0.12-1')),
    ])
    const found = (installed: Package): readonly string[] =>
      match([installed], database, distroOf('almalinux', '8.9')).short.map(line => line.split(' ')[1]!)
    expect(found(rpm('mariadb', '3:10.3.11-1.module_el8.9.0+1'))).toEqual(['CVE-2024-0001'])
    expect(found(rpm('podman', '4:4.6.1-1.module_el8.9.0+1'))).toEqual(['CVE-2024-0003'])
    expect(found(rpm('podman', '4:3.4.1-1.module_el8.9.0+1'))).toEqual([])
    // The advisory does not name the module.
    expect(found(rpm('redis', '6.2.7-1.module_el8.9.0+1', 'redis:6:1:x'))).toEqual([])
    expect(found(rpm('redis', '7.0.1-1.module_el8.9.0+1', 'redis:7:1:x'))).toEqual(['CVE-2024-0004'])
  })

  test('what a distribution has packaged is asked for where it comes from, unless the distribution has spoken', () => {
    const pypi = (id: string): { id: string; affected: AffectedPackage[] } =>
      one(id, { ecosystem: 'PyPI', name: 'requests', keyedBy: 'binary', ranges: [{ fixed: '2.31.0' }] })
    const drafts = ['CVE-2023-0001', 'CVE-2023-0002', 'CVE-2023-0003', 'CVE-2023-0004'].map(pypi)
    const said = [
      ...drafts,
      one('CVE-2023-0001', source('requests', { ranges: [{ fixed: '2.28.1+dfsg-1' }] })),
      one('CVE-2023-0002', source('requests', { status: 'not-affected' })),
      one('CVE-2023-0003', source('requests', { ranges: [{}], status: 'minor' })),
    ]
    const database = databaseOf(said, { feeds: [feedState({ completeness: 'fixed' })] })
    const requests = deb('python3-requests', '2.28.1+dfsg-1', {
      source: { name: 'requests', version: '2.28.1+dfsg-1' },
      aliases: ['pkg:pypi/requests@2.28.1'],
    })
    const { short, matches, decisions, coverage } = match([requests], database)
    expect(short).toEqual(['python3-requests CVE-2023-0003 (minor)', 'python3-requests CVE-2023-0004 2.31.0 (undetermined)'])
    expect(matches[1]!.match).toMatchObject({ ecosystem: 'PyPI', name: 'requests', version: '2.28.1', via: 'alias' })
    const silenced = decisions.filter(({ outcome }) => outcome === 'silenced-by-owner')
    expect(silenced.map(({ vulnerability, owner }) => [vulnerability, owner])).toEqual([
      ['CVE-2023-0001', requests.purl],
      ['CVE-2023-0002', requests.purl],
      ['CVE-2023-0003', requests.purl],
    ])
    expect(coverage).toHaveLength(1)
    // Whoever lists all that is open has nothing to say of the fourth.
    expect(match([requests], databaseOf(said)).short).toEqual(['python3-requests CVE-2023-0003 (minor)'])
  })

  test('Ubuntu Pro: the fix is named as what it is, and whoever has it is well', () => {
    const ubuntu = distroOf('ubuntu', '18.04')
    const eco = 'Ubuntu:18.04:LTS'
    const database = databaseOf([
      one(
        'UBUNTU-CVE-2024-0001',
        { ecosystem: eco, name: 'bash', keyedBy: 'source', ranges: [{}], status: 'wont-fix', reason: 'end of standard support' },
        { ecosystem: eco, name: 'bash', keyedBy: 'source', ranges: [{ fixed: '4.4-1esm1' }], fixNeeds: 'ubuntu-pro' },
      ),
    ])
    const bash = (version: string): Package => packageOf(`pkg:deb/ubuntu/bash@${version}`, 'bash', version)
    expect(match([bash('4.4-1')], database, ubuntu).matches.map(({ match: found }) => [found.fixedIn, found.fixNeeds])).toEqual([
      ['4.4-1esm1', 'ubuntu-pro'],
    ])
    expect(match([bash('4.4-1esm1')], database, ubuntu).short).toEqual([])
  })

  test('an Alpine that has ended: what only a later one has fixed is found there, and said to be', () => {
    const alpine = (release: string, id: string, more: Partial<AffectedPackage>): { id: string; affected: AffectedPackage[] } =>
      one(id, { ecosystem: `Alpine:v${release}`, name: 'openssl', keyedBy: 'source', ranges: [], ...more })
    const drafts = [
      alpine('3.13', 'CVE-2021-0001', { ranges: [{ fixed: '1.1.1k-r0' }] }),
      alpine('3.15', 'CVE-2022-0001', { ranges: [{ fixed: '1.1.1n-r0' }] }),
      alpine('3.16', 'CVE-2022-0001', { ranges: [{ fixed: '1.1.1p-r0' }] }),
      alpine('3.16', 'CVE-2022-0002', { ranges: [{ fixed: '1.1.1a-r0' }] }),
      alpine('3.16', 'CVE-2022-0003', { status: 'not-affected' }),
    ]
    const releases = [
      { product: 'alpine-linux', release: '3.13', isLts: false, endOfLife: '2022-11-01' },
      { product: 'alpine-linux', release: '3.15', isLts: false, endOfLife: '2027-11-01' },
    ]
    const installed = apk('libssl1.1', '1.1.1l-r0', { source: { name: 'openssl', version: '1.1.1l-r0' } })
    const old = match([installed], databaseOf(drafts, { releases }), distroOf('alpine', '3.13.5'))
    expect(old.matches.map(({ vulnerability, match: found }) => [vulnerability, found.inferredFrom, found.fixedIn])).toEqual([
      ['CVE-2022-0001', 'Alpine:v3.15', '1.1.1n-r0'],
    ])
    expect(old.codes).toContain('release-ended')
    // The nearest that speaks of it decides: a later one's higher fix says nothing of a version that has it.
    const spoken = [
      alpine('3.13', 'CVE-2021-0001', { ranges: [{ fixed: '1.1.1k-r0' }] }),
      alpine('3.15', 'CVE-2022-0005', { ranges: [{ fixed: '1.1.1l-r0' }] }),
      alpine('3.15', 'CVE-2022-0006', { status: 'not-affected' }),
      alpine('3.15', 'CVE-2022-0006', { ranges: [{ fixed: '1.1.1z-r0' }] }),
      alpine('3.16', 'CVE-2022-0005', { ranges: [{ fixed: '1.1.1n-r0' }] }),
      alpine('3.16', 'CVE-2022-0006', { ranges: [{ fixed: '1.1.1n-r0' }] }),
    ]
    expect(match([installed], databaseOf(spoken, { releases }), distroOf('alpine', '3.13.5')).short).toEqual([])
    // A release that is maintained speaks for itself.
    expect(match([installed], databaseOf(drafts.slice(1), { releases }), distroOf('alpine', '3.15.1')).short).toEqual([
      'libssl1.1 CVE-2022-0001 1.1.1n-r0',
    ])
  })
})

describe('languages', () => {
  const lodash = (ranges: AffectedPackage['ranges'], more: Partial<AffectedPackage> = {}): AffectedPackage => ({
    ecosystem: 'npm',
    name: 'lodash',
    keyedBy: 'binary',
    ranges,
    ...more,
  })

  test('several branches: the fix is that of the version’s own branch', () => {
    const database = databaseOf([
      one(
        'GHSA-2222-3333-4444',
        lodash([{ fixed: '1.2.5' }, { introduced: '1.3.0', fixed: '1.3.2' }, { introduced: '2.0.0', lastAffected: '2.0.4' }]),
      ),
    ])
    const fix = (version: string): string | undefined =>
      match([npm('lodash', version)], database, undefined).matches[0]?.match.fixedIn
    expect(fix('1.0.0')).toBe('1.2.5')
    expect(fix('1.3.1')).toBe('1.3.2')
    expect(match([npm('lodash', '2.0.4')], database, undefined).short).toEqual(['lodash GHSA-2222-3333-4444'])
    for (const version of ['1.2.5', '1.2.9', '1.3.2', '2.0.5'])
      expect(match([npm('lodash', version)], database, undefined).short).toEqual([])
  })

  test('aliases of several feeds are one finding', () => {
    const database = databaseOf(
      [
        { ...one('GHSA-2222-3333-4444', lodash([{ fixed: '4.17.21' }])), feed: 'ghsa', aliases: ['CVE-2021-0001'] },
        { ...one('NSWG-1', lodash([{ fixed: '4.17.20' }])), feed: 'wg', aliases: ['CVE-2021-0001'] },
        {
          ...one('PYSEC-like', lodash([{ fixed: '4.17.21' }])),
          feed: 'ghsa',
          aliases: ['GHSA-2222-3333-4444', 'CVE-2021-0001', 'CVE-2021-0002'],
        },
      ],
      { feeds: [feedState({ feed: 'ghsa', rank: 30 }), feedState({ feed: 'wg', rank: 40 })] },
    )
    const found = match([npm('lodash', '4.0.0')], database, undefined)
    expect(found.short).toEqual(['lodash CVE-2021-0001 4.17.21'])
    expect(found.matches[0]!.match.others).toHaveLength(2)
  })

  test('a record with two names is shown under the one that is open', () => {
    const database = databaseOf([
      { ...one('GHSA-269q-hmxg-m83q', lodash([{ fixed: '4.1.77' }])), aliases: ['CVE-2021-21290', 'CVE-2022-24823'] },
      { ...one('GHSA-5mcr-gq6c-3hq2', lodash([{ introduced: '4.0.0', fixed: '4.1.59' }])), aliases: ['CVE-2021-21290'] },
    ])
    expect(match([npm('lodash', '4.1.70')], database, undefined).short).toEqual(['lodash CVE-2022-24823 4.1.77'])
    expect(match([npm('lodash', '4.1.50')], database, undefined).short).toEqual(['lodash CVE-2021-21290 4.1.77'])
    expect(match([npm('lodash', '4.1.77')], database, undefined).short).toEqual([])
  })

  test('a feed that only adds evidence: it covers nothing, and repeats nothing', () => {
    const feeds = [
      feedState({ feed: 'ghsa', completeness: 'some', rank: 30 }),
      feedState({ feed: 'old', completeness: 'evidence', rank: 60 }),
    ]
    const database = databaseOf(
      [
        { ...one('CVE-2021-0001', lodash([{ fixed: '4.17.21' }])), feed: 'ghsa' },
        { ...one('OLD-lodash-1', lodash([{ fixed: '4.17.21' }])), feed: 'old' },
        { ...one('OLD-lodash-2', lodash([{ fixed: '4.17.5' }])), feed: 'old' },
        { ...one('OLD-left-1', { ...lodash([{ fixed: '2.0.0' }]), name: 'left' }), feed: 'old' },
      ],
      { feeds },
    )
    const found = match([npm('lodash', '4.0.0'), npm('left', '1.0.0'), npm('left', '3.0.0')], database, undefined)
    expect(found.short).toEqual(['lodash CVE-2021-0001 4.17.21', 'lodash OLD-lodash-2 4.17.5', 'left OLD-left-1 2.0.0'])
    expect(found.matches[0]!.match.others.map(({ id }) => id)).toEqual(['OLD-lodash-1'])
    expect([found.coverage[0]!.uncovered, found.codes]).toEqual([2, ['no-advisories']])
  })

  test('Java as its launcher writes it, and as Bitnami does', () => {
    const java = one('CVE-2024-21140', {
      ecosystem: 'Bitnami',
      name: 'java',
      keyedBy: 'binary',
      ranges: [{ fixed: '1.8.0' }, { introduced: '1.9.0', fixed: '8.0.421' }, { introduced: '9.0.0', fixed: '11.0.24' }],
    })
    const found = (version: string) =>
      match([packageOf(`pkg:generic/openjdk@${encodeURIComponent(version)}`, 'openjdk', version)], databaseOf([java]), undefined)
    for (const version of ['1.8.0_392', '1.8.0_392-b08', '8u392', '1.7.0_80', '11.0.21+9-LTS', '11.0.16.1+1'])
      expect([found(version).short, found(version).codes]).toEqual([
        [`openjdk CVE-2024-21140 ${/^11/.test(version) ? '11.0.24' : '8.0.421'}`],
        [],
      ])
    for (const version of ['1.8.0_421', '1.8.0_422-b05', '11.0.24+8', '17.0.9+9'])
      expect([found(version).short, found(version).codes]).toEqual([[], []])
  })

  test('single versions, `0`, prereleases', () => {
    const database = databaseOf([
      one('MAL-2024-1', { ...lodash([]), name: 'evil', versions: ['1.0.0', '1.0.1-beta'] }),
      one('CVE-2024-0001', { ...lodash([{ introduced: '0', fixed: '1.0.0' }]), name: 'young' }),
    ])
    const names = (purl: Package): readonly string[] => match([purl], database, undefined).short
    expect(names(npm('evil', '1.0.0'))).toHaveLength(1)
    expect(names(npm('evil', '1.0.1'))).toHaveLength(0)
    expect(names(npm('young', '0.0.0-alpha'))).toHaveLength(1)
    expect(names(npm('young', '1.0.0-rc.1'))).toHaveLength(1)
  })

  test('a version that is none is said, and not passed over', () => {
    const database = databaseOf([one('CVE-2024-0001', lodash([{ fixed: '1.0.0' }]))])
    const found = match([npm('lodash', 'file:../x')], database, undefined)
    expect(found.short).toEqual([])
    expect(found.problems.map(({ code, message }) => [code, message])).toEqual([
      ['version-unknown', 'versions that cannot be compared: lodash file:../x (CVE-2024-0001)'],
    ])
    expect(found.coverage[0]).toMatchObject({ packages: 1, uncovered: 1 })
    // A package is told once, however many advisories there are.
    const many = databaseOf([1, 2, 3].map(i => one(`CVE-2024-000${i}`, lodash([{ fixed: '1.0.0' }]))))
    expect(match([npm('lodash', 'file:../x')], many, undefined).problems[0]!.message).toBe(
      'versions that cannot be compared: lodash file:../x (CVE-2024-0001 and 2 more)',
    )
  })

  test('what a distribution says of its package holds for what is inside of it', () => {
    const owner = deb('python3-foo', '1.0-1')
    const inside = packageOf('pkg:pypi/bundled@1.0', 'bundled', '1.0', { ownedBy: owner.purl })
    const pypi = (id: string): { id: string; affected: AffectedPackage[] } =>
      one(id, { ecosystem: 'PyPI', name: 'bundled', keyedBy: 'binary', ranges: [{ fixed: '2.0' }] })
    const database = databaseOf([
      pypi('CVE-2024-0001'),
      pypi('CVE-2024-0002'),
      pypi('CVE-2024-0003'),
      pypi('CVE-2024-0004'),
      one('CVE-2024-0001', source('python3-foo', { status: 'not-affected' })),
      one('CVE-2024-0002', source('python3-foo', { ranges: [{ fixed: '1.0-1' }] })),
      one('CVE-2024-0003', source('python3-foo', { ranges: [{ fixed: '1.0-2' }] })),
    ])
    const found = match([inside, owner], database)
    // Not affected; fixed; told of the owner itself; and only known to PyPI.
    expect(found.short.sort()).toEqual(['bundled CVE-2024-0004 2.0', 'python3-foo CVE-2024-0003 1.0-2'])
    expect(found.decisions.filter(({ outcome }) => outcome === 'silenced-by-owner')).toHaveLength(3)
    // Outside of any package of the system all of them count.
    expect(match([packageOf('pkg:pypi/bundled@1.0', 'bundled', '1.0')], database).short).toHaveLength(4)
  })

  test('names are what the registry makes of them', () => {
    const database = databaseOf([
      one('CVE-2024-0001', { ecosystem: 'PyPI', name: 'my-pkg', keyedBy: 'binary', ranges: [{ fixed: '2' }] }),
      one('CVE-2024-0002', { ecosystem: 'Maven', name: 'org.x:y', keyedBy: 'binary', ranges: [{ fixed: '2' }] }),
      one('CVE-2024-0003', { ecosystem: 'npm', name: '@scope/name', keyedBy: 'binary', ranges: [{ fixed: '2.0.0' }] }),
      one('CVE-2024-0004', { ecosystem: 'Go', name: 'github.com/a/b', keyedBy: 'binary', ranges: [{ fixed: '2.0.0' }] }),
      one('CVE-2024-0005', { ecosystem: 'Bitnami', name: 'apache', keyedBy: 'binary', ranges: [{ fixed: '2.4.60' }] }),
    ])
    const packages = [
      packageOf('pkg:pypi/my-pkg@1', 'My_Pkg', '1'),
      packageOf('pkg:maven/org.x/y@1', 'org.x:y', '1'),
      packageOf('pkg:npm/%40scope/name@1.0.0', '@scope/name', '1.0.0'),
      packageOf('pkg:golang/github.com/a/b@v1.0.0', 'github.com/a/b', 'v1.0.0'),
      packageOf('pkg:generic/httpd@2.4.50', 'httpd', '2.4.50'),
    ]
    expect(match(packages, database, undefined).short).toHaveLength(5)
  })
})

describe('what nobody looked at', () => {
  test('an image that does not say what it is; a distribution that nobody knows', () => {
    const database = databaseOf([one('CVE-2024-0001', source('bash', { ranges: [{}] }))])
    expect(
      matchPackages([deb('bash', '1')], undefined, database, { orders: versionOrders, now }).problems.map(({ code }) => code),
    ).toEqual(['distribution-unknown'])
    const strange = match([deb('bash', '1')], database, distroOf('hannah-montana-linux', '1'))
    expect(strange.codes).toEqual(['distribution-unknown'])
    expect(strange.coverage[0]).toMatchObject({ packages: 1, uncovered: 1 })
  })

  test('packages of other repositories are not judged by the distribution’s advisories', () => {
    const names = ['nodejs', 'docker-ce', 'postgresql-16', 'php8.2', 'nginx', 'libpq5', 'containerd.io']
    const database = databaseOf(names.map((name, i) => one(`CVE-2024-000${i}`, source(name, { ranges: [{}] }))))
    const foreign = [
      deb('nodejs', '20.11.0-1nodesource1'),
      deb('docker-ce', '5:24.0.7-1~debian.12~bookworm'),
      deb('postgresql-16', '16.1-1.pgdg120+1'),
      deb('php8.2', '8.2.13-1+0~20231122.63+debian12~1.gbp8c1d5a'),
      deb('nginx', '1.25.3-1~bookworm'),
      deb('containerd.io', '1.6.26-1'),
    ]
    const found = match(foreign, database)
    expect(found.short).toEqual([])
    expect(found.codes.filter(code => code === 'third-party-package').length).toBeGreaterThanOrEqual(5)
    expect(found.coverage[0]!.uncovered).toBe(foreign.length)
    // The distribution's own are judged.
    const own = [deb('nodejs', '18.19.0+dfsg-6~deb12u1'), deb('nginx', '1.22.1-9+deb12u1'), deb('libpq5', '15.5-0+deb12u1')]
    expect(match(own, database).short).toHaveLength(3)
  })

  test('a distribution’s own packages are its own, whatever others call theirs', () => {
    const all = (ecosystem: string, keyedBy: 'source' | 'binary', names: readonly string[]) =>
      databaseOf(names.map((name, i) => one(`CVE-2024-00${10 + i}`, { ecosystem, name, keyedBy, ranges: [{}] })))
    const judged = (packages: readonly Package[], database: AdvisoryDatabase, distro: Distro): readonly string[] => {
      const { matches, codes } = match(packages, database, distro)
      expect(codes.filter(code => code === 'third-party-package')).toEqual([])
      return matches.map(({ match: { package: found } }) => found.name)
    }
    const alpines = ['consul', 'vault', 'nomad', 'grafana', 'packer', 'loki', 'kubectl', 'terraform']
    expect(
      judged(
        alpines.map(name => apk(name, '1.5.7-r1')),
        all('Alpine:v3.20', 'source', alpines),
        distroOf('alpine', '3.20.1'),
      ),
    ).toEqual(alpines)
    expect(
      judged([rpm('grafana', '9.2.10-7.el9_3')], all('AlmaLinux:9', 'binary', ['grafana']), distroOf('almalinux', '9.3')),
    ).toEqual(['grafana'])
    const ubuntus = [
      deb('consul', '1.8.7+dfsg1-2'),
      deb('nomad', '0.12.10+dfsg1-3'),
      deb('packer', '1.6.6+ds1-4'),
      deb('mysql-router', '8.0.35-0ubuntu0.22.04.1'),
      deb('mysql-server-8.0', '8.0.35-0ubuntu0.22.04.1'),
      deb('mysql-workbench', '6.3.6+dfsg-1build1'),
      deb('codeblocks', '20.03-3.1'),
      deb('libcurl4t64', '8.5.0-2ubuntu10'),
      deb('libcurl4t64', '8.9.1-1'),
      deb('nvidia-driver', '535.183.01-1'),
      deb('gh', '2.45.0-1'),
      deb('kubernetes-client', '1.20.5+really1.20.2-1'),
      deb('rabbitmq-server', '3.12.1-1ubuntu1'),
      deb('erlang-base', '1:25.3.2.8+dfsg-1ubuntu4'),
      deb('dotnet-sdk-8.0', '8.0.100-0ubuntu1~22.04.1'),
      deb('azure-cli', '2.18.0-2'),
    ]
    const names = ubuntus.map(({ name }) => name)
    expect(judged(ubuntus, all('Ubuntu:22.04:LTS', 'source', [...new Set(names)]), distroOf('ubuntu', '22.04'))).toEqual(names)
  })

  test('packages of vendors’ repositories by their versions, also where the distribution has the name', () => {
    const foreign = [
      deb('consul', '1.17.0-1'),
      deb('vault', '1.15.4-1'),
      deb('kubectl', '1.28.4-1.1'),
      deb('code', '1.85.1-1702462158'),
      deb('grafana', '10.2.2'),
      deb('mysql-community-server', '8.0.35-1debian12'),
      deb('mysql-common', '8.0.35-1ubuntu22.04'),
      deb('libcublas-12-3', '12.3.4.1-1'),
      deb('libcudnn8', '8.9.7.29-1+cuda12.2'),
      deb('nvidia-container-toolkit', '1.14.3-1'),
      deb('gh', '2.40.1'),
      deb('elasticsearch', '8.11.1'),
      deb('dotnet-runtime-8.0', '8.0.0-1'),
      deb('google-chrome-stable', '120.0.6099.109-1'),
    ]
    const database = databaseOf([
      one('CVE-2024-0001', source('consul', { ranges: [{}] })),
      one('CVE-2024-0002', source('mysql-common', { ranges: [{}] })),
    ])
    const found = match(foreign, database)
    expect([found.short, found.coverage[0]!.uncovered]).toEqual([[], foreign.length])
    // A name that the distribution's advisories know is nobody else's, unless the version says so.
    expect(
      match([deb('newrelic-infra', '1.48.0')], databaseOf([one('CVE-2024-0001', source('newrelic-infra', { ranges: [{}] }))]))
        .short,
    ).toHaveLength(1)
  })

  test('whose rpm it is: by its vendor; without one, by whether the distribution has an erratum of it', () => {
    const database = databaseOf(
      [
        one('CVE-2024-0001', {
          ecosystem: 'AlmaLinux:8',
          name: 'bash',
          keyedBy: 'binary',
          ranges: [{ fixed: '4.4.20-1.el8_9' }],
        }),
        one('CVE-2024-0002', { ecosystem: 'AlmaLinux:8', name: 'grafana', keyedBy: 'binary', ranges: [{ fixed: '99-1.el8' }] }),
      ],
      { feeds: [feedState({ completeness: 'fixed' })] },
    )
    const alma = distroOf('almalinux', '8.9')
    const by = (vendor: string): Partial<Package> => ({ vendor })
    const own = match(
      [rpm('setup', '2.12.2-9.el8', undefined, by('AlmaLinux')), rpm('grafana', '10.2.2-1', undefined, by('AlmaLinux'))],
      database,
      alma,
    )
    expect([own.short, own.codes]).toEqual([['grafana CVE-2024-0002 99-1.el8'], []])
    const others = match(
      [
        rpm('htop', '3.2.1-1.el8', undefined, by('Fedora Project')),
        rpm('bash', '4.4.1-1.el8', undefined, by('Somebody <somebody@example.org>')),
      ],
      database,
      alma,
    )
    expect([others.short, others.coverage[0]!.uncovered]).toEqual([[], 2])
    expect(others.problems.map(({ code, message }) => [code, message.replace(/, about.*/, '')])).toEqual([
      ['third-party-package', '1 rpm package from Fedora Project (EPEL)'],
      ['third-party-package', '1 rpm package from Somebody'],
    ])
    // As others' SBOMs have them.
    const nameless = match(
      [
        rpm('htop', '3.2.1-1.el8'),
        rpm('bash', '4.4.20-2.el8'),
        rpm('bash-doc', '4.4.20-2.el8', undefined, { source: { name: 'bash', version: '4.4.20-2.el8' } }),
        rpm('tzdata', '2024a-1.el8_9'),
      ],
      database,
      alma,
    )
    expect([nameless.codes, nameless.coverage[0]!.uncovered]).toEqual([['maker-unknown'], 1])
    expect(nameless.problems[0]!.message).toMatch(/htop$/)
  })

  test('where only some were looked at, the others are said', () => {
    const feeds = [feedState({ completeness: 'some' })]
    const database = databaseOf([one('CVE-2024-0001', source('bash', { ranges: [{ fixed: '1' }] }))], {
      feeds,
      examined: [['Debian:12', 'zsh']],
    })
    const found = match([deb('bash', '2'), deb('zsh', '1'), deb('fish', '1')], database)
    expect(found.coverage[0]).toMatchObject({ packages: 3, uncovered: 1 })
    expect(found.problems.map(({ kind, message }) => [kind, message])).toEqual([
      ['uncovered', 'the advisories at hand do not speak of 1 deb package: fish; bulkhead db update may bring them'],
    ])
  })

  test('a kind of package that nobody keeps advisories on; a release that the data do not have', () => {
    const database = databaseOf([one('CVE-2024-0001', source('bash', { ranges: [{}] }))])
    expect(match([packageOf('pkg:conda/x@1', 'x', '1')], database, undefined).codes).toEqual(['no-advisories'])
    const found = match([deb('bash', '1')], database, distroOf('debian', '9'))
    expect(found.short).toEqual([])
    expect(found.codes).toContain('no-advisories')
  })

  test('a clock that is behind the data', () => {
    const database = databaseOf([one('CVE-2024-0001', source('bash', { ranges: [{}] }))])
    const { problems } = matchPackages([deb('bash', '1')], bookworm, database, {
      orders: versionOrders,
      now: '2001-01-01T00:00:00Z',
    })
    expect(problems.map(({ code }) => code)).toContain('clock-behind')
  })
})

test('for any packages and advisories: no two findings are the same, every one can be explained', () => {
  const version = fc.constantFrom('1.0', '1.1', '2.0', '0', 'x', '')
  const entry = fc.record({
    ecosystem: fc.constantFrom('npm', 'Debian:12'),
    name: fc.constantFrom('a', 'b'),
    keyedBy: fc.constantFrom('source' as const, 'binary' as const),
    ranges: fc.array(fc.record({ introduced: version, fixed: fc.option(version, { nil: undefined }) }), { maxLength: 2 }),
    status: fc.option(fc.constantFrom('not-affected' as const, 'minor' as const), { nil: undefined }),
  })
  const record = fc.record({
    id: fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'GHSA-2222-3333-4444', 'X'),
    aliases: fc.array(fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'GHSA-2222-3333-4444'), { maxLength: 2 }),
    affected: fc.array(entry, { maxLength: 3 }),
    isBundle: fc.constantFrom(undefined, true as const),
  })
  const installed = fc.oneof(
    fc.tuple(fc.constantFrom('a', 'b'), version).map(([name, at]) => deb(name, at)),
    fc.tuple(fc.constantFrom('a', 'b'), version).map(([name, at]) => npm(name, at)),
  )
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 6 }),
      fc.uniqueArray(installed, { maxLength: 4, selector: ({ purl }) => purl }),
      (records, packages) => {
        const { matches, decisions } = match(packages, databaseOf(records as never))
        const keys = matches.map(({ vulnerability, match: found }) => `${vulnerability} ${found.package.purl}`)
        expect(new Set(keys).size).toBe(keys.length)
        for (const key of keys)
          expect(
            decisions.some(
              ({ vulnerability, package: of, outcome }) => outcome === 'reported' && `${vulnerability} ${of.purl}` === key,
            ),
          ).toBe(true)
      },
    ),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 1000) },
  )
})
