import assert from 'node:assert/strict'
import { test } from 'vitest'
import { readDockerfile } from '../../../read/dockerfile/read-dockerfile.ts'
import { applyEdits } from '../../fix.ts'
import type { HardenSubject } from '../transformation.ts'
import digest from './digest.ts'

const sum = `sha256:${'a'.repeat(64)}`
const subject = (text: string, ...names: readonly string[]): HardenSubject => ({
  dockerfile: readDockerfile('Dockerfile', text),
  project: { stacks: [], files: new Set(), closed: [], texts: new Map(), isCut: false, problems: [] },
  context: undefined,
  files: new Map(),
  level: 'safe',
  today: '2026-11-27',
  images: new Map(names.map(name => [name, { digest: sum, exists: true }])),
})

test('the digest that is known goes behind the tag, also of what is copied from, and once', () => {
  const text = 'ARG V=24\nFROM node:${V} AS a\nFROM debian\nCOPY --from=nginx:1.30 /a /a\nCOPY --from=a /b /b\n'
  const applied = digest.apply(subject(text, 'node:24', 'nginx:1.30'))
  assert.ok(applied && 'edits' in applied)
  const after = applyEdits(text, applied.edits)
  assert.equal(
    after,
    `ARG V=24@${sum}\nFROM node:\${V} AS a\nFROM debian\nCOPY --from=nginx:1.30@${sum} /a /a\nCOPY --from=a /b /b\n`,
  )
  assert.equal(digest.apply(subject(after, 'node:24', 'nginx:1.30')), undefined)
})

test('nothing is pinned to what nobody asked for', () => {
  assert.equal(digest.apply(subject('FROM node:24\n')), undefined)
  assert.equal(digest.apply(subject(`FROM node:24@sha256:${'b'.repeat(64)}\n`, 'node:24')), undefined)
})
