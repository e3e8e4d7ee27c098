import { expect, test } from 'vitest'
import type { Digest } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Leak } from '../../model/leak.ts'
import type { Package } from '../../model/package.ts'
import { hex, sampleText } from './detector.ts'
import { cutOff, leaksOf } from './leaks.ts'
import { detectors } from './registry.ts'
import { scanFile } from './scan-file.ts'
import { secretsName } from './secret-cataloger.ts'

const layers = [1, 2].map(seed => `sha256:${sampleText(64, hex, seed)}` as Digest)
const image = {
  layers: layers.map(diffId => ({ diffId })),
  config: { user: '', workingDir: '', author: '', onBuild: [], env: [], labels: {}, volumes: [], history: [] },
} as unknown as Image

/** Files of layers → what leaks. */
const leaks = (files: readonly [layer: number, path: string, text: string][], packages: readonly Package[] = []) => {
  const everywhere = files.map(([layer, path, text]) => {
    const bytes = Buffer.from(text)
    const file = { path: path.slice(1), size: bytes.length, read: (at: number, n: number) => bytes.subarray(at, at + n) }
    return { cataloger: secretsName, layer, path, data: scanFile(file, { reveal: false }), fate: { kind: 'present' } as const }
  })
  return leaksOf({ image, everywhere, packages } as unknown as Inventory, false)
}
const pack = (ecosystem: string, layer: number, path: string, more: Partial<Package> = {}): Package => ({
  purl: `pkg:${ecosystem}/foo@1`,
  name: 'foo',
  version: '1',
  ecosystem,
  at: [{ in: 'layer', layer: layers[layer]!, path }],
  dependsOn: [],
  licences: [],
  ...more,
})
const brief = ({ detector, severity, shippedBy }: Leak) => [detector, severity, shippedBy]
const [token, other] = detectors['github-token']!.samples.real() as [string, string]
const password = `\ndb_password = ${sampleText(14)}\n`

test('a file belongs to a package only in the layer that the package came with', () => {
  const foo = pack('deb', 0, '/var/lib/dpkg/status', { owns: ['/etc/foo.conf'] })
  expect(leaks([[0, '/etc/foo.conf', password]], [foo]).map(brief)).toEqual([['assigned-secret', 'info', foo.purl]])
  expect(leaks([[1, '/etc/foo.conf', password]], [foo]).map(brief)).toEqual([['assigned-secret', 'high', undefined]])
  const module = pack('npm', 0, '/app/node_modules/foo/package.json')
  const settings = '/app/node_modules/foo/key.pem'
  const key = detectors['private-key']!.samples.real()[0]!
  expect(leaks([[0, settings, key]], [module]).map(brief)).toEqual([['private-key', 'info', module.purl]])
  expect(leaks([[1, settings, key]], [module]).map(brief)).toEqual([['private-key', 'critical', undefined]])
})

test('a private package is not everybody’s, also inside of one that is', () => {
  const key = detectors['private-key']!.samples.real()[0]!
  const outer = pack('npm', 0, '/app/node_modules/foo/package.json')
  const inner = pack('npm', 0, '/app/node_modules/foo/node_modules/bar/package.json', { isPrivate: true, purl: 'pkg:npm/bar@1' })
  expect(leaks([[0, '/app/node_modules/foo/node_modules/bar/a.pem', key]], [outer, inner]).map(brief)).toEqual([
    ['private-key', 'critical', undefined],
  ])
})

test('a value whose checksum is right is nobody’s sample', () => {
  const foo = pack('deb', 0, '/var/lib/dpkg/status', { owns: ['/etc/foo.conf'] })
  for (const path of ['/etc/foo.conf', '/srv/demo/a.env', '/srv/tests/a.txt'])
    expect(leaks([[0, path, `T=${token}`]], [foo]).map(brief)).toEqual([['github-token', 'critical', undefined]])
})

test('several of one kind on a line are told one by one, and the first keeps its key', () => {
  const [one] = leaks([[0, '/srv/a.json', `{"a":"${token}"}`]])
  const two = leaks([[0, '/srv/a.json', `{"a":"${token}","b":"${other}","c":"${token}"}`]])
  expect(two).toHaveLength(3)
  expect(new Set(two.map(({ key }) => key)).size).toBe(3)
  expect(two[0]!.key).toBe(one!.key)
})

test('a file with more secrets than are told is not covered', () => {
  const inventory = (count: number) => {
    const bytes = Buffer.from(`${token}\n`.repeat(count))
    const file = { path: 'srv/a', size: bytes.length, read: (at: number, n: number) => bytes.subarray(at, at + n) }
    const data = scanFile(file, { reveal: false })
    return { image, everywhere: [{ cataloger: secretsName, layer: 1, path: '/srv/a', data, fate: { kind: 'deleted', by: 1 } }] }
  }
  expect(cutOff(inventory(20) as unknown as Inventory)).toEqual([])
  expect(cutOff(inventory(300) as unknown as Inventory)).toEqual([
    expect.objectContaining({ kind: 'uncovered', code: 'secrets-cut-off', message: expect.stringContaining('/srv/a') }),
  ])
})

test('a folder’s name makes nothing of a live secret', () => {
  const key = detectors['private-key']!.samples.real()[0]!
  const aws = detectors['aws-secret-access-key']
  expect(leaks([[0, '/home/demo/.env', password]]).map(brief)).toEqual([['variable-secret', 'high', undefined]])
  expect(leaks([[0, '/srv/spec/k.pem', key]]).map(brief)).toEqual([['private-key', 'critical', undefined]])
  expect(leaks([[0, '/srv/docs/.aws/credentials', aws!.samples.real()[0]!]]).map(({ severity }) => severity)).toContain('high')
  expect(leaks([[0, '/app/docs/x.env', password]]).map(brief)).toEqual([['variable-secret', 'high', undefined]])
  // Passwords are made up in tests; keys that are not the owner’s lie in packages.
  expect(leaks([[0, '/app/test/x.env', password]]).map(brief)).toEqual([['variable-secret', 'info', undefined]])
  expect(leaks([[0, '/usr/lib/python3/dist-packages/a/tests/k.pem', key]]).map(brief)).toEqual([
    ['private-key', 'info', undefined],
  ])
})

test.each([
  'private-key',
  'base64-private-key',
  'google-service-account-key',
  'wireguard-private-key',
  'jwk-private-key',
  'putty-private-key',
  'age-secret-key',
])('%s: a whole key is certain', id => {
  for (const real of detectors[id]!.samples.real())
    expect(leaks([[0, '/srv/a.txt', real]]).map(brief), real).toEqual([[id, 'critical', undefined]])
})

test('a key is worth as much as its passphrase', () => {
  const [real] = detectors['encrypted-private-key']!.samples.real()
  expect(leaks([[0, '/srv/a.pem', real!]]).map(brief)).toEqual([['encrypted-private-key', 'high', undefined]])
})
