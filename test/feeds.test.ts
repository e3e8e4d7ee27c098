/** Feeds read what their owners publish, and whatever is made of it by accident or on purpose: nothing but Unreadable is thrown, and only whole items come out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AdvisoryRecord, AffectedPackage, FeedItem } from '../src/model/advisory.ts'
import { severities } from '../src/model/finding.ts'
import { Unreadable } from '../src/read/cataloger.ts'
import type { Feed, FeedPart } from '../src/read/feed.ts'
import { feeds } from '../src/read/feeds/registry.ts'
import { repositoryIndex, updateinfoIn } from '../src/read/updateinfo.ts'
import './fixed-seed.ts'

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const partOf = (feed: Feed, name = ''): FeedPart => {
  const part = feed.parts.find(one => one.name === name)
  if (!part) throw new Error(`there is no part ${name}`)
  return part
}

const read = (id: string, name: string, content: unknown, part?: string): FeedItem[] => {
  const feed = feeds[id]!
  return [...feed.read({ name, bytes: encode(content) }, part === undefined ? feed.parts[0]! : partOf(feed, part))]
}

const records = (items: readonly FeedItem[]): AdvisoryRecord[] =>
  items.map(item => {
    if (item.kind !== 'advisory') throw new Error(JSON.stringify(item))
    return item.record
  })

const one = (id: string, name: string, content: unknown, part?: string): AdvisoryRecord => {
  const all = records(read(id, name, content, part))
  expect(all).toHaveLength(1)
  return all[0]!
}

test('every feed says who it is; what parts replace is there', () => {
  expect(Object.keys(feeds).length).toBeGreaterThan(20)
  for (const [id, feed] of Object.entries(feeds)) {
    expect(feed.title, id).not.toBe('')
    expect(feed.home, id).toMatch(/^https:\/\//)
    expect(feed.licence, id).not.toBe('')
    expect(new Set(feed.parts.map(({ name }) => name)).size, id).toBe(feed.parts.length)
    for (const part of feed.parts) {
      for (const { url, limit, changes } of part.downloads) {
        expect(new URL(url).protocol).toBe('https:')
        expect(limit).toBeGreaterThan(1024)
        if (changes) expect(new URL(changes.record('RHSA-2024:1')).href).toMatch(/RHSA-2024%3A1\.json$/)
      }
      for (const replaced of part.replaces ?? []) {
        const [feedName = '', partName = ''] = replaced.split('/')
        expect(
          feeds[feedName]?.parts.map(({ name }) => name),
          replaced,
        ).toContain(partName)
      }
    }
  }
})

const ghsa = {
  id: 'GHSA-9wv6-86v2-598j',
  summary: 'path-to-regexp outputs backtracking regular expressions',
  details: '### Impact\n\nA bad regular expression is generated.',
  aliases: ['CVE-2024-45296'],
  modified: '2025-01-24T21:41:10.911742Z',
  published: '2024-09-09T20:19:15Z',
  database_specific: { cwe_ids: ['CWE-1333'], severity: 'HIGH' },
  references: [
    { type: 'PACKAGE', url: 'https://github.com/pillarjs/path-to-regexp' },
    { type: 'ADVISORY', url: 'https://nvd.nist.gov/vuln/detail/CVE-2024-45296' },
    { type: 'WEB', url: 'javascript:alert(1)' },
  ],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'path-to-regexp' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0.2.0' }, { fixed: '1.9.0' }] }],
    },
    {
      package: { ecosystem: 'npm', name: 'path-to-regexp' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '0.1.10' }] }],
    },
    { package: { ecosystem: 'RubyGems', name: 'path-to-regexp' }, versions: ['1.0.0'] },
  ],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
}

describe('OSV', () => {
  test('a record of GitHub: one package with all its ranges, only of this ecosystem', () => {
    expect(one('osv', 'GHSA-9wv6-86v2-598j.json', ghsa, 'npm')).toEqual({
      id: 'GHSA-9wv6-86v2-598j',
      aliases: ['CVE-2024-45296'],
      summary: 'path-to-regexp outputs backtracking regular expressions',
      details: '### Impact\n\nA bad regular expression is generated.',
      severity: 'high',
      cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H'],
      cwes: ['CWE-1333'],
      published: '2024-09-09T20:19:15Z',
      modified: '2025-01-24T21:41:10.911742Z',
      references: ['https://nvd.nist.gov/vuln/detail/CVE-2024-45296', 'https://github.com/pillarjs/path-to-regexp'],
      url: 'https://github.com/advisories/GHSA-9wv6-86v2-598j',
      affected: [
        {
          ecosystem: 'npm',
          name: 'path-to-regexp',
          keyedBy: 'binary',
          ranges: [{ introduced: '0.2.0', fixed: '1.9.0' }, { fixed: '0.1.10' }],
        },
      ],
    })
    expect(one('osv', 'a.json', ghsa, 'RubyGems').affected[0]!.versions).toEqual(['1.0.0'])
    expect(read('osv', 'a.json', ghsa, 'Go')).toEqual([])
  })

  const withEvents = (events: object[], more: object = {}): AffectedPackage[] =>
    records(
      read(
        'osv',
        'X-1.json',
        { id: 'X-1', affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }], ...more }] },
        'npm',
      ),
    ).flatMap(({ affected }) => affected)

  test.each<[object[], object[]]>([
    [[{ introduced: '0' }], [{}]],
    [
      [{ introduced: '0' }, { fixed: '1' }, { introduced: '2' }],
      [{ fixed: '1' }, { introduced: '2' }],
    ],
    [[{ introduced: '1' }, { last_affected: '2' }], [{ introduced: '1', lastAffected: '2' }]],
    [[{ introduced: '0.0.0-0' }, { limit: '3' }], [{ fixed: '3' }]],
    [
      [{ introduced: '1' }, { introduced: '2' }, { fixed: '3' }],
      [
        { introduced: '1', fixed: '3' },
        { introduced: '2', fixed: '3' },
      ],
    ],
    [[{ fixed: '1' }, { introduced: '0' }], [{ fixed: '1' }]],
    [[{ introduced: '0' }, { fixed: '2' }, { fixed: '3' }], [{ fixed: '2' }]],
    // One goes on where the other ends: 2 is no fix.
    [[{ introduced: '1' }, { fixed: '2' }, { introduced: '2' }, { fixed: '3' }], [{ introduced: '1', fixed: '3' }]],
  ])('events %j', (events, ranges) => {
    expect(withEvents(events).map(one => one.ranges)).toEqual([ranges])
  })

  test('commits alone are nothing; many single versions beside ranges say nothing new', () => {
    expect(
      withEvents([{ introduced: '0' }, { fixed: '9' }], { versions: Array.from({ length: 21 }, (_, i) => `${i}`) })[0]!.versions,
    ).toBeUndefined()
    expect(withEvents([{ introduced: '0' }, { fixed: '9' }], { versions: ['8'] })[0]!.versions).toEqual(['8'])
    const git = {
      ...ghsa,
      affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }],
    }
    expect(read('osv', 'a.json', git, 'npm')).toEqual([])
    // What was withdrawn must be heard of even so.
    expect(one('osv', 'a.json', { ...git, withdrawn: '2024-01-01T00:00:00Z' }, 'npm')).toMatchObject({
      withdrawn: '2024-01-01T00:00:00Z',
      affected: [],
    })
  })

  test('single versions count where a bound of the ranges is no version of the ecosystem', () => {
    const versions = Array.from({ length: 21 }, (_, i) => `10.0.${i}`)
    const neutron = (fixed: string): AffectedPackage =>
      one(
        'osv',
        'a.json',
        {
          id: 'PYSEC-2026-686',
          affected: [
            {
              package: { ecosystem: 'PyPI', name: 'neutron' },
              ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
              versions,
            },
          ],
        },
        'PyPI',
      ).affected[0]!
    for (const fixed of ['10.0.2-1.1', '99524214c4c3b0b5f9e2a7e8a7bc1ed1a6d7c0fd', 'v1_2_3'])
      expect(neutron(fixed).versions, fixed).toEqual(versions)
    for (const fixed of ['10.0.2', '1!10.0.2rc1.post2.dev3+local.1', '10.0.2-1', 'v1.2'])
      expect(neutron(fixed).versions, fixed).toBeUndefined()
  })

  test('events in any order give the same ranges', () => {
    const bound = fc
      .tuple(fc.nat(4), fc.nat(12), fc.constantFrom('', '-beta.2', '-beta.10'))
      .map(([a, b, c]) => `${a}.${b}.0${c}`)
    const sane = fc.uniqueArray(bound, { minLength: 1, maxLength: 9 }).chain(bounds => {
      const order = [...bounds].sort((a, b) => {
        const [x = [], y = []] = [a, b].map(text => text.split(/[.-]/).map(part => (/^\d/.test(part) ? Number(part) : 0)))
        for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return x[i]! - y[i]!
        return (x[4] ?? 99) - (y[4] ?? 99)
      })
      const events = order.map((version, i) => (i % 2 === 0 ? { introduced: version } : { fixed: version }))
      return fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))
    })
    const set = (events: object[]): readonly string[] =>
      withEvents(events)
        .flatMap(({ ranges }) => ranges)
        .map(range => JSON.stringify(range))
        .sort()
    fc.assert(
      fc.property(sane, ([events, shuffled]) => {
        expect(set(shuffled)).toEqual(set(events))
      }),
    )
    expect(set([{ introduced: '0' }, { introduced: '10.0' }, { fixed: '9.5' }, { fixed: '10.2' }])).toEqual([
      '{"fixed":"9.5"}',
      '{"introduced":"10.0","fixed":"10.2"}',
    ])
  })

  test('where GitHub knows the last vulnerable version beside the range', () => {
    const known = (text: string): object => ({ database_specific: { last_known_affected_version_range: text } })
    expect(withEvents([{ introduced: '0' }], known('<= 0.7.7'))[0]!.ranges).toEqual([{ lastAffected: '0.7.7' }])
    expect(withEvents([{ introduced: '0' }], known('< 2.0.0'))[0]!.ranges).toEqual([{ fixed: '2.0.0' }])
    expect(withEvents([{ introduced: '0' }, { fixed: '5.8.2' }], known('<= 5.8.1'))[0]!.ranges).toEqual([{ fixed: '5.8.2' }])
  })

  test('notices are bundles, with the CVEs wherever they stand; modules and severity from the summary', () => {
    const notice = {
      id: 'ALSA-2022:7821',
      summary: 'Important: nodejs:18 security update',
      related: ['CVE-2022-35255', 'CVE-2022-35256'],
      affected: [
        {
          package: { ecosystem: 'AlmaLinux:8', name: 'nodejs' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1:18.9.1-1.module_el8.7.0+3343+ea2b7901' }] }],
        },
      ],
    }
    expect(one('osv', 'a.json', notice, 'AlmaLinux')).toEqual({
      id: 'ALSA-2022:7821',
      aliases: ['CVE-2022-35255', 'CVE-2022-35256'],
      isBundle: true,
      summary: 'Important: nodejs:18 security update',
      severity: 'high',
      url: 'https://errata.almalinux.org/8/ALSA-2022-7821.html',
      affected: [
        {
          ecosystem: 'AlmaLinux:8',
          name: 'nodejs',
          keyedBy: 'binary',
          ranges: [{ fixed: '1:18.9.1-1.module_el8.7.0+3343+ea2b7901' }],
          module: 'nodejs:18',
        },
      ],
    })
    const two = { ...notice, summary: 'Moderate: idm:DL1 and idm:client security, bug fix, and enhancement update' }
    expect(one('osv', 'a.json', two, 'AlmaLinux').affected.map(({ module }) => module)).toEqual(['idm:DL1', 'idm:client'])
  })

  test('Rocky: source packages, the epoch from the purl', () => {
    const rocky = {
      id: 'RLSA-2023:0001',
      affected: [
        {
          package: { ecosystem: 'Rocky Linux:8', name: 'bind', purl: 'pkg:rpm/rocky-linux/bind?distro=rocky-linux-8&epoch=32' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '9.11.36-8.el8' }] }],
        },
      ],
    }
    expect(one('osv', 'a.json', rocky, 'Rocky Linux').affected).toEqual([
      { ecosystem: 'Rocky Linux:8', name: 'bind', keyedBy: 'source', ranges: [{ fixed: '32:9.11.36-8.el8' }] },
    ])
  })

  test('Ubuntu: one answer for everybody and for subscribers', () => {
    const inRelease = (ecosystem: string, ...events: object[]): object => ({
      package: { ecosystem, name: 'zlib' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...events] }],
    })
    const ubuntu = {
      id: 'UBUNTU-CVE-2022-37434',
      upstream: ['CVE-2022-37434'],
      severity: [{ type: 'Ubuntu', score: 'medium' }],
      affected: [
        inRelease('Ubuntu:18.04:LTS', { fixed: '1:1.2.11.dfsg-0ubuntu2.2' }),
        inRelease('Ubuntu:Pro:18.04:LTS', { fixed: '1:1.2.11.dfsg-0ubuntu2.2' }),
        inRelease('Ubuntu:16.04:LTS'),
        inRelease('Ubuntu:Pro:16.04:LTS', { fixed: '1:1.2.8.dfsg-2ubuntu4.3+esm2' }),
        inRelease('Ubuntu:Pro:FIPS:16.04:LTS', { fixed: '1' }),
      ],
    }
    expect(one('osv', 'a.json', ubuntu, 'Ubuntu')).toMatchObject({
      aliases: ['CVE-2022-37434'],
      severity: 'medium',
      affected: [
        { ecosystem: 'Ubuntu:18.04:LTS', name: 'zlib', keyedBy: 'source', ranges: [{ fixed: '1:1.2.11.dfsg-0ubuntu2.2' }] },
        { ecosystem: 'Ubuntu:16.04:LTS', fixNeeds: 'ubuntu-pro', ranges: [{ fixed: '1:1.2.8.dfsg-2ubuntu4.3+esm2' }] },
      ],
    })
  })

  test('names as the ecosystems normalise them; malware', () => {
    const named = (ecosystem: string, name: string): string =>
      one(
        'osv',
        'a.json',
        { id: 'MAL-2024-1', affected: [{ package: { ecosystem, name }, versions: ['1'] }] },
        ecosystem.split(':')[0],
      ).affected[0]!.name
    expect(named('PyPI', 'Zope.Interface__x')).toBe('zope-interface-x')
    expect(named('Go', 'github.com/Masterminds/goutils')).toBe('github.com/masterminds/goutils')
    expect(named('NuGet', 'Newtonsoft.Json')).toBe('newtonsoft.json')
    expect(named('Packagist:https://packages.drupal.org/8', 'Drupal/Core')).toBe('drupal/core')
    expect(named('Maven', 'org.Foo:Bar')).toBe('org.Foo:Bar')
    expect(
      one('osv', 'a.json', { id: 'MAL-2024-1', affected: [{ package: { ecosystem: 'npm', name: 'x' }, versions: ['1'] }] }, 'npm')
        .isMalware,
    ).toBe(true)
  })

  test.each<[string, object]>([
    [
      'a version that is a number',
      {
        ...ghsa,
        affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events: [{ introduced: 0 }] }] }],
      },
    ],
    ['an endless id', { ...ghsa, id: 'A'.repeat(100_000) }],
    ['a name that is a number', { ...ghsa, affected: [{ package: { ecosystem: 'npm', name: 5 }, versions: ['1'] }] }],
    ['a list', []],
  ])('%s is skipped', (_, value) => {
    const items = read('osv', 'export/GHSA-x.json', value, 'npm')
    expect(items).toEqual([{ kind: 'skipped', what: 'GHSA-x', why: expect.any(String) }])
    expect((items[0] as { why: string }).why.length).toBeLessThan(200)
  })
})

const secdb = {
  distroversion: 'v3.21',
  reponame: 'main',
  packages: [
    {
      pkg: {
        name: 'openssl',
        secfixes: { '0': ['CVE-2022-1292'], '3.3.2-r3': ['CVE-2024-9143'], '3.3.2-r0': ['CVE-2024-9143'] },
      },
    },
    { pkg: { name: 'xen', secfixes: { '4.14.1-r0': ['CVE-2020-29571 XSA-359', 'XSA-1'] } } },
  ],
}

test('Alpine: releases, what was never affected, several names in one', () => {
  const all = records(read('alpine-secdb', 'v3.21/main.json', secdb))
  expect(all.map(({ id, aliases, affected: [first] }) => [id, aliases, first!.ranges, first!.status])).toEqual([
    ['CVE-2022-1292', [], [], 'not-affected'],
    ['CVE-2024-9143', [], [{ fixed: '3.3.2-r3' }, { fixed: '3.3.2-r0' }], undefined],
    ['CVE-2020-29571', ['XSA-359'], [{ fixed: '4.14.1-r0' }], undefined],
    ['XSA-1', [], [{ fixed: '4.14.1-r0' }], undefined],
  ])
  expect(all[0]!.affected[0]).toMatchObject({ ecosystem: 'Alpine:v3.21', name: 'openssl', keyedBy: 'source' })
  expect(read('alpine-secdb', 'edge/main.versions.json', { '7zip': '26.02-r0' })).toEqual([
    { kind: 'examined', ecosystem: 'Alpine:edge', name: '7zip' },
  ])
  const yaml =
    'distroversion: v3.8\npackages:\n  - pkg:\n      name: a\n      secfixes:\n        1.10:\n          - CVE-2019-10206\n'
  expect(one('alpine-secdb', 'v3.8/main.yaml', yaml).affected).toEqual([
    { ecosystem: 'Alpine:v3.8', name: 'a', keyedBy: 'source', ranges: [{ fixed: '1.10' }] },
  ])
  expect(read('alpine-secdb', 'v3.3/community.yaml', 'distroversion: v3.3\npackages:\n')).toEqual([])
  expect(() => read('alpine-secdb', 'main.json', { packages: [] })).toThrow(Unreadable)
  expect(
    one('wolfi', 'security.json', { packages: [{ pkg: { name: 'a', secfixes: { '1-r0': ['CVE-2024-1234'] } } }], reponame: 'os' })
      .affected[0]!.ecosystem,
  ).toBe('Wolfi')
})

const debianJson = {
  zlib: {
    'CVE-2023-45853': {
      description: 'MiniZip in zlib through 1.3 has an integer overflow. It is not built.',
      scope: 'local',
      releases: {
        bullseye: { status: 'resolved', fixed_version: '1:1.2.11.dfsg-2+deb11u3', urgency: 'low' },
        bookworm: { status: 'open', urgency: 'not yet assigned', nodsa: 'contrib/minizip not built', nodsa_reason: 'ignored' },
        trixie: { status: 'resolved', fixed_version: '0', urgency: 'unimportant' },
        forky: { status: 'open', urgency: 'unimportant' },
        sid: { status: 'undetermined', urgency: 'not yet assigned' },
        etch: { status: 'open', urgency: 'end-of-life' },
        buster: { status: 'open', urgency: 'medium**', nodsa: 'Minor issue', nodsa_reason: '' },
        lenny: { status: 'open', urgency: 'low', nodsa: 'Later', nodsa_reason: 'postponed' },
        stretch: { status: 'open', urgency: 'high' },
        wheezy: { status: 'resolved', urgency: 'high' },
      },
    },
  },
}

test("Debian's tracker: the state in each release", () => {
  const items = read('debian-tracker', 'json', debianJson)
  expect(items[0]).toMatchObject({ kind: 'skipped', what: 'zlib CVE-2023-45853 wheezy' })
  const [record] = records(items.slice(1))
  expect(record!.summary).toBe('MiniZip in zlib through 1.3 has an integer overflow.')
  expect(Object.fromEntries(record!.affected.map(({ ecosystem, name: _, keyedBy: __, ...said }) => [ecosystem, said]))).toEqual({
    'Debian:11': { ranges: [{ fixed: '1:1.2.11.dfsg-2+deb11u3' }], severity: 'low' },
    'Debian:12': { ranges: [{}], status: 'wont-fix', reason: 'contrib/minizip not built' },
    'Debian:13': { ranges: [], status: 'not-affected' },
    'Debian:14': { ranges: [{}], status: 'unimportant' },
    'Debian:sid': { ranges: [{}], status: 'undetermined' },
    'Debian:4.0': { ranges: [{}], status: 'end-of-life' },
    'Debian:10': { ranges: [{}], status: 'minor', severity: 'medium', reason: 'Minor issue' },
    'Debian:5.0': { ranges: [{}], status: 'deferred', severity: 'low', reason: 'Later' },
    'Debian:9': { ranges: [{}], status: 'affected', severity: 'high' },
  })
})

const debianList = `CVE-2024-3094 (Malicious code was discovered in the upstream tarballs of xz)
	- xz-utils 5.6.1+really5.4.5-1
	[bookworm] - xz-utils <not-affected> (Vulnerable code not present)
	NOTE: https://www.openwall.com/lists/oss-security/2024/03/29/4
CVE-2023-XXXX [no number yet]
	- foo <unfixed> (unimportant)
	[bullseye] - foo <no-dsa> (Minor issue)
CVE-2023-1393 (X.Org)
	{DSA-5380-1 DLA-3379-1}
	- xorg-server 2:21.1.7-2 (low; bug #1)
CVE-2023-1 (RESERVED)
	RESERVED
CVE-2023-2 (nowhere)
	NOT-FOR-US: X
	- itp-only <itp> (bug #5)
`

test("Debian's list: what is said of unstable holds for releases that say nothing", () => {
  const [xz, foo, xorg, ...rest] = records(read('debian-tracker', 'data/CVE/list', debianList))
  const said = (record: AdvisoryRecord): object =>
    Object.fromEntries(record.affected.map(({ ecosystem, name: _, keyedBy: __, ...what }) => [ecosystem, what]))
  expect(said(xz!)).toMatchObject({
    'Debian:12': { ranges: [], status: 'not-affected', reason: 'Vulnerable code not present' },
    'Debian:11': { ranges: [{ fixed: '5.6.1+really5.4.5-1' }], reason: 'fixed in unstable' },
    'Debian:sid': { ranges: [{ fixed: '5.6.1+really5.4.5-1' }] },
  })
  expect(foo!.id).toBe('TEMP-2023-foo')
  expect(said(foo!)).toMatchObject({
    'Debian:12': { status: 'unimportant' },
    'Debian:11': { status: 'unimportant', reason: 'Minor issue' },
  })
  // The notices have the versions of stable releases.
  expect(said(xorg!)).toEqual({ 'Debian:sid': { ranges: [{ fixed: '2:21.1.7-2' }], severity: 'low' } })
  expect(rest).toEqual([])
})

const dsa = `[29 Mar 2023] DSA-5380-1 xorg-server - security update
	{CVE-2023-1393}
	[bullseye] - xorg-server 2:1.20.11-1+deb11u6
[20 Mar 2023] DLA-3315-2 sox - regression update
	[buster] - sox 14.4.2+git20190427-1+deb10u2
[05 Aug 2002] DSA-143 krb5 - integer overflow
	{CVE-2002-0391 CVE-2002-0392}
	[woody] - krb5 <not-affected> (according to the DSA)
	[sarge] - krb5 <end-of-life>
`

test("Debian's notices", () => {
  expect(records(read('debian-advisories', 'list', dsa))).toEqual([
    {
      id: 'DSA-5380-1',
      aliases: ['CVE-2023-1393'],
      isBundle: true,
      summary: 'xorg-server - security update',
      published: '2023-03-29',
      url: 'https://security-tracker.debian.org/tracker/DSA-5380-1',
      affected: [{ ecosystem: 'Debian:11', name: 'xorg-server', keyedBy: 'source', ranges: [{ fixed: '2:1.20.11-1+deb11u6' }] }],
    },
    expect.objectContaining({
      id: 'DSA-143',
      aliases: ['CVE-2002-0391', 'CVE-2002-0392'],
      affected: [
        {
          ecosystem: 'Debian:3.0',
          name: 'krb5',
          keyedBy: 'source',
          ranges: [],
          status: 'not-affected',
          reason: 'according to the DSA',
        },
        { ecosystem: 'Debian:3.1', name: 'krb5', keyedBy: 'source', ranges: [{}], status: 'end-of-life' },
      ],
    }),
  ])
  expect(() => read('debian-advisories', 'list', debianList)).toThrow(Unreadable)
})

const changelog =
  '{"source": "openssl", "cve": "CVE-2026-84784", "fixed": "3.5.7-1~deb13u3", "dist": "trixie-security", "date": "2026-09-29"}\n{"source":\n'

test("Debian's changelogs: fixes, packages that were looked at, a broken line", () => {
  expect(read('debian-changelogs', 'x/trixie.jsonl', changelog)).toEqual([
    {
      kind: 'advisory',
      record: {
        id: 'CVE-2026-84784',
        aliases: [],
        modified: '2026-09-29',
        url: 'https://security-tracker.debian.org/tracker/CVE-2026-84784',
        affected: [{ ecosystem: 'Debian:13', name: 'openssl', keyedBy: 'source', ranges: [{ fixed: '3.5.7-1~deb13u3' }] }],
      },
    },
    { kind: 'skipped', what: '{"source":', why: 'it is no JSON' },
  ])
  expect(read('debian-changelogs', 'bookworm.examined-sources.json', { acl: '2.3.1-3' })).toEqual([
    { kind: 'examined', ecosystem: 'Debian:12', name: 'acl' },
  ])
})

const ubuntu = `Candidate:CVE-2022-37434
PublicDate: 2022-08-05 07:15:00 UTC
References:
 https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2022-37434
Description:
 zlib through 1.2.12 has a heap-based buffer over-read or buffer overflow in
 inflate in inflate.c via a large gzip header extra field. More.
Notes:
 mdeslaur> Apps are only vulnerable if
Priority: medium
Priority_rsync: negligible
CVSS:
 nvd: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H [9.8 CRITICAL]

Patches_zlib:
 upstream: https://github.com/madler/zlib/commit/eff308af425b67093bab25f80f1ae950166bece1
upstream_zlib: needs-triage
trusty/esm_zlib: released (1:1.2.8.dfsg-1ubuntu1.1+esm2)
xenial_zlib: ignored (out of standard support)
esm-infra/xenial_zlib: released (1:1.2.8.dfsg-2ubuntu4.3+esm2)
fips/xenial_zlib: needed
bionic_zlib: released (1:1.2.11.dfsg-0ubuntu2.2)
esm-infra/bionic_zlib: released (1:1.2.11.dfsg-0ubuntu2.2)
focal_zlib: pending (1.2)
impish_zlib: DNE
jammy_zlib: deferred (2022-09-01)
devel_zlib: needed
jammy_rsync: not-affected (uses system zlib)
`

test('Ubuntu: everybody, subscribers, states', () => {
  const record = one('ubuntu-cve-tracker', 'active/CVE-2022-37434', ubuntu)
  expect(record).toMatchObject({
    id: 'CVE-2022-37434',
    summary:
      'zlib through 1.2.12 has a heap-based buffer over-read or buffer overflow in inflate in inflate.c via a large gzip header extra field.',
    severity: 'medium',
    cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    published: '2022-08-05T07:15:00.000Z',
    url: 'https://ubuntu.com/security/CVE-2022-37434',
  })
  expect(record.affected.map(({ keyedBy: _, ...said }) => said)).toEqual([
    { ecosystem: 'Ubuntu:16.04:LTS', name: 'zlib', ranges: [{ fixed: '1:1.2.8.dfsg-2ubuntu4.3+esm2' }], fixNeeds: 'ubuntu-pro' },
    { ecosystem: 'Ubuntu:18.04:LTS', name: 'zlib', ranges: [{ fixed: '1:1.2.11.dfsg-0ubuntu2.2' }] },
    { ecosystem: 'Ubuntu:20.04:LTS', name: 'zlib', ranges: [{}], reason: 'pending (1.2)' },
    { ecosystem: 'Ubuntu:22.04:LTS', name: 'zlib', ranges: [{}], status: 'deferred', reason: '2022-09-01' },
    {
      ecosystem: 'Ubuntu:22.04:LTS',
      name: 'rsync',
      ranges: [],
      status: 'not-affected',
      reason: 'uses system zlib',
      severity: 'low',
    },
    { ecosystem: 'Ubuntu:14.04:LTS', name: 'zlib', ranges: [{ fixed: '1:1.2.8.dfsg-1ubuntu1.1+esm2' }], fixNeeds: 'ubuntu-pro' },
  ])
})

const updateinfo = `<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="security@amazon.com" status="final" type="security" version="1.4"><id>ALAS2-2018-939</id>
<title>Amazon Linux 2 - ALAS2-2018-939: important priority package update for kernel</title>
<issued date="2018-01-04 01:12:00"/><updated date="2018-01-07 00:03:00"/><severity>important</severity>
<description>Package updates: CVE-2017-5715 &amp; more</description>
<references><reference href="http://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2017-5715" id="CVE-2017-5715" title="" type="cve"/></references>
<pkglist><collection short="ol8_appstream"><name>x</name><module name="nodejs" stream="18" version="1" context="c" arch="x86_64"/>
<package name="nodejs" version="18.9.1" release="1.module+el8" epoch="1" arch="x86_64"><filename>n</filename></package>
<package name="nodejs" version="18.9.1" release="1.module+el8" epoch="1" arch="aarch64"/>
<package name="nodejs" version="18.9.1" release="1.module+el8" epoch="1" arch="src"/></collection>
<collection><package name="kernel" version="4.9.75" release="25.55.amzn2" epoch="0" arch="x86_64"/>
<package name="kernel" version="4.9.75" release="25.55.ksplice1.amzn2" epoch="2" arch="x86_64"/></collection></pkglist></update>
<update type="bugfix"><id>ALBA-1</id><pkglist><collection><package name="a" version="1" release="1" epoch="0"/></collection></pkglist></update>
<update type="security"><id>BAD-1</id><pkglist><collection><package name="a" release="1"/></collection></pkglist></update>
</updates>`

test('notices of rpm repositories, and the way to them', () => {
  const items = read('amazon-linux', 'abc-updateinfo.xml.gz', updateinfo, '2')
  expect(items[1]).toEqual({ kind: 'skipped', what: 'BAD-1', why: 'a is no package with its version' })
  expect(records(items.slice(0, 1))).toEqual([
    {
      id: 'ALAS2-2018-939',
      aliases: ['CVE-2017-5715'],
      isBundle: true,
      summary: 'Amazon Linux 2 - ALAS2-2018-939: important priority package update for kernel',
      details: 'Package updates: CVE-2017-5715 & more',
      severity: 'high',
      published: '2018-01-04T01:12:00.000Z',
      modified: '2018-01-07T00:03:00.000Z',
      references: ['http://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2017-5715'],
      url: 'https://alas.aws.amazon.com/AL2/ALAS-2018-939.html',
      affected: [
        {
          ecosystem: 'Amazon Linux:2',
          name: 'nodejs',
          keyedBy: 'binary',
          ranges: [{ fixed: '1:18.9.1-1.module+el8' }],
          module: 'nodejs:18',
        },
        { ecosystem: 'Amazon Linux:2', name: 'kernel', keyedBy: 'binary', ranges: [{ fixed: '4.9.75-25.55.amzn2' }] },
      ],
    },
  ])
  expect(read('oracle-linux', 'updateinfo.xml', updateinfo, '9')[0]).toMatchObject({
    record: { affected: [{ ecosystem: 'Oracle Linux:9' }, {}] },
  })
  expect(() => read('oracle-linux', 'updateinfo.xml', updateinfo.slice(0, -20), '9')).toThrow(Unreadable)
  const index = repositoryIndex('https://cdn.amazonlinux.com/2/core/2.0/x86_64/0a1b/\n')
  expect(index).toBe('https://cdn.amazonlinux.com/2/core/2.0/x86_64/0a1b/repodata/repomd.xml')
  const repomd =
    '<repomd><data type="primary"><location href="repodata/p.xml.gz"/></data><data type="updateinfo"><location href="repodata/u.xml.gz"/></data></repomd>'
  expect(updateinfoIn(repomd, index)).toBe('https://cdn.amazonlinux.com/2/core/2.0/x86_64/0a1b/repodata/u.xml.gz')
  expect(() => repositoryIndex('file:///etc/passwd')).toThrow(Unreadable)
  expect(() => updateinfoIn(repomd.replace('repodata/u', 'http://127.0.0.1/u'), index)).toThrow(Unreadable)
})

const oval = `<oval_definitions xmlns:l="x"><generator><o:timestamp>2024-10-10T12:04:24.575063301Z</o:timestamp></generator><definitions>
<definition class="vulnerability" id="oval:d:1"><metadata><title>CVE-2024-47191 affecting package oath-toolkit for versions less than 2.6.7-3</title>
<reference ref_id="CVE-2024-47191" ref_url="https://nvd.nist.gov/vuln/detail/CVE-2024-47191" source="CVE"/><advisory_date>2024-07-23T22:05:39Z</advisory_date>
<advisory_id>50124-1</advisory_id><severity>High</severity><description>A patched version is available.</description></metadata>
<criteria operator="AND"><criterion test_ref="t1"/></criteria></definition>
<definition id="oval:d:2"><metadata><advisory_id>2-1</advisory_id></metadata><criteria operator="AND"><criterion test_ref="t2"/></criteria></definition></definitions>
<tests><l:rpminfo_test id="t1"><l:object object_ref="o1"/><l:state state_ref="s1"/></l:rpminfo_test></tests>
<objects><l:rpminfo_object id="o1"><l:name>oath-toolkit</l:name></l:rpminfo_object></objects>
<states><l:rpminfo_state id="s1"><l:evr datatype="evr_string" operation="less than">0:2.6.7-3.azl3</l:evr></l:rpminfo_state></states></oval_definitions>`

test('Azure Linux', () => {
  expect(read('azure-linux', 'azurelinux-3.0-oval.xml', oval)).toEqual([
    { kind: 'dated', at: '2024-10-10T12:04:24.575Z' },
    {
      kind: 'advisory',
      record: {
        id: 'AZL-50124',
        aliases: ['CVE-2024-47191'],
        details: 'A patched version is available.',
        severity: 'high',
        published: '2024-07-23T22:05:39Z',
        url: 'https://nvd.nist.gov/vuln/detail/CVE-2024-47191',
        affected: [{ ecosystem: 'Azure Linux:3', name: 'oath-toolkit', keyedBy: 'source', ranges: [{ fixed: '2.6.7-3.azl3' }] }],
      },
    },
    { kind: 'skipped', what: 'oval:d:2', why: 'it refers to what is not there' },
  ])
})

const kev = {
  catalogVersion: '2026.08.07',
  dateReleased: '2026-08-07T16:45:47.0648Z',
  vulnerabilities: [
    {
      cveID: 'CVE-2026-8037',
      vulnerabilityName: 'Progress LoadMaster',
      dateAdded: '2026-08-07',
      dueDate: '2026-08-10',
      knownRansomwareCampaignUse: 'Known',
    },
    { cveID: 'CVE-1', dateAdded: '2026-08-07' },
  ],
}
const epss =
  '#model_version:v2025.03.14,score_date:2026-05-18T00:00:00+0000\ncve,epss,percentile\nCVE-1999-0001,0.03351,0.87650\nCVE-1999-0002,2,NaN\n'
const eolPage =
  '---\ntitle: Node.js\nreleases:\n  - releaseCycle: "26"\n    releaseDate: 2026-05-05\n    lts: 2026-10-28\n    eol: 2029-04-30\n    latest: "26.7.0"\n  - releaseCycle: "1"\n---\n> text\n'
const eolApi = {
  result: [
    {
      name: 'debian',
      releases: [
        {
          name: '12',
          codename: 'Bookworm',
          releaseDate: '2023-06-10',
          isLts: false,
          isEol: true,
          eolFrom: '2026-07-11',
          isEoes: false,
          eoesFrom: '2028-06-30',
          latest: { name: '12.15', date: '2026-07-11' },
        },
        { name: '14', isLts: false, isEol: false, eolFrom: null, latest: null },
      ],
    },
  ],
}
const cvss =
  'cve,vector,source\nCVE-1999-0006,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,vulnrichment:CISA-ADP\nCVE-1999-0007,high,x\n'

test('facts about CVEs, and releases', () => {
  expect(read('kev', 'known_exploited_vulnerabilities.json', kev)).toEqual([
    { kind: 'dated', at: '2026-08-07T16:45:47.064Z' },
    {
      kind: 'cve',
      id: 'CVE-2026-8037',
      facts: { kev: { added: '2026-08-07', due: '2026-08-10', isRansomware: true, name: 'Progress LoadMaster' } },
    },
    { kind: 'skipped', what: 'CVE-1', why: 'it has no CVE or no date' },
  ])
  expect(read('epss', 'epss_scores-current.csv.gz', epss)).toEqual([
    { kind: 'dated', at: '2026-05-18T00:00:00.000Z' },
    { kind: 'cve', id: 'CVE-1999-0001', facts: { epss: { score: 0.03351, percentile: 0.8765 } } },
    { kind: 'skipped', what: 'CVE-1999-0002,2,NaN', why: 'it is no CVE with its score' },
  ])
  expect(read('cvss', 'cve-cvss.csv', cvss)).toEqual([
    {
      kind: 'cve',
      id: 'CVE-1999-0006',
      facts: { cvss: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', source: 'vulnrichment:CISA-ADP' } },
    },
    { kind: 'skipped', what: 'CVE-1999-0007,high,x', why: 'it is no CVE with its vector' },
  ])
  expect(read('endoflife', 'products/nodejs.md', eolPage)).toEqual([
    {
      kind: 'release',
      support: {
        product: 'nodejs',
        release: '26',
        isLts: true,
        endOfLife: '2029-04-30',
        released: '2026-05-05',
        latest: '26.7.0',
      },
    },
    { kind: 'skipped', what: 'nodejs 1', why: 'it has no name, or does not say until when' },
  ])
  expect(read('endoflife', 'full', eolApi)).toEqual([
    {
      kind: 'release',
      support: {
        product: 'debian',
        release: '12',
        isLts: false,
        endOfLife: '2026-07-11',
        codename: 'Bookworm',
        released: '2023-06-10',
        extendedEnd: '2028-06-30',
        latest: '12.15',
      },
    },
    { kind: 'release', support: { product: 'debian', release: '14', isLts: false, endOfLife: false } },
  ])
})

const nodeCore = {
  cve: ['CVE-2024-22018'],
  vulnerable: '20.x || 22.x',
  patched: '^20.15.1 || ^22.4.1',
  ref: 'https://nodejs.org/en/blog/',
  overview: 'Node.',
  severity: 'low',
}
const nodeNpm = {
  id: 410,
  title: 'merge-options',
  module_name: 'merge-options',
  cves: [],
  vulnerable_versions: '<=1.0.0',
  patched_versions: null,
  references: ['https://hackerone.com/reports/311336'],
}
const retire = {
  'retire-example': { vulnerabilities: [{ below: '0.0.2' }] },
  __proto__2: { vulnerabilities: 'none' },
  angular: {
    vulnerabilities: [
      {
        atOrAbove: '1.5.0',
        below: '1.8.0',
        severity: 'medium',
        identifiers: { summary: 'XSS', CVE: ['CVE-2020-7676'] },
        info: ['https://nvd.nist.gov/'],
      },
    ],
  },
}
const php =
  "title: Unsafe deserialization\nlink: https://bakery.cakephp.org/\ncve: CVE-2019-11458\nbranches:\n    3.5.x:\n        versions: ['>=3.0.0', '<3.5.18']\n    3.6.x:\n        versions: ['>=3.5.18', '<=3.6.15']\n    x:\n        versions: ['>4.0']\nreference: composer://CakePHP/cakephp\n"
const pysec =
  'id: PYSEC-2018-104\ndetails: |\n  python-oslo-middleware is vulnerable. More.\naffected:\n- package:\n    name: Oslo.Middleware\n    ecosystem: PyPI\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: "0"\n    - fixed: 3.10\n  versions:\n' +
  '  - 1.10\n'.repeat(30) +
  'aliases:\n- CVE-2017-2592\nmodified: "2021-11-16T21:20:29.327956Z"\n'

test('databases of languages', () => {
  expect(one('nodejs-security-wg', 'vuln/core/144.json', nodeCore, 'core')).toMatchObject({
    id: 'NSWG-COR-144',
    aliases: ['CVE-2024-22018'],
    severity: 'low',
    affected: [
      {
        ecosystem: 'generic',
        name: 'node',
        ranges: [
          { introduced: '20.0.0', fixed: '20.15.1' },
          { introduced: '22.0.0', fixed: '22.4.1' },
        ],
      },
    ],
  })
  expect(read('nodejs-security-wg', 'vuln/core/144.json', nodeCore, 'npm')).toEqual([])
  expect(one('nodejs-security-wg', '410.json', nodeNpm, 'npm')).toMatchObject({
    id: 'NSWG-ECO-410',
    affected: [{ ecosystem: 'npm', ranges: [{ lastAffected: '1.0.0' }] }],
  })
  expect(read('retirejs', 'repository/npmrepository.json', retire)).toMatchObject([
    { kind: 'skipped', what: '__proto__2' },
    {
      record: {
        id: 'CVE-2020-7676',
        severity: 'medium',
        affected: [{ name: 'angular', ranges: [{ introduced: '1.5.0', fixed: '1.8.0' }] }],
      },
    },
  ])
  expect(read('retirejs', 'repository/jsrepository-v6.json', retire)).toEqual([])
  // Without an identifier: by the report that is pointed at, if it is about one vulnerability.
  const entry = (...info: string[]): object => ({ below: '4.0.0', identifiers: { summary: 'Prototype pollution' }, info })
  const named = {
    lodash: {
      vulnerabilities: [
        entry('https://hackerone.com/reports/310443'),
        entry('https://hackerone.com/reports/310443', 'https://hackerone.com/reports/380873'),
        entry('https://nodesecurity.io/advisories/29'),
        entry('https://nodesecurity.io/advisories/7'),
      ],
    },
  }
  expect(records(read('retirejs', 'repository/npmrepository.json', named)).map(({ id, aliases }) => [id, ...aliases])).toEqual([
    ['CVE-2018-3721'],
    ['RETIREJS-lodash-2'],
    ['CVE-2014-7191'],
    ['RETIREJS-lodash-4'],
  ])
  expect(one('friendsofphp', 'cakephp/cakephp/CVE-2019-11458.yaml', php)).toEqual({
    id: 'CVE-2019-11458',
    aliases: [],
    summary: 'Unsafe deserialization',
    url: 'https://bakery.cakephp.org/',
    affected: [
      {
        ecosystem: 'Packagist',
        name: 'cakephp/cakephp',
        keyedBy: 'binary',
        ranges: [{ introduced: '3.0.0', lastAffected: '3.6.15' }, { introduced: '4.0.0.1' }],
      },
    ],
  })
  expect(one('pypa', 'vulns/oslo-middleware/PYSEC-2018-104.yaml', pysec)).toMatchObject({
    id: 'PYSEC-2018-104',
    aliases: ['CVE-2017-2592'],
    summary: 'python-oslo-middleware is vulnerable.',
    // YAML would make a number of it.
    affected: [{ ecosystem: 'PyPI', name: 'oslo-middleware', ranges: [{ fixed: '3.10' }] }],
  })
  // Long lists of versions are only read where the ranges cannot be compared.
  const neutron = (fixed: string): string =>
    [
      'id: PYSEC-2026-686',
      'affected:',
      '- package:',
      '    name: neutron',
      '    ecosystem: PyPI',
      '  ranges:',
      '  - type: ECOSYSTEM',
      '    events:',
      "    - introduced: '0'",
      `    - fixed: ${fixed}`,
      '  versions:',
      ...Array.from({ length: 30 }, (_, i) => `  - 10.0.${i}`),
      '',
    ].join('\n')
  const versionsWith = (fixed: string): number | undefined =>
    one('pypa', 'vulns/neutron/PYSEC-2026-686.yaml', neutron(fixed)).affected[0]!.versions?.length
  expect([versionsWith('10.0.2-1.1'), versionsWith('10.0.2')]).toEqual([30, undefined])
  const psf = { id: 'PSF-2021-4', affected: [{ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }], versions: ['v3.8.8'] }] }
  expect(one('psf', 'PSF-2021-4.json', psf).affected).toEqual([
    { ecosystem: 'generic', name: 'python', keyedBy: 'binary', ranges: [], versions: ['3.8.8'] },
  ])
})

describe('hostile', () => {
  const record = {
    ...ghsa,
    affected: [
      ...ghsa.affected,
      {
        package: { ecosystem: 'Go', name: 'stdlib' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '1.2.0' }, { fixed: '1.3' }] }],
      },
    ],
  }
  const samples: readonly (readonly [feed: string, name: string, content: unknown, part?: string])[] = [
    ['osv', 'GHSA-1.json', record, 'npm'],
    ['ghsa', 'npm/GHSA-1.json', record, 'npm'],
    ['go-vulndb', 'ID/GO-1.json', record],
    ['rustsec', 'RUSTSEC-1.json', record],
    ['dhi', 'osv/CVE-1.json', record],
    ['psf', 'PSF-1.json', { id: 'PSF-1', affected: [{ versions: ['v1'] }] }],
    ['alpine-secdb', 'main.json', secdb],
    ['alpine-secdb', 'edge/main.versions.json', { a: '1' }],
    [
      'alpine-secdb',
      'v3.8/main.yaml',
      'distroversion: v3.8\npackages:\n  - pkg:\n      name: a\n      secfixes:\n        1.10:\n          - CVE-2019-10206\n',
    ],
    ['wolfi', 'security.json', secdb],
    ['debian-tracker', 'json', debianJson],
    ['debian-tracker', 'CVE/list', debianList],
    ['debian-advisories', 'list', dsa],
    ['debian-changelogs', 'trixie.jsonl', changelog],
    ['ubuntu-cve-tracker', 'CVE-2022-37434', ubuntu],
    ['amazon-linux', 'updateinfo.xml', updateinfo, '2'],
    ['azure-linux', 'azurelinux-3.0-oval.xml', oval],
    ['kev', 'kev.json', kev],
    ['epss', 'epss.csv', epss],
    ['cvss', 'cve-cvss.csv', cvss],
    ['endoflife', 'full', eolApi],
    ['endoflife', 'nodejs.md', eolPage],
    ['nodejs-security-wg', '1.json', nodeCore, 'core'],
    ['nodejs-security-wg', '1.json', nodeNpm, 'npm'],
    ['retirejs', 'npmrepository.json', retire],
    ['friendsofphp', 'a/b/c.yaml', php],
    ['pypa', 'PYSEC-1.yaml', pysec],
  ]

  const bad = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e300,
      '',
      ' ',
      '0',
      '__proto__',
      'constructor',
      '\u0000',
      '\ud800',
      'a\nb',
      [],
      {},
      [[]],
      { toString: 1 },
    ),
    fc.constantFrom('A'.repeat(100_000), ' '.repeat(100_000), '-'.repeat(50_000), '1.'.repeat(50_000), '|| '.repeat(30_000)),
    fc.jsonValue({ maxDepth: 2 }),
    fc
      .constant('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
      .map(text => JSON.parse(text) as unknown),
  )

  /** Puts something else where a value was, under its name or another one. */
  const changed = (value: unknown, path: readonly number[], put: unknown, key: string | undefined): unknown => {
    if (typeof value !== 'object' || value === null || path.length === 0) return put
    const names = Object.keys(value)
    if (names.length === 0) return put
    const name = names[path[0]! % names.length]!
    const inner = changed((value as Record<string, unknown>)[name], path.slice(1), put, key)
    if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === name ? inner : item))
    const pairs = Object.entries(value).map(([own, item]) => [
      own === name && path.length === 1 && key !== undefined ? key : own,
      own === name ? inner : item,
    ])
    return Object.fromEntries(pairs)
  }

  const check = (feedName: string, name: string, bytes: Uint8Array, part: string | undefined): void => {
    const feed = feeds[feedName]!
    try {
      for (const item of feed.read({ name, bytes }, part === undefined ? feed.parts[0]! : partOf(feed, part))) wellFormed(item)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      expect(error.message.length).toBeLessThan(300)
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  }

  const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 3000)

  test('values of other types and lengths, other names', () => {
    const json = samples.filter(([, , content]) => typeof content === 'object')
    const key = fc.option(fc.constantFrom('__proto__', 'constructor', '', 'B'.repeat(100_000), 'x\n'), { nil: undefined })
    fc.assert(
      fc.property(
        fc.constantFrom(...json),
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        bad,
        key,
        ([feed, name, content, part], path, put, key) =>
          check(feed, name, encode(changed(content, path, put, key) ?? null), part),
      ),
      { numRuns: runs },
    )
  })

  test('bytes that are cut off, left out, doubled, replaced', () => {
    const piece = fc.constantFrom(
      '',
      '{',
      '}',
      '"',
      '\\',
      '<',
      '>',
      '\n',
      '\n\t',
      ' ',
      '&#',
      '- ',
      ':',
      '\u0000',
      '(',
      '<a>',
      '*x',
      '&x ',
      '[',
      '0',
      'A'.repeat(70_000),
      '\ufeff',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(40), piece), { minLength: 1, maxLength: 4 }),
        ([feed, name, content, part], edits) => {
          let text = typeof content === 'string' ? content : JSON.stringify(content)
          for (const [at, length, put] of edits) {
            const start = at % (text.length + 1)
            text = text.slice(0, start) + put + text.slice(start + length)
          }
          check(feed, name, encode(text), part)
        },
      ),
      { numRuns: runs },
    )
  })

  test('cut off anywhere', () => {
    for (const [feed, name, content, part] of samples) {
      const bytes = encode(content)
      for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 150))
        check(feed, name, bytes.subarray(0, end), part)
    }
  })

  test('bytes that are no text, and nesting without end', () => {
    for (const [feed, name, , part] of samples) {
      check(
        feed,
        name,
        new Uint8Array(5000).map((_, i) => (i * 7919) % 256),
        part,
      )
      check(feed, name, encode('['.repeat(50_000)), part)
      check(feed, name, encode('{"a":'.repeat(50_000)), part)
      check(feed, name, encode(`{"id":${'['.repeat(5000)}${']'.repeat(5000)}}`), part)
      check(feed, name, encode('<a>'.repeat(50_000)), part)
    }
  })
})

