import { expect, test } from 'vitest'
import dpkg from '../../../src/judge/versions/dpkg.ts'
import { published } from '../published.ts'
import { differences } from '../version-answers.ts'

test('dpkg.json: 816 pairs', () => {
  expect(differences(dpkg.compare, new URL('dpkg.json', import.meta.url), 816)).toEqual([])
})

/** Bad syntax in dpkg's tests, and what `dpkg --compare-versions` only warns of: it compares them, and so do we. */
const warned = [
  '5.2@3-2',
  'foo5.2',
  '0:foo5.2',
  '0:abc3-0',
  '0:0-0:0',
  ...[..."!#@$%&/|\\<>()[]{};,_=*^'"].map(character => `0:0${character}-0`),
  ...[..."!#@$%&/|\\<>()[]{}:;,_=*^'"].map(character => `0:0-${character}`),
]

test('published.json', () => {
  expect(published(dpkg.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'scripts/t/Dpkg_Version.t': 94,
      'lib/dpkg/t/t-version.c': 103,
    },
    differences: warned.map(text => `${JSON.stringify(text)}: no version, ours one`),
  })
})
