import { expect, test } from 'vitest'
import hex from '../../../src/judge/versions/hex.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('hex.json: 711 pairs', () => {
  expect(differences(hex.compare, new URL('hex.json', import.meta.url), 711)).toEqual([])
})

test('published.json', () => {
  expect(published(hex.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'lib/elixir/test/elixir/version_test.exs': 106,
    },
    differences: [],
  })
})
