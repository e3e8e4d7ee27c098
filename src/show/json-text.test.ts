import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonPieces, jsonText, Streamed } from './json-text.ts'

test('the same text as JSON.stringify, for whatever is streamed', () => {
  const written = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }), (list, other) => {
      const stream = new Streamed(() => list)
      const plain = (text: string): string => jsonText(JSON.parse(text))
      const document = { a: other, b: { c: [stream, { d: stream }] }, e: stream }
      expect([...jsonPieces(document)].join('')).toBe(plain(written({ a: other, b: { c: [list, { d: list }] }, e: list })))
      expect(jsonText(document)).toBe([...jsonPieces(document)].join(''))
    }),
  )
  expect(jsonText({ a: undefined, b: [1, { c: 'x\n' }] })).toBe(written({ a: undefined, b: [1, { c: 'x\n' }] }))
  const many = Array.from({ length: 100 }, (_, i) => ({ i, text: 'x\n' }))
  const pieces = [...jsonPieces({ a: new Streamed(() => many) })]
  expect(pieces.join('')).toBe(written({ a: many }))
  // Neither one piece with all of them, nor one for each.
  expect(pieces.length).toBeGreaterThan(5)
  expect(pieces.length).toBeLessThan(30)
})

test('nothing of a text speaks to a terminal, and every text is read as it was', () => {
  const texts = ['a\u202egnp\u2066', '\u009b2J\u007f', '\u00ad\ufeff\u2028\u200b', '\u{e0001}\u{e0041}', 'ä日本語😀', '\u001b[0m']
  const shown = jsonText({ texts, 'key\u202e': new Streamed(() => texts) })
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Cf}/u)
  expect(JSON.parse(shown)).toEqual({ texts, 'key\u202e': texts })
  expect(jsonText('\ud800')).toBe('"\ufffd"\n')
})
