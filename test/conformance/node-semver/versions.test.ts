import { expect, test } from 'vitest'
import semver from '../../../src/judge/versions/semver.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('semver.json: 715 pairs', () => {
  expect(differences(semver.compare, new URL('semver.json', import.meta.url), 715)).toEqual([])
})

/** Longer than 256 characters, or with a number above 2⁵³: npm's limits, not those of an order. */
const beyondLimits = [`${'1'.repeat(255)}.0.0`, '90071992547409910.0.0', '0.90071992547409910.0', '0.0.90071992547409910']

test('published.json', () => {
  expect(published(semver.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'test/fixtures/comparisons.js': 31,
      'test/fixtures/equality.js': 37,
      'test/fixtures/valid-versions.js': 22,
      'test/fixtures/invalid-versions.js': 7,
    },
    differences: beyondLimits.map(text => `${JSON.stringify(text)}: no version, ours one`),
  })
})
