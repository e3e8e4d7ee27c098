import { expect, test } from 'vitest'
import hex from '../../../src/judge/versions/hex.ts'
import { differences } from '../version-answers.ts'

test('hex.json: 711 pairs', () => {
  expect(differences(hex.compare, new URL('hex.json', import.meta.url), 711)).toEqual([])
})
