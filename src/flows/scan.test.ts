import { describe, expect, test } from 'vitest'
import { databaseOf } from '../../test/advisories.ts'
import { makePackage } from '../../test/scan-report.ts'
import { versionOrders } from '../judge/versions/registry.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import { purl } from '../model/purl.ts'
import { scanInventory } from './scan.ts'

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
