import { expect, test } from 'vitest'
import { lineStarts } from '../model/text.ts'
import { showSource } from './source.ts'
import { styleFor } from './style.ts'

test('how long a secret is, is not shown', () => {
  for (const secret of ['x7fQ', 'x7fQk29LmZpx7fQk29LmZp']) {
    const text = `a: NAME=${secret} end\n`
    const start = text.indexOf(secret)
    const file = { path: 'a', text, lines: lineStarts(text), redact: [{ start, end: start + secret.length }], secrets: [] }
    const of = (span: { start: number; end: number }): string => showSource(file, span, styleFor(false), mark => mark)
    expect(of({ start: 3, end: start + secret.length })).toBe('  |\n1 | a: NAME=*** end\n  |    ^^^^^^^^\n')
    expect(of({ start: start + 2, end: start + secret.length }), 'a mark inside of it').toBe(
      '  |\n1 | a: NAME=*** end\n  |         ^^^\n',
    )
    expect(of({ start: start + secret.length + 1, end: text.length - 1 })).toBe('  |\n1 | a: NAME=*** end\n  |             ^^^\n')
  }
})
