import { expect, test } from 'vitest'
import pep440 from '../../../src/judge/versions/pep440.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('pep440.json: 881 pairs', () => {
  expect(differences(pep440.compare, new URL('pep440.json', import.meta.url), 881)).toEqual([])
})

test('published.json', () => {
  expect(published(pep440.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'tests/test_version.py': 4457,
    },
    differences: [],
  })
})

test('texts with more digits than Python takes for a number are versions', () => {
  const digits = '1'.repeat(5000)
  expect(pep440.compare(digits, digits)).toBe(0)
  expect(pep440.compare(`1.0a${digits}`, '1.0a1')).toBeGreaterThan(0)
})
