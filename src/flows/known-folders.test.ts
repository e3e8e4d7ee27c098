import { expect, test } from 'vitest'
import type { Entry } from '../model/world.ts'
import { missingFrom } from './known-folders.ts'

test('only what a listed folder does not hold in any spelling is known to be missing', () => {
  const file = (name: string): Entry => ({ name, type: 'file' })
  const isMissing = missingFrom(
    new Map([
      ['.', [file('compose.yaml')]],
      ['./app', [file('.ENV')]],
    ]),
  )
  expect(isMissing('compose.override.yaml')).toBe(true)
  expect(isMissing('compose.yaml')).toBe(false)
  expect(isMissing('app/other.env')).toBe(true)
  expect(isMissing('app/.env')).toBe(false)
  expect(isMissing('app/\u212b.env')).toBe(false)
  expect(isMissing('elsewhere/.env')).toBe(false)
})
