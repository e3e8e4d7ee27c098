import { expect, test } from 'vitest'
import rpm from '../../../src/judge/versions/rpm.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('rpm-vercmp.json: 802 pairs', () => {
  expect(differences(rpm.compare, new URL('rpm-vercmp.json', import.meta.url), 802)).toEqual([])
})

test('rpm-evr.json: 639 pairs', () => {
  expect(differences(rpm.compare, new URL('rpm-evr.json', import.meta.url), 639)).toEqual([])
})

test('published.json', () => {
  expect(published(rpm.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'tests/rpmvercmp.at': 91,
    },
    differences: [],
  })
})
