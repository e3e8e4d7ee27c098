import { describe, expect, test } from 'vitest'
import { databaseOf, feedState } from '../../test/advisories.ts'
import { makePackage } from '../../test/scan-report.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import { purl } from '../model/purl.ts'
import { isFixable, isSevere, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { ageProblems, scanInventory } from './scan.ts'

const database = databaseOf([
  { id: 'CVE-2024-1', affected: [{ ecosystem: 'npm', name: 'lodash', keyedBy: 'binary', ranges: [{ fixed: '9.0.0' }] }] },
])
const inFile = (path: string, version: string): Package => ({
  ...makePackage({ type: 'npm', name: 'lodash', version }),
  at: [{ in: 'file', path, span: { start: 0, end: 0 } }],
})
const keysIn = (kind: Inventory['kind'], name: string, packages: readonly Package[]): readonly string[] =>
  scanInventory({ name, kind, image: undefined, distro: undefined, packages, problems: [], layers: [] }, database, {
    orders: versionOrders,
    now: '2026-08-02T00:00:00Z',
    version: '1',
  }).findings.map(({ key }) => key)

describe('keys of findings', () => {
  test('neither the name of an SBOM nor the place of a folder is in them', () => {
    const fromSbom = (path: string) => keysIn('sbom', 'app', [inFile(path, '4.0.0')])
    expect(fromSbom('a.json')).toEqual(fromSbom('/tmp/b.json'))
    const fromFolder = (root: string) => keysIn('folder', root, [inFile(`${root}/app/lodash`, '4.0.0')])
    expect(fromFolder('/tmp/one')).toEqual(fromFolder('two'))
    expect(keysIn('folder', 'x', [inFile('x/a', '4.0.0')])).not.toEqual(keysIn('folder', 'x', [inFile('x/b', '4.0.0')]))
  })

  test('an update that is affected still has the same one; no two packages of one report have', () => {
    const old = makePackage({ type: 'npm', name: 'lodash', version: '4.0.0' })
    const updated = makePackage({ type: 'npm', name: 'lodash', version: '5.0.0' })
    expect(keysIn('image', 'x', [old])).toEqual(keysIn('image', 'x', [updated]))
    const twin = { ...old, purl: purl({ type: 'npm', name: 'lodash', version: '4.0.0', qualifiers: { arch: 'arm64' } }) }
    const keys = keysIn('image', 'x', [old, updated, twin])
    expect(new Set(keys).size).toBe(3)
    expect(keysIn('image', 'x', [twin, updated, old]).toSorted()).toEqual(keys.toSorted())
  })
})

describe('what a build fails on', () => {
  const finding = (severity: VulnerabilityFinding['severity'], kev = false) =>
    ({ severity, vulnerability: kev ? { kev: { added: '2024-01-01', isRansomware: false } } : {} }) as VulnerabilityFinding
  test('what is exploited, at any severity; what nobody weighed, where everything does', () => {
    for (const failOn of ['critical', 'high', 'medium', 'low'] as const) {
      expect(isSevere(finding('low', true), failOn)).toBe(true)
      expect(isSevere(finding('unknown', true), failOn)).toBe(true)
      expect(isSevere(finding('unknown'), failOn)).toBe(failOn === 'low')
      expect(isSevere(finding('critical'), failOn)).toBe(true)
    }
    expect(isSevere(finding('info'), 'low')).toBe(false)
    expect(isSevere(finding('critical', true), 'none')).toBe(false)
  })

  test('a fix of a later release, of a subscription, of where it comes from is none at hand', () => {
    const fixable = (match: object): boolean =>
      isFixable({ match: { status: 'affected', fixedIn: '2', via: 'name', ...match }, vulnerability: {} } as VulnerabilityFinding)
    expect(fixable({})).toBe(true)
    for (const match of [{ fixedIn: undefined }, { fixNeeds: 'ubuntu-pro' }, { inferredFrom: 'Alpine:v3.20' }, { via: 'alias' }])
      expect(fixable(match)).toBe(false)
  })
})

test('--max-age looks at all that the report was made of', () => {
  const general = ['epss', 'kev', 'cvss', 'endoflife'].map(feed => feedState({ feed, title: feed, ecosystems: [] }))
  const feeds = [
    feedState({ feed: 'npm', title: 'npm', ecosystems: ['npm'] }),
    feedState({ feed: 'pypi', title: 'PyPI', ecosystems: ['PyPI'] }),
    ...general,
  ]
  const draft = {
    id: 'CVE-2024-1',
    affected: [{ ecosystem: 'npm', name: 'lodash', keyedBy: 'binary' as const, ranges: [{ fixed: '9.0.0' }] }],
  }
  const old = (packages: readonly Package[], distro?: Inventory['distro']): readonly string[] => {
    const now = '2026-09-02T00:00:00Z'
    const inventory = { name: 'x', kind: 'image', image: undefined, distro, packages, problems: [], layers: [] } as const
    const report = scanInventory(inventory, databaseOf([draft], { feeds }), { orders: versionOrders, now, version: '1' })
    expect(ageProblems(report, feeds, 60)).toEqual([])
    return ageProblems(report, feeds, 7).map(({ message }) => message.replace(/:.*/, ''))
  }
  const lodash = (version: string): Package => makePackage({ type: 'npm', name: 'lodash', version })
  expect(old([lodash('1.0.0')])).toEqual(['npm', 'epss', 'kev', 'cvss'])
  expect(old([lodash('10.0.0')])).toEqual(['npm'])
  const debian = { id: 'debian', idLike: [], version: '12', codename: '', name: '', variant: '' }
  expect(old([lodash('10.0.0')], debian)).toEqual(['npm', 'endoflife'])
  const requests = makePackage({ name: 'python3-requests', version: '1' })
  expect(old([lodash('10.0.0'), { ...requests, aliases: ['pkg:pypi/requests@1'] }])).toEqual(['npm', 'PyPI'])
  // Nobody speaks of what is in it.
  expect(old([makePackage({ type: 'conda', name: 'x', version: '1' })])).toHaveLength(feeds.length)
})
