import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import apk from '../../../src/judge/versions/apk.ts'

const lines = readFileSync(new URL('version.data', import.meta.url), 'utf8')
  .split('\n')
  .map(line => line.replace(/#.*/, '').trim())
  .filter(line => line !== '')
/** Whether a version begins with another: no question of order. */
const fuzzy = lines.filter(line => / \S*~ /.test(line))
const cases = lines.filter(line => !fuzzy.includes(line))

const isVersion = (text: string): boolean => apk.compare(text, text) === 0

/** Both ways around; false where there is no order. */
const holds = (one: string, operator: string, other: string): boolean => {
  const order = apk.compare(one, other)
  const reversed = apk.compare(other, one)
  if (order === undefined || reversed === undefined) return false
  if (operator === '<') return order < 0 && reversed > 0
  if (operator === '>') return order > 0 && reversed < 0
  if (operator === '=') return order === 0 && reversed === 0
  throw new Error(`no operator: ${operator}`)
}

const isSo = (line: string): boolean => {
  const [one, operator, other] = line.split(' ')
  if (operator && other) return holds(one!, operator, other)
  return one!.startsWith('!') ? !isVersion(one!.slice(1)) : isVersion(one!)
}

test('version.data', () => {
  expect(cases).toHaveLength(769)
  expect(fuzzy).toHaveLength(16)
  // 23_foo and 1.0bc are no versions; apk compares what lies before the place where its reading fails.
  expect(cases.filter(line => !isSo(line))).toEqual(['23_foo > 4_beta', '1.0 < 1.0bc'])
  expect(['23_foo', '1.0bc'].map(isVersion)).toEqual([false, false])
})