const isShort = (text: unknown, most: number): void => {
  expect(typeof text).toBe('string')
  expect((text as string).length).toBeGreaterThan(0)
  expect((text as string).length).toBeLessThanOrEqual(most)
}

function wellFormed(item: FeedItem): void {
  switch (item.kind) {
    case 'advisory':
      wellFormedRecord(item.record)
      return
    case 'examined':
      isShort(item.ecosystem, 512)
      isShort(item.name, 512)
      return
    case 'cve': {
      expect(item.id).toMatch(/^CVE-\d{4}-\d{4,}$/)
      const { epss, kev, cvss } = item.facts
      if (epss) for (const value of [epss.score, epss.percentile]) expect(value >= 0 && value <= 1).toBe(true)
      if (kev) expect(kev.added).toMatch(/^\d{4}-\d\d-\d\d/)
      if (cvss) isShort(cvss.vector, 240)
      return
    }
    case 'release':
      isShort(item.support.product, 128)
      isShort(item.support.release, 256)
      expect(['string', 'boolean']).toContain(typeof item.support.endOfLife)
      return
    case 'dated':
      expect(Number.isNaN(Date.parse(item.at))).toBe(false)
      return
    case 'skipped':
      isShort(item.why, 200)
      isShort(item.what, 200)
      return
  }
}

