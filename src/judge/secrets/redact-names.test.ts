import { expect, test } from 'vitest'
import type { FoundSomewhere, Inventory } from '../../model/inventory.ts'
import { leaksOf } from './leaks.ts'
import { redactInventory } from './redact-image.ts'
import { withoutTokens } from './redact-names.ts'
import { detectors } from './registry.ts'
import { scanFile } from './scan-file.ts'
import { secretsName } from './secret-cataloger.ts'

const token = detectors['github-token']!.samples.real()[0]!

test('tokens in names of any kind are hidden, and nothing else changes', () => {
  const plain = {
    name: 'token-utils',
    purl: 'pkg:npm/%40acme/password-hash@1.0.0?checksum=sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
    at: [{ path: 'srv/550e8400-e29b-41d4-a716-446655440000/secret.js' }],
  }
  expect(withoutTokens(plain)).toBe(plain)
  const from = ['https://ann:T4kLm9Qz@npm.acme.org/a.tgz']
  expect(withoutTokens({ ...plain, purl: `pkg:npm/${token}@1`, from, map: new Map([[token, 1]]) })).toEqual({
    ...plain,
    purl: 'pkg:npm/***@1',
    from: ['https://ann:***@npm.acme.org/a.tgz'],
    map: new Map([['***', 1]]),
  })
  expect(withoutTokens([`srv/${token}.jar is broken`])).toEqual(['srv/***.jar is broken'])
})

test('an inventory shows none, and a folder that is named by one is told once', () => {
  const files = ['a', 'b', 'c'].map((name, layer): FoundSomewhere => {
    const path = `srv/${token}/${name}.txt`
    const file = { path, size: 2, read: () => Buffer.from('hi') }
    return { cataloger: secretsName, layer, path: `/${path}`, data: scanFile(file, { reveal: false }), fate: { kind: 'present' } }
  })
  const inventory: Inventory = {
    name: 'x',
    kind: 'image',
    image: undefined,
    distro: undefined,
    packages: [
      {
        purl: `pkg:npm/${token}@1`,
        name: token,
        version: '1',
        ecosystem: 'npm',
        at: [{ in: 'config', field: token }],
        dependsOn: [],
        licences: [token],
      },
    ],
    problems: [{ kind: 'failed', code: 'package-file-unreadable', message: `srv/${token}.jar is broken` }],
    layers: [],
    everywhere: files,
  }
  const { everywhere, ...shown } = redactInventory(inventory)
  expect(JSON.stringify(shown)).not.toContain(token)
  expect(JSON.stringify(shown)).toContain('pkg:npm/***@1')
  expect(leaksOf(inventory, false).map(({ detector, severity }) => [detector, severity])).toEqual([['github-token', 'critical']])
})
