/** What the texts of every rule owe their readers, whatever the rule is on. */
import { expect } from 'vitest'
import type { RuleInfo } from '../src/model/report.ts'

export const expectTexts = (rule: Pick<RuleInfo, 'why' | 'summary' | 'since' | 'replaces' | 'links'>): void => {
  expect(rule.why.length).toBeLessThanOrEqual(400)
  expect(rule.why.length).toBeGreaterThan(60)
  expect(rule.summary).not.toMatch(/\.$/)
  expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/)
  expect(new Set(rule.replaces).size).toBe(rule.replaces?.length ?? 0)
  for (const link of rule.links ?? []) expect(link).toMatch(/^https:\/\//)
}
