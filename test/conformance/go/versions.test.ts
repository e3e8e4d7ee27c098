import { expect, test } from 'vitest'
import go from '../../../src/judge/versions/go.ts'
import { differences } from '../version-answers.ts'

test('modules.json: 702 pairs', () => {
  expect(differences(go.compare, new URL('modules.json', import.meta.url), 702)).toEqual([])
})

test('toolchains.json: 721 pairs', () => {
  expect(differences(go.compare, new URL('toolchains.json', import.meta.url), 721)).toEqual([])
})
