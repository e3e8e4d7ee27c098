import { expect, test } from 'vitest'
import rubygems from '../../../src/judge/versions/rubygems.ts'
import { differences } from '../version-answers.ts'

test('rubygems.json: 864 pairs', () => {
  expect(differences(rubygems.compare, new URL('rubygems.json', import.meta.url), 864)).toEqual([])
})
