import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../test/fixed-seed.ts'
import { Unreadable } from './cataloger.ts'
import { jsonEntries } from './json-entries.ts'

const entries = (text: string): [string, unknown][] =>
  [...jsonEntries(new TextEncoder().encode(text))].map(([key, value]) => [key, JSON.parse(new TextDecoder().decode(value))])

test('the same entries as JSON.parse, however the text is set', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.constantFrom(0, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      expect(entries(text)).toEqual(Object.entries(JSON.parse(text) as object))
    }),
  )
})

test('texts with brackets, quotes and backslashes in them; a mark at the beginning', () => {
  expect(entries('\ufeff {"a":"}]\\"","b\\u0041\\\\":["{\\\\",{"x":[]}],"__proto__":-1.5e3 , "c" : null} \n')).toEqual([
    ['a', '}]"'],
    ['bA\\', ['{\\', { x: [] }]],
    ['__proto__', -1500],
    ['c', null],
  ])
  expect(entries('{}')).toEqual([])
})

test.each([
  '',
  '[]',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,}',
  '{"a":1}}',
  '{"a":[1}',
  '{"a" 1}',
  '{a:1}',
  '{"a":}',
  '{"a":"x',
  '{"a":1 "b":2}',
  '{"\\q":1}',
])('broken: %s', text => {
  expect(() => [...jsonEntries(new TextEncoder().encode(text))].map(([, value]) => value)).toThrow(Unreadable)
})

test('whatever is cut off is Unreadable, and nothing else is thrown', () => {
  const bytes = new TextEncoder().encode('{"openssl":{"CVE-2024-1":{"description":"a \\"b\\" {","releases":{}}},"x":[1,2]}')
  for (let end = 0; end < bytes.length; end++) expect(() => [...jsonEntries(bytes.subarray(0, end))]).toThrow(Unreadable)
})

test('one pass: a text full of backslashes, and one full of brackets', () => {
  const long = new TextEncoder().encode(
    `{"a":"${'\\\\'.repeat(2_000_000)}","b":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
  )
  const start = performance.now()
  expect([...jsonEntries(long)].map(([key]) => key)).toEqual(['a', 'b'])
  expect(performance.now() - start).toBeLessThan(3000)
})
