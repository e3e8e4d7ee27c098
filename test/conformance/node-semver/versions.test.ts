import { expect, test } from 'vitest'
import semver from '../../../src/judge/versions/semver.ts'
import { differences } from '../version-answers.ts'

test('semver.json: 715 pairs', () => {
  expect(differences(semver.compare, new URL('semver.json', import.meta.url), 715)).toEqual([])
})
