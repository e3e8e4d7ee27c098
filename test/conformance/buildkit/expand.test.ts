import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expand } from '../../../src/read/dockerfile/expand.ts'

type Case = {
  readonly word: string
  readonly escape?: string
  readonly error?: string
  readonly value?: string
  readonly unmatched?: readonly string[]
}

const { variables, words }: { variables: Readonly<Record<string, string>>; words: readonly Case[] } = JSON.parse(
  readFileSync(new URL('words.json', import.meta.url), 'utf8'),
)

test.each(words.map(one => [JSON.stringify(one.word), one] as const))('%s', (_, one) => {
  const expanded = expand(one.word, one.escape ?? '\\', name => (Object.hasOwn(variables, name) ? variables[name]! : null))
  if (one.error !== undefined) return expect(expanded.error).toBeDefined()
  expect(expanded.error).toBeUndefined()
  expect(expanded.value).toBe(one.value)
  const names = new Set(expanded.missing.map(missing => missing.name))
  expect([...names].sort()).toEqual(one.unmatched ?? [])
  for (const { start, end, name } of expanded.missing) expect(one.word.slice(start, end)).toContain(name)
})
