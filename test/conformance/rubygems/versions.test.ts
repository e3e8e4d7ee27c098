import { expect, test } from 'vitest'
import rubygems from '../../../src/judge/versions/rubygems.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('rubygems.json: 864 pairs', () => {
  expect(differences(rubygems.compare, new URL('rubygems.json', import.meta.url), 864)).toEqual([])
})

test('published.json', () => {
  expect(published(rubygems.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'test/rubygems/test_gem_version.rb': 63,
    },
    differences: [],
  })
})
