import { expect, test } from 'vitest'
import { quantity } from './quantity.ts'

test.each([
  ['128Mi', 134_217_728],
  ['1Ki', 1024],
  ['1k', 1000],
  ['500m', 0.5],
  ['1.5G', 1.5e9],
  ['.5', 0.5],
  ['2.', 2],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['-1', -1],
  ['0', 0],
])('%s', (text, value) => {
  expect(quantity(text)).toBeCloseTo(value, 9)
})

test.each(['', '128MB', '1K', 'Mi', '1 Gi', '1mi', '0x10', `${'1'.repeat(65)}`])('%j is none', text => {
  expect(quantity(text)).toBeUndefined()
})
