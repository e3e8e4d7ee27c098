/** What registries are asked for while a Dockerfile is hardened. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import base from '../src/change/harden/transformations/base.ts'
import digest from '../src/change/harden/transformations/digest.ts'
import { harden } from '../src/flows/harden.ts'
import { machine } from '../src/world/machine.ts'

test('images are asked for by name and tag, as they are after the change, and pinned; one that is pinned is not asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-pin-'))
  const [old, now] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`]
  try {
    const path = join(folder, 'Dockerfile')
    writeFileSync(path, `FROM debian:13@${old} AS a\nFROM node:14\nRUN gcc a.c\n`)
    const asked: string[] = []
    const { files } = await harden(machine, {
      path,
      level: 'balanced',
      excluded: new Set(),
      transformations: { base, digest },
      rules: {},
      version: '0.0.0',
      config: 'none',
      images: async names => {
        asked.push(...names)
        return new Map(names.map(name => [name, { digest: now, exists: true }]))
      },
    })
    assert.deepEqual(asked, ['node:22'])
    assert.equal(files.find(file => file.path === path)?.after, `FROM debian:13@${old} AS a\nFROM node:22@${now}\nRUN gcc a.c\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
