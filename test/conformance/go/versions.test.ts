import { expect, test } from 'vitest'
import go from '../../../src/judge/versions/go.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('modules.json: 702 pairs', () => {
  expect(differences(go.compare, new URL('modules.json', import.meta.url), 702)).toEqual([])
})

test('toolchains.json: 721 pairs', () => {
  expect(differences(go.compare, new URL('toolchains.json', import.meta.url), 721)).toEqual([])
})

test('published.json', () => {
  expect(published(go.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'semver/semver_test.go': 308,
      'src/go/version/version_test.go': 45,
      'src/internal/gover/gover_test.go': 36,
    },
    differences: [
      // Any two invalid texts are equal to go/version; here they have no order.
      '"" and "": 0, ours null',
      '"x" and "x": 0, ours null',
      '"" and "x": 0, ours null',
      // Without `go` in front, these are versions of modules.
      '"1" and "1.1": 0, ours -1',
      '"1.2.3": no version, ours one',
    ],
  })
})
