/** Rules × facts of an image → findings, the worst first. */
import { compareSeverity, type Finding, type Location, type Problem, type Result, type Severity } from '../model/finding.ts'
import type { ImageFacts, ImageRule } from './image-rule.ts'
import { newKeys, ruleCrashed } from './rule-outcome.ts'

/** A rule as the configuration wants it: its options validated, its severity perhaps changed (undefined: the rule's own). */
export type RunningImageRule = {
  readonly rule: ImageRule<unknown>
  readonly options: unknown
  readonly severity: Severity | undefined
}

/** A rule that throws is a Problem; the others still run. */
export const judgeImage = async (facts: ImageFacts, rules: ReadonlyMap<string, RunningImageRule>): Promise<Result> => {
  const findings: Finding[] = []
  const problems: Problem[] = []
  const keyOf = newKeys()
  for (const [id, { rule, options, severity }] of rules) {
    try {
      for await (const report of rule.check(facts, options, undefined)) {
        const at: [Location, ...Location[]] = [location(report.at), ...(report.also ?? []).map(location)]
        const about = `${id}\n${identity(at[0])}`
        findings.push({
          rule: id,
          key: keyOf(about),
          severity: severity ?? report.severity ?? rule.severity,
          message: report.message,
          at,
          ...(report.isCut ? { isCut: true } : {}),
          ...(report.fix ? { fix: report.fix } : {}),
        })
      }
    } catch (cause) {
      problems.push(ruleCrashed(id, cause))
    }
  }
  findings.sort((a, b) => compareSeverity(a.severity, b.severity) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0))
  return { findings, problems }
}

const location = (at: Location | { readonly start: number; readonly end: number }): Location => {
  if ('in' in at) return at
  throw new TypeError('a rule on images names places of the image')
}

/** Digests of layers change with every build. */
const identity = (at: Location): string =>
  at.in === 'config' ? at.field : at.in === 'layer' || at.in === 'file' ? (at.path ?? '') : JSON.stringify(at)
