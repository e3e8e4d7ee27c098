/** The promise of the fixes, over generated files: they come to rest, parse again, and bring nothing new. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEdits, planFixes } from '../src/change/fix.ts'
import { rules } from '../src/judge/rules/registry.ts'
import type { Safety } from '../src/model/finding.ts'
import { parse } from '../src/read/dockerfile/parse.ts'
import { judge } from './judge.ts'

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 150)
const defaults = Object.entries(rules).flatMap(([id, rule]) => (rule.profile === 'default' ? [id] : []))

/** Lines of the rules' own samples, mixed: more of what rules look at than any random text has. */
const lines = [
  ...new Set(
    Object.values(rules)
      .flatMap(({ examples }) => examples)
      .filter(({ files }) => files === undefined)
      .flatMap(({ bad, good }) => [bad, good])
      .filter(text => !text.includes('<<'))
      .flatMap(text => text.replace(/\\\n/g, '\\\u0000').split('\n'))
      .map(line => line.replaceAll('\u0000', '\n'))
      .filter(line => line !== '' && !line.startsWith('#')),
  ),
]
const file = fc
  .tuple(
    fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 10 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.constantFrom('', '# a comment\n', '\ufeff', '\n'),
  )
  .map(([body, end, last, head]) => (head + ['FROM debian:12', ...body].join('\n') + (last ? '\n' : '')).replaceAll('\n', end))

const tally = (ids: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

test.each([[['safe']], [['safe', 'unsafe']]] as readonly [Safety[]][])('fixes of %j', async allowed => {
  await fc.assert(
    fc.asyncProperty(file, async text => {
      let current = text
      let findings = await judge(defaults, current)
      for (let pass = 0; ; pass++) {
        const plan = planFixes(findings, new Set(allowed))
        const edits = plan.edits.get('Dockerfile') ?? []
        if (edits.length === 0) break
        expect(pass, 'the fixes come to rest').toBeLessThan(10)
        const next = applyEdits(current, edits)
        const after = await judge(defaults, next)
        expect(parse(next).errors.length).toBeLessThanOrEqual(parse(current).errors.length)
        const [old, now] = [tally(findings.map(({ rule }) => rule)), tally(after.map(({ rule }) => rule))]
        // A removed stage or instruction may make room for what it hid, but nothing that a fix wrote may be reported.
        for (const { rule } of plan.taken) expect(now.get(rule) ?? 0, `${rule} is gone`).toBeLessThan(old.get(rule)! + 1)
        current = next
        findings = after
      }
    }),
    { numRuns: runs },
  )
})
