/** What every judge makes of a rule's answers, whatever the rule is on. */
import type { Location, Problem } from '../model/finding.ts'
import { shortHash } from '../model/key.ts'

/** A rule that throws is a Problem; the others still run. `where`: how the place is called in a sentence. */
export const ruleCrashed = (id: string, cause: unknown, at?: Location, where = 'here'): Problem => ({
  kind: 'failed',
  code: 'rule-crashed',
  message: `the rule ${id} failed ${where}: ${cause instanceof Error ? cause.message : String(cause)}. This is a bug in Bulkhead`,
  ...(at ? { at } : {}),
  cause,
})

/** Gives keys of findings for what they are about; what is said of equal things is told apart by its number. */
export const newKeys = (): ((about: string) => string) => {
  const seen = new Map<string, number>()
  return about => {
    const occurrence = seen.get(about) ?? 0
    seen.set(about, occurrence + 1)
    return shortHash(`${about}\n${occurrence}`)
  }
}
