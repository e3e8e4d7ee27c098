import { expect, test } from 'vitest'
import nuget from './nuget.ts'

/** From the oldest to the newest. */
const ascending = [
  '0',
  '1.0.0--5',
  '1.0.0-0',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-3000000000',
  '1.0.0-alpha',
  '1.0-ALPHA.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-RC1',
  '1',
  '1.0.0.1-alpha',
  '1.0.0.1',
  '1.0.0.10',
  '1.0.1',
  '1.2',
  '1.10',
  '2147483647.0.0.2147483647',
]

test('every version is older than all that follow it', () => {
  for (const [i, one] of ascending.entries()) {
    for (const [j, other] of ascending.entries()) {
      expect(Math.sign(nuget.compare(one, other)!), `${one} and ${other}`).toBe(Math.sign(i - j))
    }
  }
})

test.each([
  ['1', '1.0.0.0'],
  ['1.02', '1.2'],
  ['1.0.0-Beta', '1.0.0-bETA'],
  ['1.0.0+abc', '1.0.0'],
  [' 1 . 2 ', '1.2'],
])('%s and %s are equal', (one, other) => {
  expect(nuget.compare(one, other)).toBe(0)
})

test.each([
  '',
  ' ',
  'v1',
  '1.',
  '.1',
  '1..2',
  '1.2.3.4.5',
  '1.2147483648',
  '1-',
  '1+',
  '1-a..b',
  '1-01',
  '1.2a',
  '1 2',
  '-1',
  '1-é',
])('%j is no version', text => {
  expect(nuget.compare(text, '1')).toBeUndefined()
  expect(nuget.compare('1', text)).toBeUndefined()
})
