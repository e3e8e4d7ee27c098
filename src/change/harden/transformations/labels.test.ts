import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import labels from './labels.ts'

const labelled = async (context: Record<string, string>, dockerfile = 'FROM node:22\nCOPY . .\nCMD ["x"]\n'): Promise<string> => {
  const { text } = await untilStill(labels, { dockerfile, context })
  assert.equal((await untilStill(labels, { dockerfile: text, context })).text, text)
  return text
}

test('what package.json says, and nothing that would need quoting', async () => {
  const context = {
    'package.json': JSON.stringify({
      name: '@acme/shop',
      description: 'Costs $5 "each"',
      license: 'MIT OR Apache-2.0',
      repository: { type: 'git', url: 'git+https://user:pass@github.com/acme/shop.git' },
    }),
  }
  assert.equal(
    await labelled(context),
    'FROM node:22\nCOPY . .\nLABEL org.opencontainers.image.title="@acme/shop" \\\n      org.opencontainers.image.licenses="MIT OR Apache-2.0" \\\n      org.opencontainers.image.source="https://github.com/acme/shop"\nCMD ["x"]\n',
  )
  const some = 'FROM node:22\nLABEL org.opencontainers.image.title=a org.opencontainers.image.source=b\nCOPY . .\n'
  assert.match(await labelled(context, some), /COPY \. \.\nLABEL org\.opencontainers\.image\.licenses="MIT OR Apache-2\.0"\n$/)
})

test('pyproject.toml, Cargo.toml, and forms of addresses', async () => {
  assert.match(
    await labelled({
      'pyproject.toml': '[build-system]\nname = "no"\n[project]\nname = "shop"\nlicense = "MIT"\n[tool.x]\ndescription = "no"\n',
    }),
    /title="shop" \\\n {6}\S+licenses="MIT"\nCMD/,
  )
  for (const url of [
    'github:acme/shop',
    'acme/shop',
    'git@github.com:acme/shop.git',
    'ssh://git@github.com/acme/shop',
    'https://token@github.com/acme/shop/',
  ])
    assert.match(
      await labelled({ 'package.json': JSON.stringify({ repository: url }) }),
      /source="https:\/\/github\.com\/acme\/shop"\n/,
    )
})

test('nothing known, or nothing that can be read: no label', async () => {
  const dockerfile = 'FROM node:22\nCOPY . .\nCMD ["x"]\n'
  for (const text of ['', '[1]', '{', '{"name": 5, "license": "SEE LICENSE IN x", "repository": "file:../x"}'])
    assert.equal(await labelled({ 'package.json': text }), dockerfile)
  assert.equal(await labelled({}), dockerfile)
})
