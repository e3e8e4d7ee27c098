/** Rules × an engine, or its host → findings. A rule that throws is a Problem; the others still run. */
import type { Daemon, Host } from '../model/daemon.ts'
import type { Finding, Location, Problem, Result, Severity } from '../model/finding.ts'
import type { Rule } from '../model/rule.ts'
import { newKeys, ruleCrashed } from './rule-outcome.ts'

/** A rule as the configuration wants it: its options validated, its severity perhaps changed (undefined: the rule's own). */
export type RunningEngineRule<Subject extends Daemon | Host> = {
  readonly rule: Rule<Subject, unknown>
  readonly options: unknown
  readonly severity: Severity | undefined
}

export const judgeEngine = <Subject extends Daemon | Host>(
  subject: Subject,
  rules: ReadonlyMap<string, RunningEngineRule<Subject>>,
): Result => {
  const findings: Finding[] = []
  const problems: Problem[] = []
  const keyOf = newKeys()
  for (const [id, { rule, options, severity }] of rules) {
    try {
      const reports = rule.check(subject, options, undefined)
      if (Symbol.asyncIterator in reports) throw new TypeError('rules on engines answer at once')
      for (const report of reports) {
        if (!('in' in report.at)) throw new TypeError('a rule on engines names whole places')
        const about = `${id}\n${identity(report.at)}`
        findings.push({
          rule: id,
          key: keyOf(about),
          severity: severity ?? report.severity ?? rule.severity,
          message: report.message,
          at: [report.at],
          ...(report.fix ? { fix: report.fix } : {}),
        })
      }
    } catch (cause) {
      problems.push(ruleCrashed(id, cause))
    }
  }
  return { findings, problems }
}

const identity = (at: Location): string => (at.in === 'config' ? at.field : at.in === 'file' ? at.path : JSON.stringify(at))
