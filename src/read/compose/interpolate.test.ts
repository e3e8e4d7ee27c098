import { expect, test } from 'vitest'
import { readDotEnv } from './dotenv.ts'
import { interpolate } from './interpolate.ts'
import { commandWords } from './words.ts'

const values: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '' }
const fill = (text: string): string => interpolate(text, name => values[name]).text

test('every form of a variable', () => {
  for (const [text, wanted] of [
    ['$SET', 'value'],
    ['a${SET}b', 'avalueb'],
    ['${UNSET:-d}|${EMPTY:-d}|${SET:-d}', 'd|d|value'],
    ['${UNSET-d}|${EMPTY-d}|${SET-d}', 'd||value'],
    ['${UNSET:+r}|${EMPTY:+r}|${SET:+r}', '||r'],
    ['${UNSET+r}|${EMPTY+r}|${SET+r}', '|r|r'],
    ['${SET:?e}|${EMPTY?e}', 'value|'],
    ['${UNSET:-${EMPTY:-${SET}}}', 'value'],
    ['${UNSET:-a}${SET}', 'avalue'],
    ['$$SET $${SET}', '$SET ${SET}'],
    ['5$ and $1', '5$ and $1'],
    ['${UNSET:-a:-b?c}', 'a:-b?c'],
  ] as const)
    expect(fill(text), text).toBe(wanted)
})

test('what is unset, required, or no variable is told', () => {
  const told = interpolate('$A ${B} ${C:-x} ${D:?give it}', () => undefined)
  expect([told.text, told.unset, told.required]).toEqual(['  x ', ['A', 'B'], [{ name: 'D', message: 'give it' }]])
  expect(interpolate('${not a name}', () => undefined).invalid).toBe('${not a name}')
  expect(interpolate('${open', () => undefined).invalid).toBe('${open')
})

test('a text of nothing but references is none of the file', () => {
  const lookup = (name: string): string | undefined => values[name]
  expect(interpolate('${SET}', lookup).isReference).toBe(true)
  expect(interpolate('${SET:-written}', lookup).isReference).toBe(true)
  expect(interpolate('${UNSET:-written}', lookup).isReference).toBe(false)
  expect(interpolate('a$SET', lookup).isReference).toBe(false)
})

test('nesting and repetition have an end', () => {
  expect(interpolate(`${'${A:-'.repeat(1000)}x${'}'.repeat(1000)}`, () => undefined).invalid).toBeDefined()
  expect(interpolate('$A'.repeat(1000), () => 'x'.repeat(100_000)).text.length).toBeLessThan(2_000_000)
})

test('.env: comments, quotes, export, values in values', () => {
  const { entries, wrong } = readDotEnv(
    [
      '\ufeff# comment',
      'PLAIN=a b # comment',
      'HASH=a#b',
      "SINGLE='$PLAIN \\'q\\''",
      'DOUBLE="${PLAIN}\\n\\"x\\" \\$y" # comment',
      'export EXPORTED=1',
      'COLON: 2',
      'EMPTY=',
      'NAME_ONLY',
      'LINES="one',
      'two"',
      'LAST=${DOUBLE_UNSET:-d}',
      '=wrong',
    ].join('\r\n'),
    () => undefined,
  )
  expect(entries.map(({ name, value }) => [name, value])).toEqual([
    ['PLAIN', 'a b'],
    ['HASH', 'a#b'],
    ['SINGLE', "$PLAIN 'q'"],
    ['DOUBLE', 'a b\n"x" $y'],
    ['EXPORTED', '1'],
    ['COLON', '2'],
    ['EMPTY', ''],
    ['NAME_ONLY', undefined],
    ['LINES', 'one\r\ntwo'],
    ['LAST', 'd'],
  ])
  expect(wrong).toHaveLength(1)
})

test('words of a command', () => {
  expect(commandWords('a "b c" d\\ e \'f\\g\' ""')).toEqual(['a', 'b c', 'd e', 'f\\g', ''])
  expect(commandWords('a b && c')).toEqual(['a', 'b'])
  expect(commandWords('')).toEqual([])
  expect(commandWords('a 2>&1')).toEqual(['a'])
  expect(commandWords('a $(b c) `d e`')).toEqual(['a', '$(b c)', '`d e`'])
  for (const text of ['"a', 'a (b)', 'a\\']) expect(commandWords(text), text).toBeUndefined()
})
