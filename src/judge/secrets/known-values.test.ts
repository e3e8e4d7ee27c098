import { expect, test } from 'vitest'
import { knownValues } from './known-values.ts'

const value = 'T4kLm9Qz+/x=&Rt7"Yp'
const hide = (text: string, values: readonly string[] = [value]): string => {
  let shown = ''
  let at = 0
  for (const { start, end } of [...knownValues(values)(text)].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue
    shown += `${text.slice(at, Math.max(at, start))}*`
    at = end
  }
  return shown + text.slice(at)
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  ['as it is', value],
  ['in base 64', base64(value)],
  ['in base 64, with a line end', base64(`${value}\n`)],
  ['in base 64, behind a user', base64(`ann:${value}`)],
  ['in base 64, behind another', base64(`anna:${value}`)],
  ['in base 64 of addresses', Buffer.from(value).toString('base64url')],
  ['in hexadecimal', Buffer.from(value).toString('hex')],
  ['escaped for an address', encodeURIComponent(value)],
  ['escaped in small letters', encodeURIComponent(value).replace(/%../g, escape => escape.toLowerCase())],
  ['a slash left alone', encodeURIComponent(value).replaceAll('%2F', '/')],
  ['everything escaped', [...Buffer.from(value)].map(byte => `%${byte.toString(16)}`).join('')],
  ['in JSON', JSON.stringify(value).slice(1, -1)],
  ['in JSON that escapes slashes', JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')],
  ['with escapes for letters', value.replace('+', '\\u002b')],
])('%s', (_, form) => {
  expect(hide(`echo ${form} | x`)).toBe('echo * | x')
})

test('however many they are', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `Value${i}x9Qz`)
  expect(hide(`a ${many.at(-1)} b`, many)).toBe('a * b')
})

test('several lines, and short ones as words', () => {
  expect(hide('a line1 x\nline2 x b', ['line1 x\nline2 x'])).toBe('a * b')
  expect(hide('a line1 x line2 x b', ['line1 x\nline2 x'])).toBe('a * b')
  expect(hide('h7nt3r xh7nt3r', ['h7nt3r'])).toBe('* xh7nt3r')
})

test('where looking would take too long, all of a text is one', () => {
  const many = Array.from({ length: 3000 }, (_, i) => `aaaa${'a'.repeat(i)}b`)
  const text = 'a'.repeat(300_000)
  expect(knownValues(many)(text)).toEqual([{ start: 0, end: text.length }])
})
