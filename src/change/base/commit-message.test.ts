import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitMessage } from './commit-message.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const change = (path: string, before: string, after: string) => ({ path, before, after })

describe('the message', () => {
  test('one change', () =>
    expect(
      commitMessage(
        [change('Dockerfile', 'node:20', `node:22@${digest}`)],
        'Node.js 20 gets no security updates since 2026-04-30.',
      ),
    ).toBe(
      `Change base image node:20 to node:22\n\nDockerfile:\n  node:20 -> node:22@${digest}\n\nNode.js 20 gets no security updates since 2026-04-30.\n`,
    ))
  test('the same in several files, and twice in one', () =>
    expect(
      commitMessage([change('a', 'node:20', 'node:22'), change('a', 'node:20', 'node:22'), change('b', 'node:20', 'node:22')]),
    ).toBe('Change base image node:20 to node:22\n\na:\nb:\n  node:20 -> node:22\n'))
  test('a newer digest only', () =>
    expect(commitMessage([change('a', 'node:22', `node:22@${digest}`)]).split('\n')[0]).toBe('Refresh the digest of node:22'))
  test('several images', () =>
    expect(commitMessage([change('a', 'node:20', 'node:22'), change('b', 'python:3.12', 'python:3.13')]).split('\n')[0]).toBe(
      'Change 2 base images in 2 files',
    ))
  test('names that are too long', () => {
    const long = `registry.example.com/${'team/'.repeat(8)}app`
    expect(commitMessage([change('a', `${long}:1`, `${long}:2`)]).split('\n')[0]).toBe(
      `Change base image to ${long}:2`.length <= 72 ? `Change base image to ${long}:2` : 'Change a base image in 1 file',
    )
  })
  test('none', () => expect(commitMessage([])).toBe(''))
})

test('whatever the names: a subject of at most 72 characters, one empty line, no sign that speaks to a terminal', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 60 }), text, (changes, why) => {
      const message = commitMessage(
        changes.map(([path, before, after]) => change(path, before, after)),
        why,
      )
      const [subject, empty, ...body] = message.split('\n')
      expect(subject!.length).toBeGreaterThan(0)
      expect(subject!.length).toBeLessThanOrEqual(72)
      expect(empty).toBe('')
      expect(body.length).toBeLessThan(120)
      expect(message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    }),
  )
})
