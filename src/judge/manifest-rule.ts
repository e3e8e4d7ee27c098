/** Rules on whole files of Compose or Kubernetes: on what stands there besides containers. */
import type { Finding, Problem, Severity } from '../model/finding.ts'
import { shortHash } from '../model/key.ts'
import type { Rule } from '../model/rule.ts'
import type { YamlDocument, YamlFile } from '../read/yaml/tree.ts'

export type ManifestFile = {
  readonly form: 'compose' | 'kubernetes'
  readonly file: YamlFile
  /** Read when a rule asks: most files hold nothing that it looks for. */
  documents(): readonly YamlDocument[]
}

export type ManifestRule<Options = undefined> = Rule<ManifestFile, Options>

/** Gives a rule its types; returns it as it is. */
export const manifestRule = <Options = undefined>(rule: ManifestRule<Options>): ManifestRule<Options> => rule

export type RunningManifestRule = {
  readonly rule: ManifestRule<unknown>
  readonly options: unknown
  readonly severity: Severity | undefined
}

/** A rule that throws is a Problem; the others still run. */
export const judgeManifest = (
  subject: ManifestFile,
  rules: ReadonlyMap<string, RunningManifestRule>,
): { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] } => {
  const { path, text } = subject.file
  const findings: Finding[] = []
  const problems: Problem[] = []
  const seen = new Map<string, number>()
  for (const [id, { rule, options, severity }] of rules) {
    try {
      const reports = rule.check(subject, options, undefined)
      if (Symbol.asyncIterator in reports) throw new TypeError('rules on manifests answer at once')
      for (const { at, message, redact, fix, severity: own } of reports) {
        if ('in' in at) throw new TypeError('rules on manifests name places of the file itself')
        const identity = `${id}\n${path}\n${text.slice(at.start, at.end).replace(/\s+/g, ' ').slice(0, 4096)}`
        const occurrence = seen.get(identity) ?? 0
        seen.set(identity, occurrence + 1)
        findings.push({
          rule: id,
          key: shortHash(`${identity}\n${occurrence}`),
          severity: severity ?? own ?? rule.severity,
          message,
          at: [{ in: 'file', path, span: at }],
          ...(fix ? { fix } : {}),
          ...(redact ? { redact } : {}),
        })
      }
    } catch (cause) {
      problems.push({
        kind: 'failed',
        code: 'rule-crashed',
        message: `the rule ${id} failed here: ${cause instanceof Error ? cause.message : String(cause)}. This is a bug in Bulkhead`,
        at: { in: 'file', path, span: { start: 0, end: 0 } },
        cause,
      })
    }
  }
  return { findings, problems }
}
