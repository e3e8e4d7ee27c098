import { expect, test } from 'vitest'
import cran from '../../../src/judge/versions/cran.ts'
import { differences } from '../version-answers.ts'

test('cran.json: 685 pairs', () => {
  expect(differences(cran.compare, new URL('cran.json', import.meta.url), 685)).toEqual([])
})
