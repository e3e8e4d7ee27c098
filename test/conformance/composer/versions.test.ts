import { expect, test } from 'vitest'
import composer from '../../../src/judge/versions/composer.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('composer.json: 911 pairs', () => {
  expect(differences(composer.compare, new URL('composer.json', import.meta.url), 911)).toEqual([])
})

test('published.json', () => {
  expect(published(composer.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'tests/ComparatorTest.php': 57,
      'tests/VersionParserTest.php': 105,
      'tests/SemverTest.php': 31,
    },
    differences: [
      // Branches have no order.
      '"1.26.0" > "dev-foo": true, ours null',
      '"dev-foo" < "1.26.0": true, ours null',
      // The normal form of the first, read as a version: 2010.01.02.0, which is longer.
      '"2010-01-02" and "2010.01.02": 0, ours -1',
      // Branches have no order.
      '"dev-foo" and "1.0": -1, ours null',
      '"dev-foo" and "50.2": -1, ours null',
      '"dev-foo" and "dev-master": -1, ours null',
      '"1.0" and "dev-master": -1, ours null',
      '"50.2" and "dev-master": -1, ours null',
    ],
  })
})
