import { expect, test } from 'vitest'
import { compareEvr } from '../../../src/judge/versions/alpm.ts'
import { differences } from '../version-answers.ts'

test('alpm.json: 702 pairs', () => {
  expect(differences(compareEvr, new URL('alpm.json', import.meta.url), 702)).toEqual([])
})