const wellFormedRecord = (record: AdvisoryRecord): void => {
  expect(record.id).toMatch(/^[!-~]{1,128}$/)
  for (const alias of record.aliases) expect(alias).toMatch(/^[!-~]{1,128}$/)
  expect(record.url).toMatch(/^https?:\/\/[!-~]{1,1000}$/)
  for (const url of record.references ?? []) expect(url).toMatch(/^https?:\/\/[!-~]{1,1000}$/)
  expect((record.references ?? []).length).toBeLessThanOrEqual(5)
  if (record.summary !== undefined) isShort(record.summary, 300)
  if (record.details !== undefined) isShort(record.details, 4000)
  for (const severity of [record.severity, ...record.affected.map(one => one.severity)])
    if (severity !== undefined) expect(severities).toContain(severity)
  expect(record.affected.length > 0 || record.withdrawn !== undefined).toBe(true)
  for (const one of record.affected) {
    isShort(one.ecosystem, 512)
    isShort(one.name, 512)
    expect(one.name + one.ecosystem).not.toMatch(/[\x00-\x1f\x7f]/)
    expect(['source', 'binary']).toContain(one.keyedBy)
    if (one.ranges.length === 0 && !one.versions?.length) expect(one.status).toBe('not-affected')
    for (const version of [...one.ranges.flatMap(range => Object.values(range)), ...(one.versions ?? [])]) {
      isShort(version, 300)
      expect(version).not.toMatch(/[\x00-\x1f\x7f]/)
    }
    if (one.reason !== undefined) isShort(one.reason, 300)
  }
}
