/** Rules on whole files of Compose or Kubernetes: on what stands there besides containers. */
import type { Finding, Problem, Severity } from '../model/finding.ts'
import type { Rule } from '../model/rule.ts'
import type { YamlDocument, YamlFile } from '../read/yaml/tree.ts'
import { newKeys, ruleCrashed } from './rule-outcome.ts'

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
  const keyOf = newKeys()
  for (const [id, { rule, options, severity }] of rules) {
    try {
      const reports = rule.check(subject, options, undefined)
      if (Symbol.asyncIterator in reports) throw new TypeError('rules on manifests answer at once')
      for (const { at, message, redact, fix, severity: own } of reports) {
        if ('in' in at) throw new TypeError('rules on manifests name places of the file itself')
        const identity = `${id}\n${path}\n${text.slice(at.start, at.end).replace(/\s+/g, ' ').slice(0, 4096)}`
        findings.push({
          rule: id,
          key: keyOf(identity),
          severity: severity ?? own ?? rule.severity,
          message,
          at: [{ in: 'file', path, span: at }],
          ...(fix ? { fix } : {}),
          ...(redact ? { redact } : {}),
        })
      }
    } catch (cause) {
      problems.push(ruleCrashed(id, cause, { in: 'file', path, span: { start: 0, end: 0 } }))
    }
  }
  return { findings, problems }
}
