/** Rules × an engine, or its host → findings. A rule that throws is a Problem; the others still run. */
import type { Daemon, Host } from '../model/daemon.ts'
import type { Finding, Location, Problem, Result, Severity } from '../model/finding.ts'
import { shortHash } from '../model/key.ts'
import type { Rule } from '../model/rule.ts'

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
  const seen = new Map<string, number>()
  for (const [id, { rule, options, severity }] of rules) {
    try {
      const reports = rule.check(subject, options, undefined)
      if (Symbol.asyncIterator in reports) throw new TypeError('rules on engines answer at once')
      for (const report of reports) {
        if (!('in' in report.at)) throw new TypeError('a rule on engines names whole places')
        const about = `${id}\n${identity(report.at)}`
        const occurrence = seen.get(about) ?? 0
        seen.set(about, occurrence + 1)
        findings.push({
          rule: id,
          key: shortHash(`${about}\n${occurrence}`),
          severity: severity ?? report.severity ?? rule.severity,
          message: report.message,
          at: [report.at],
          ...(report.fix ? { fix: report.fix } : {}),
        })
      }
    } catch (cause) {
      problems.push({
        kind: 'failed',
        code: 'rule-crashed',
        message: `the rule ${id} failed here: ${cause instanceof Error ? cause.message : String(cause)}. This is a bug in Bulkhead`,
        cause,
      })
    }
  }
  return { findings, problems }
}

const identity = (at: Location): string => (at.in === 'config' ? at.field : at.in === 'file' ? at.path : JSON.stringify(at))
