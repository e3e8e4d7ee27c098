import { describe, expect, test } from 'vitest'
import type { Location } from '../../model/finding.ts'
import type { Package } from '../../model/package.ts'
import { mergePackages, upstreamVersion } from './merge-packages.ts'

const at = (path: string): Location => ({ in: 'file', path, span: { start: 0, end: 0 } })
const pack = (purl: string, ecosystem: string, version: string, more: Partial<Package> = {}): Package => ({
  purl,
  name: purl,
  version,
  ecosystem,
  at: [at('/x')],
  dependsOn: [],
  licences: [],
  ...more,
})
/** /lib is a link to /usr/lib, as it is since the merge. */
const view = { real: (path: string) => path.replace(/^\/?lib\//, 'usr/lib/').replace(/^\//, '') }
const merge = (...packages: readonly Package[]) =>
  mergePackages(packages, view, place => ('path' in place ? (place.path ?? '') : ''))

describe('packages that are one', () => {
  const deb = pack('pkg:deb/debian/python3-requests@2.28.1%2Bdfsg-1', 'deb', '2.28.1+dfsg-1', {
    owns: ['/lib/requests/METADATA'],
  })

  test("a language's package that the system's package is", () => {
    const pypi = pack('pkg:pypi/requests@2.28.1', 'pypi', '2.28.1', {
      at: [at('/usr/lib/requests/METADATA')],
      licences: ['Apache-2.0'],
    })
    const app = pack('pkg:pypi/app@1', 'pypi', '1', { at: [at('/srv/app')], dependsOn: ['pkg:pypi/requests@2.28.1'] })
    expect(merge(deb, pypi, app)).toEqual([
      { ...deb, at: [at('/x'), at('/usr/lib/requests/METADATA')], aliases: [pypi.purl], licences: ['Apache-2.0'] },
      { ...app, dependsOn: [deb.purl] },
    ])
  })

  test('one that it only bundles keeps a place of its own, and names its owner', () => {
    const vendored = pack('pkg:pypi/urllib3@1.0', 'pypi', '1.0', { at: [at('/usr/lib/requests/METADATA')] })
    expect(merge(deb, vendored)).toEqual([deb, { ...vendored, ownedBy: deb.purl }])
  })

  test('one that is there a second time, outside of the system, stays', () => {
    const both = pack('pkg:pypi/requests@2.28.1', 'pypi', '2.28.1', {
      at: [at('/usr/lib/requests/METADATA'), at('/srv/venv/METADATA')],
    })
    expect(merge(deb, both)).toEqual([deb, both])
  })

  test('one purl in several places', () => {
    const one = pack('pkg:npm/a@1', 'npm', '1', { at: [at('/a')], dependsOn: ['pkg:npm/b@1'], owns: ['/z'] })
    const two = pack('pkg:npm/a@1', 'npm', '1', { at: [at('/b'), at('/a')], licences: ['MIT'], owns: ['/y'] })
    expect(merge(one, two)).toEqual([{ ...one, at: [at('/a'), at('/b')], licences: ['MIT'], owns: ['/y', '/z'] }])
  })

  test.each([
    ['1:2.28.1+dfsg-1', '2.28.1'],
    ['3.0.11-1~deb12u2', '3.0.11'],
    ['8.5.0-r0', '8.5.0'],
    ['1.1.1+~1.1.2-1', '1.1.1'],
    ['2.4.6', '2.4.6'],
  ])('the upstream version of %s is %s', (version, upstream) => expect(upstreamVersion(version)).toBe(upstream))
})
