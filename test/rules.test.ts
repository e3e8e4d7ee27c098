/** Every rule's examples are its first tests, and its texts follow the house rules. */
import { describe, expect, test } from 'vitest'
import type { DockerfileRule } from '../src/judge/dockerfile-rule.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { parse } from '../src/read/dockerfile/parse.ts'
import { fixed, judge } from './judge.ts'
import { expectTexts } from './rule-texts.ts'

const all = Object.entries(rules as Readonly<Record<string, DockerfileRule<unknown>>>).filter(
  ([, rule]) => rule.on === 'dockerfile',
)

test('there are rules, and their ids are their paths', () => {
  expect(all.length).toBeGreaterThan(50)
  for (const [id] of all) expect(id).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/)
})

describe.each(all)('%s', (id, rule) => {
  test('its texts', () => expectTexts(rule))

  test.each(rule.examples.map((example, i) => [i, example] as const))('example %i', async (_, example) => {
    const found = await judge(id, example.bad, example)
    expect(found, 'the bad sample is reported').not.toEqual([])
    for (const finding of found) expect(finding.message).not.toMatch(/\.$/)
    expect(await judge(id, example.good, example), 'the good sample is silent').toEqual([])
    const repaired = await fixed(id, example.bad, example)
    if (example.byHand) return
    expect(repaired).toBe(example.good)
    expect(parse(repaired).errors).toEqual([])
    expect(await fixed(id, repaired, example), 'fixing twice changes nothing').toBe(repaired)
  })

  test('fixes are of the class that it claims', async () => {
    const order = ['safe', 'unsafe', 'manual']
    for (const example of rule.examples) {
      for (const { fix } of await judge(id, example.bad, example)) {
        if (!fix) continue
        expect(rule.fixes, 'a rule that fixes says so').toBeDefined()
        expect(order.indexOf(fix.safety)).toBeGreaterThanOrEqual(order.indexOf(rule.fixes!))
        expect(fix.edits.length === 0).toBe(fix.safety === 'manual')
        expect(fix.title).not.toMatch(/\.$/)
      }
    }
  })
})
