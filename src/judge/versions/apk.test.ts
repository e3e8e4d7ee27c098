import { expect, test } from 'vitest'
import apk from './apk.ts'

/** From the oldest to the newest. */
const ascending = [
  '0.1_alpha',
  '0.1_alpha1',
  '0.1_beta',
  '0.1_pre2',
  '0.1_rc1',
  '0.1_rc1-r3',
  '0.1_rc1~12ab',
  '0.1_rc2',
  '0.1',
  '0.1-r0',
  '0.1-r2',
  '0.1-r10',
  '0.1~12ab',
  '0.1~12ab-r1',
  '0.1_cvs3',
  '0.1_svn3',
  '0.1_git20240101',
  '0.1_hg1',
  '0.1_p',
  '0.1_p-r1',
  '0.1_p1_rc1',
  '0.1_p1',
  '0.1_p2',
  '0.1a',
  '0.1b',
  '0.1b-r1',
  '0.1.0',
  '0.1.0.1',
  '0.1.01',
  '0.1.05',
  '0.1.1',
  '0.1.9',
  '0.1.10',
  '0.10',
  '3.1.4-r5',
  '10.0',
]

test('every version is older than all that follow it', () => {
  for (const [i, one] of ascending.entries()) {
    for (const [j, other] of ascending.entries()) {
      expect(Math.sign(apk.compare(one, other)!), `${one} and ${other}`).toBe(Math.sign(i - j))
    }
  }
})

test.each([
  ['01.2', '1.2'],
  ['1.2-r01', '1.2-r1'],
  ['1.2_p01', '1.2_p1'],
])('%s and %s are equal: only behind a dot does a leading zero count', (one, other) => {
  expect(apk.compare(one, other)).toBe(0)
})

test.each([
  '',
  'a',
  '.1',
  '1.',
  '1..2',
  '1ab',
  '1a1',
  '1A',
  '1_',
  '1_foo',
  '1_rc-r',
  '1-1',
  '1-r',
  '1-r1-r2',
  '1-r1_p1',
  '1~',
  '1~xyz',
  '1 2',
  'v1',
])('%s is no version', text => {
  expect(apk.compare(text, '1')).toBeUndefined()
  expect(apk.compare('1', text)).toBeUndefined()
})
