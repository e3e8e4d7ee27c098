import { describe, expect, test } from 'vitest'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { wantedBy } from './pattern.ts'
import { writeReference } from './wanted.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const older = `sha256:${'01'.repeat(32)}`
const place = { path: 'Dockerfile', span: { start: 0, end: 0 }, in: 'from' } as const

/** Old, new, digest, what is there, what it becomes. */
const cases: readonly (readonly [string, string, string | undefined, string, string | undefined])[] = [
  ['node:20', 'node:22', undefined, 'node:20', 'node:22'],
  ['node:20', 'node:22', undefined, 'docker.io/library/node:20', 'node:22'],
  ['docker.io/library/node:20', 'node:22', undefined, 'node:20', 'node:22'],
  ['node:20', 'node:22', undefined, 'node:20-slim', undefined],
  ['node:20', 'node:22', undefined, 'node', undefined],
  ['node:20', 'node:22', undefined, 'acme/node:20', undefined],
  ['node:20', 'node:22', undefined, `node:20@${older}`, 'node:22'],
  ['node:20', 'node:22', digest, `node:20@${older}`, `node:22@${digest}`],
  ['node:20', `node:22@${digest}`, undefined, 'node:20', `node:22@${digest}`],
  ['node', 'node:22', undefined, 'node:20', 'node:22'],
  ['node', 'node:22', undefined, 'node', 'node:22'],
  ['node', 'node:22', undefined, `node:22@${older}`, `node:22@${older}`],
  ['node', 'acme.org/node', undefined, `node:20@${older}`, `acme.org/node:20@${older}`],
  ['node:20', 'node', digest, 'node:20', `node:20@${digest}`],
  ['node:latest', 'node:22', undefined, 'node', 'node:22'],
  ['node:latest', 'node:22', undefined, `node@${older}`, undefined],
  [`node@${older}`, 'node:22', undefined, `node:20@${older}`, 'node:22'],
  [`node@${older}`, 'node:22', undefined, `node:20@${digest}`, undefined],
]

describe('which images are meant, and what they become', () => {
  test.each(cases)('%s → %s (%s): %s', (old, fresh, pin, text, after) => {
    const found = wantedBy(old, fresh, pin)!(parseReference(text)!, place)
    expect(found && writeReference(found)).toBe(after)
  })
  test('no references', () => {
    expect(wantedBy('No', 'node')).toBeUndefined()
    expect(wantedBy('node', '')).toBeUndefined()
  })
})
