import { expect, test } from 'vitest'
import dpkg from '../../../src/judge/versions/dpkg.ts'
import { differences } from '../version-answers.ts'

test('dpkg.json: 816 pairs', () => {
  expect(differences(dpkg.compare, new URL('dpkg.json', import.meta.url), 816)).toEqual([])
})
