import { expect, test } from 'vitest'
import rpm from '../../../src/judge/versions/rpm.ts'
import { differences } from '../version-answers.ts'

test('rpm-vercmp.json: 802 pairs', () => {
  expect(differences(rpm.compare, new URL('rpm-vercmp.json', import.meta.url), 802)).toEqual([])
})

test('rpm-evr.json: 639 pairs', () => {
  expect(differences(rpm.compare, new URL('rpm-evr.json', import.meta.url), 639)).toEqual([])
})
