import { expect, test } from 'vitest'
import pep440 from '../../../src/judge/versions/pep440.ts'
import { differences } from '../version-answers.ts'

test('pep440.json: 881 pairs', () => {
  expect(differences(pep440.compare, new URL('pep440.json', import.meta.url), 881)).toEqual([])
})
