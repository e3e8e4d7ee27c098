/** Vectors of others, and what they score: README.md says whose. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cvssScore } from '../../../src/judge/cvss.ts'

const linesOf = (name: string): string[][] =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(' '))

const spelled = (names: string, letters: string): string =>
  names
    .split(' ')
    .map((name, i) => `${name}:${letters[i]}`)
    .join('/')

/** Those that score something else. */
const wrong = (cases: readonly (readonly [string, string | undefined])[]): unknown[] =>
  cases.filter(([vector, score]) => cvssScore(vector)?.score !== Number(score)).map(one => [...one, cvssScore(one[0])?.score])

test('all vectors of 2.0', () => {
  const cases = linesOf('simple2.txt').map(([letters, score]) => [spelled('AV AC Au C I A', letters!), score] as const)
  expect(cases).toHaveLength(729)
  expect(wrong(cases)).toEqual([])
})

test('all base vectors of 3.0 and 3.1', () => {
  const cases = linesOf('simple3.txt').flatMap(([letters, old, now]) => {
    const body = spelled('AV AC PR UI S C I A', letters!)
    return [[`CVSS:3.0/${body}`, old] as const, [`CVSS:3.1/${body}`, now] as const]
  })
  expect(cases).toHaveLength(5184)
  expect(wrong(cases)).toEqual([])
})

test('vectors with other metrics too, and of 4.0', () => {
  const cases = linesOf('whole.txt').map(([vector, score]) => [vector!, score] as const)
  expect(cases).toHaveLength(1236)
  expect(wrong(cases)).toEqual([])
})

test('4.0 with threat and environment, by the reference implementation', () => {
  const cases = linesOf('reference4.txt').map(([vector, score]) => [vector!, score] as const)
  expect(cases).toHaveLength(1000)
  expect(wrong(cases)).toEqual([])
})
