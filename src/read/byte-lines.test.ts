import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../test/fixed-seed.ts'
import { byteLines } from './byte-lines.ts'

test('the lines of a text, whatever falls on the edges of the pieces', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'x'.repeat(65_535), 'é'.repeat(40_000), '€'.repeat(70_000)),
  )
  fc.assert(
    fc.property(
      fc.array(
        line.map(text => text.replaceAll(/[\r\n\ufeff]/g, '')),
        { maxLength: 6 },
      ),
      fc.constantFrom('\n', '\r\n'),
      (lines, end) => {
        const text = lines.join(end)
        const expected = text.toWellFormed().split(end)
        if (expected.at(-1) === '') expected.pop()
        expect([...byteLines(new TextEncoder().encode(text))]).toEqual(expected)
      },
    ),
  )
})
