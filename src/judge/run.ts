/** Rules × Dockerfile → findings: weighs them by stage, gives them stable keys, and turns a rule that breaks into a Problem. */
import type { Finding, Location, Problem, Result, Severity } from '../model/finding.ts'
import type { Report } from '../model/rule.ts'
import type { Span } from '../model/text.ts'
import type { Dockerfile, Role, Stage, Step } from '../read/dockerfile/graph.ts'
import type { DockerfileFacts, DockerfileRule } from './dockerfile-rule.ts'
import { newKeys, ruleCrashed } from './rule-outcome.ts'

/** A rule as the configuration wants it: its options validated, its severity perhaps changed (undefined: the rule's own). */
export type RunningRule = {
  readonly rule: DockerfileRule<unknown>
  readonly options: unknown
  readonly severity: Severity | undefined
}

/** Runs every rule once. Findings come sorted by position, then rule id. A rule that throws is a Problem; the others still run. */
export const judgeDockerfile = async (
  dockerfile: Dockerfile,
  rules: ReadonlyMap<string, RunningRule>,
  facts: DockerfileFacts,
): Promise<Result> => {
  const findings: Finding[] = []
  const problems: Problem[] = []
  const locate = stepLocator(dockerfile)
  const keyOf = newKeys()
  const crashed = (id: string, cause: unknown): void => {
    problems.push(ruleCrashed(id, cause, { in: 'file', path: dockerfile.path, span: { start: 0, end: 0 } }))
  }
  // Nearly all rules answer at once: only those that do not are waited for.
  const later: (readonly [string, RunningRule, AsyncIterable<Report>])[] = []
  for (const [id, running] of rules) {
    try {
      const reports = running.rule.check(dockerfile, running.options, facts)
      if (Symbol.asyncIterator in reports) later.push([id, running, reports])
      else for (const report of reports) findings.push(toFinding(id, running, report, dockerfile, locate, keyOf))
    } catch (cause) {
      crashed(id, cause)
    }
  }
  for (const [id, running, reports] of later) {
    try {
      for await (const report of reports) findings.push(toFinding(id, running, report, dockerfile, locate, keyOf))
    } catch (cause) {
      crashed(id, cause)
    }
  }
  return { findings: onceEach(findings, rules).sort(byPosition), problems }
}

/** One finding for one secret: what yields goes, and the other hides what it hid. */
const onceEach = (findings: readonly Finding[], rules: ReadonlyMap<string, RunningRule>): Finding[] => {
  const winners = new Map<string, { readonly span: Span; readonly finding: Finding }[]>()
  for (const { rule } of rules.values()) for (const id of rule.yieldsTo ?? []) winners.set(id, [])
  for (const finding of findings) for (const span of finding.redact ?? []) winners.get(finding.rule)?.push({ span, finding })
  for (const list of winners.values()) list.sort((a, b) => a.span.start - b.span.start)
  const yielded = new Map<Finding, Span[]>()
  const kept = findings.filter(({ rule, redact = [] }) => {
    for (const id of rules.get(rule)?.rule.yieldsTo ?? [])
      for (const { start, end } of redact) {
        const list = winners.get(id)!
        let low = 0
        let high = list.length
        while (low < high) {
          const middle = (low + high) >> 1
          if (list[middle]!.span.start < start) low = middle + 1
          else high = middle
        }
        const other = list[low]
        if (!other || other.span.end > end) continue
        yielded.set(other.finding, [...(yielded.get(other.finding) ?? []), ...redact])
        return false
      }
    return true
  })
  return kept.map(finding => {
    const more = yielded.get(finding)
    return more ? { ...finding, redact: [...(finding.redact ?? []), ...more] } : finding
  })
}

/** By path, offset, length, then rule id. */
export const byPosition = (a: Finding, b: Finding): number => {
  const [x, y] = [a.at[0], b.at[0]]
  if (x.in === 'file' && y.in === 'file') {
    if (x.path !== y.path) return x.path < y.path ? -1 : 1
    if (x.span.start !== y.span.start) return x.span.start - y.span.start
    if (x.span.end !== y.span.end) return x.span.end - y.span.end
  }
  return a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0
}

const toFinding = (
  id: string,
  { rule, severity: configured }: RunningRule,
  report: Report,
  dockerfile: Dockerfile,
  locate: (offset: number) => Step | undefined,
  keyOf: (about: string) => string,
): Finding => {
  const inFile = (span: Span): Location => ({ in: 'file', path: dockerfile.path, span })
  const at = 'in' in report.at ? report.at : inFile(report.at)
  const stage = at.in === 'file' && at.path === dockerfile.path ? locate(at.span.start)?.stage : undefined
  const full = configured ?? report.severity ?? rule.severity
  const lighter = stage !== undefined && !countsInFull(stage.role, report.weighs ?? rule.weighs ?? 'image')
  // The key is made of what the finding is about, not of where it stands, so that edits elsewhere do not change it.
  const about =
    at.in === 'file' && at.path === dockerfile.path
      ? dockerfile.tree.text.slice(at.span.start, Math.min(at.span.end, at.span.start + 4096))
      : JSON.stringify(at)
  const identity = `${id}\n${dockerfile.path}\n${stage ? (stage.name ?? stage.index) : ''}\n${about.replace(/\s+/g, ' ')}`
  return {
    rule: id,
    key: keyOf(identity),
    severity: lighter ? oneStepLess(full) : full,
    message: report.message,
    at: [at, ...(report.also ?? []).map(one => ('in' in one ? one : inFile(one)))],
    ...(lighter ? { note: `weighs less: ${whyLighter(stage)}` } : {}),
    ...(report.fix ? { fix: report.fix } : {}),
    ...(report.redact ? { redact: report.redact } : {}),
  }
}

const countsInFull = (role: Role, weighs: NonNullable<DockerfileRule['weighs']>): boolean =>
  role === 'final' || role === 'inherited' || weighs === 'everywhere' || (role === 'copied' && weighs === 'content')

const lowered: Readonly<Record<Severity, Severity>> = {
  critical: 'high',
  high: 'medium',
  medium: 'low',
  low: 'info',
  info: 'info',
  unknown: 'unknown',
}
const oneStepLess = (severity: Severity): Severity => lowered[severity]

const whyLighter = (stage: Stage): string => {
  const name = stage.name === undefined ? `stage ${stage.index}` : `stage \`${stage.name}\``
  if (stage.role === 'copied') return `${name} is a builder stage: only the files copied from it ship`
  if (stage.role === 'used') return `no file of ${name} reaches the final image`
  return `the final image takes nothing from ${name}`
}

/** The step whose instruction holds an offset; instructions are in order, so a binary search does. */
export const stepLocator = (dockerfile: Dockerfile): ((offset: number) => Step | undefined) => {
  let steps: readonly Step[] | undefined
  return offset => {
    steps ??= dockerfile.steps.filter(step => !step.onbuild)
    let low = 0
    let high = steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (steps[middle]!.instruction.span.start <= offset) low = middle + 1
      else high = middle
    }
    return low > 0 ? steps[low - 1] : undefined
  }
}
