import { expect, test } from 'vitest'
import { npmRanges } from './npm-range.ts'

test.each<[string, string | undefined, object]>([
  ['<1.6.5', undefined, [{ fixed: '1.6.5' }]],
  ['<=1.0.0', undefined, [{ lastAffected: '1.0.0' }]],
  ['<=1.0.0', '>=1.0.1', [{ fixed: '1.0.1' }]],
  ['2.1.4', undefined, [{ introduced: '2.1.4', lastAffected: '2.1.4' }]],
  ['*', '<0.0.0', [{}]],
  ['>=1.4.0 <2.0.0', undefined, [{ introduced: '1.4.0', fixed: '2.0.0' }]],
  [
    '>= 1.0.0 < 1.4.6 || 2.0.0',
    undefined,
    [
      { introduced: '1.0.0', fixed: '1.4.6' },
      { introduced: '2.0.0', lastAffected: '2.0.0' },
    ],
  ],
  ['<1.6.5 || < 2.1.7 > 2.0.0', undefined, [{ fixed: '1.6.5' }, { introduced: '2.0.1-0', fixed: '2.1.7' }]],
  // What overlaps, or goes on where another ends, is one range.
  [
    '8.x || 7.x || 4.x',
    undefined,
    [
      { introduced: '4.0.0', fixed: '5.0.0' },
      { introduced: '7.0.0', fixed: '9.0.0' },
    ],
  ],
  [
    '14.x || 16.x || 18.x',
    '^14.20.1 || ^16.17.1 || ^18.9.1',
    [
      { introduced: '14.0.0', fixed: '14.20.1' },
      { introduced: '16.0.0', fixed: '16.17.1' },
      { introduced: '18.0.0', fixed: '18.9.1' },
    ],
  ],
  ['4.x || 5.x', '^5.12.0', [{ introduced: '4.0.0', fixed: '5.12.0' }]],
  ['<= 1.7.0-alpha2', undefined, [{ lastAffected: '1.7.0-alpha2' }]],
  ['1.2.3 - 1.4.0', undefined, [{ introduced: '1.2.3', lastAffected: '1.4.0' }]],
  ['~1.6.5', undefined, [{ introduced: '1.6.5', fixed: '1.7.0' }]],
  ['^0.2.3', undefined, [{ introduced: '0.2.3', fixed: '0.3.0' }]],
  ['<= 10', undefined, [{ fixed: '11.0.0' }]],
  ['1.x', '1.x', []],
])('%s without %s', (vulnerable, patched, ranges) => {
  expect(npmRanges(vulnerable, patched)).toEqual(ranges)
})

test.each(['latest', '>=1 <<2', 'a'.repeat(100_000), '1.2.3.4.5', '>=1 || git+https://example.org'])('%s is no range', text => {
  expect(npmRanges(text)).toBeUndefined()
})
