import { describe, expect, test } from 'vitest'
import { expand } from './expand.ts'

const values: Readonly<Record<string, string | undefined>> = {
  A: 'a',
  EMPTY: '',
  PATHS: 'one/two/three',
  DECLARED: undefined,
  NAME: 'foo.tar.gz',
}
const lookup = (name: string): string | undefined | null => (Object.hasOwn(values, name) ? values[name] : null)
const run = (text: string, escape = '\\') => expand(text, escape, lookup)

describe('what BuildKit documents', () => {
  test.each([
    ['plain', 'plain'],
    ['$A', 'a'],
    ['${A}b', 'ab'],
    ['\\$A', '$A'],
    ["'$A'", '$A'],
    ['"$A b"', 'a b'],
    ['"\\$A\\""', '$A"'],
    ['${X:-d}', 'd'],
    ['${X-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${A:+yes}', 'yes'],
    ['${EMPTY:+yes}', ''],
    ['${EMPTY+yes}', 'yes'],
    ['${X:-${A}-$A}', 'a-a'],
    ['${A:?needed}', 'a'],
    ['${PATHS#*/}', 'two/three'],
    ['${PATHS##*/}', 'three'],
    ['${PATHS%/*}', 'one/two'],
    ['${PATHS%%/*}', 'one'],
    ['${PATHS/o/0}', '0ne/two/three'],
    ['${PATHS//o/0}', '0ne/tw0/three'],
    ['${NAME%.*}', 'foo.tar'],
    ['${NAME%%.*}', 'foo'],
    ['${NAME/f?o/bar}', 'bar.tar.gz'],
    ['cost: 5$', 'cost: 5$'],
    ['$(date)', '$(date)'],
  ])('%s → %s', (text, value) => {
    expect(run(text)).toMatchObject({ value, known: true, error: undefined })
  })
})

test('a variable that is declared without a value is unknown, and stays as it was written', () => {
  expect(run('v$DECLARED')).toMatchObject({
    value: 'v$DECLARED',
    known: false,
    missing: [{ name: 'DECLARED', start: 1, end: 10, declared: true }],
  })
  expect(run('${DECLARED:+x}').known).toBe(false)
})

test('a variable that is not declared is empty to BuildKit, but a base image may define it', () => {
  expect(run('v$NOPE')).toMatchObject({ value: 'v', known: false, missing: [{ name: 'NOPE', declared: false }] })
})

test('what BuildKit refuses is an error with a place', () => {
  for (const text of ['${', '${}', '${A', '${A^^}', '"open', "'open", '${A:#x}', '${:x}'])
    expect(run(text).error, text).toBeDefined()
  expect(run('${NOPE:?set it}').error?.message).toBe('NOPE: set it')
})

test('10,000 nested ${ end, without overflowing the stack', () => {
  expect(run('${A:-'.repeat(10_000)).error?.message).toContain('nested')
  expect(run(`\${PATHS//${'*'.repeat(2000)}x/y}`).value).toBe('one/two/three')
})

test('what grows without end is left unknown, and so is a pattern that takes too long', () => {
  const grown = (word: string, value: string) => expand(word, '\\', () => value)
  expect(grown('$A$A', 'x'.repeat(4000))).toMatchObject({ value: 'x'.repeat(8000), known: true })
  expect(grown('$A$A', 'x'.repeat(5000))).toMatchObject({ value: '$A$A', known: false, error: undefined })
  expect(grown('y'.repeat(1e6), '').known).toBe(true)
  expect(grown('${A//*b/}', 'a'.repeat(8000))).toMatchObject({ value: '${A//*b/}', known: false })
  expect(grown('${A//a/b}', 'a'.repeat(1000))).toMatchObject({ value: 'b'.repeat(1000), known: true })
})
