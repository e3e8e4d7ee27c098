/** Patterns that strangers' bytes are matched with take a time that grows as the bytes do. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'
import { detectors } from '../src/judge/secrets/registry.ts'
import { lines } from '../src/read/catalogers/binaries.ts'
import { hostileTexts, parsePattern, stepsOf, unbounded } from './regexp-steps.ts'

test('steps are counted: linear, quadratic, and the same matches as the real thing', () => {
  const growth = (pattern: RegExp): number => worstGrowth(pattern).ratio
  expect(growth(/^a+b/)).toBeLessThan(2.5)
  expect(growth(/x[^y]{0,30}y/)).toBeLessThan(2.5)
  expect(growth(/a+b/)).toBeGreaterThan(3)
  expect(growth(/name: [^\0]*?x/)).toBeGreaterThan(3)
  expect(growth(/;.*$/)).toBeGreaterThan(3)
  expect(growth(/(?:a|b)+c/)).toBeGreaterThan(3)
  expect(unbounded(parsePattern('a*b+?c{2,}(?:d{1,3}|e?)[*+]', ''))).toBe(3)
})

test.each(lines.map(({ name, version }) => [name, version] as const))(
  '%s: no quantifier of its version is unbounded',
  (_, version) => {
    expect(unbounded(parsePattern(version.source, version.flags))).toBe(0)
  },
)

const folder = join(import.meta.dirname, '../src/read')
const modules = ['catalogers', 'project', 'project/stacks'].flatMap(part =>
  readdirSync(join(folder, part))
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => `${part}/${name}`),
)
test.each(modules)('%s: twice the text takes less than three times the steps', name => {
  for (const pattern of patternsOf(readFileSync(join(folder, name), 'utf8'))) {
    const { ratio, text } = worstGrowth(pattern)
    expect(ratio, `${pattern} on ${JSON.stringify(text.slice(0, 60))}`).toBeLessThan(3)
  }
})

test.each(Object.entries(detectors).map(([id, { pattern }]) => [id, pattern] as const))(
  '%s: every quantifier is bounded, and twice the text takes less than three times the steps',
  (_, pattern) => {
    expect(unbounded(parsePattern(pattern.source, pattern.flags))).toBe(0)
    const { ratio, text } = worstGrowth(pattern)
    expect(ratio, `${pattern} on ${JSON.stringify(text.slice(0, 60))}`).toBeLessThan(3)
  },
)

function worstGrowth(pattern: RegExp): { readonly ratio: number; readonly text: string } {
  const parsed = parsePattern(pattern.source, pattern.flags)
  const size = 1500
  const [short, long] = [hostileTexts(parsed, size), hostileTexts(parsed, 2 * size)]
  const limit = 1000 * size
  let worst = { ratio: 0, text: '' }
  for (const [i, text] of short.entries()) {
    const isEach = pattern.flags.includes('g')
    const steps = stepsOf(parsed, text, isEach, limit)
    // What takes few steps anyway ends at its first character.
    if (steps < 4 * size) continue
    if (steps > limit) return { ratio: Number.POSITIVE_INFINITY, text }
    const ratio = stepsOf(parsed, long[i]!, isEach, 4 * steps) / steps
    if (ratio > worst.ratio) worst = { ratio, text }
  }
  return worst
}

/** All that are written in a module. */
function patternsOf(source: string): readonly RegExp[] {
  const found: RegExp[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { type, regex } = value as { type?: unknown; regex?: { pattern: string; flags: string } }
    if (type === 'Literal' && regex) found.push(new RegExp(regex.pattern, regex.flags))
    for (const child of Object.values(value)) walk(child)
  }
  walk(parseAst(source, { lang: 'ts' }))
  return found
}
