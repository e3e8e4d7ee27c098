/** Rules × containers → findings, each with what would be right. What several containers share (a pod's setting, an anchor) is told once. */
import type { Container, Wish } from '../model/container.ts'
import { type Finding, type Location, lesser, type Problem, type Severity } from '../model/finding.ts'
import type { Report } from '../model/rule.ts'
import { quoted, unsetAt } from './container-queries.ts'
import type { ContainerFacts, ContainerRule } from './container-rule.ts'
import { newKeys, ruleCrashed } from './rule-outcome.ts'

/** A rule as the configuration wants it: its options validated, its severity perhaps changed (undefined: the rule's own). */
export type RunningContainerRule = {
  readonly rule: ContainerRule<unknown>
  readonly options: unknown
  readonly severity: Severity | undefined
}

export type JudgedContainer = {
  readonly finding: Finding
  /** The first of those that it was found in. */
  readonly container: Container
  /** All of them. */
  readonly containers: readonly Container[]
  readonly wishes: readonly Wish[]
}

/** `textAt`: what stands at a place in a file, for keys that stay the same when other lines change. A rule that throws is a Problem; the others still run. */
export const judgeContainers = (
  containers: readonly Container[],
  rules: ReadonlyMap<string, RunningContainerRule>,
  factsFor: (container: Container) => ContainerFacts,
  textAt: (at: Location) => string,
): {
  readonly judged: readonly JudgedContainer[]
  readonly problems: readonly Problem[]
  /** What was known of each. */
  readonly facts: ReadonlyMap<Container, ContainerFacts>
} => {
  const judged: (JudgedContainer & { readonly containers: Container[] })[] = []
  const problems: Problem[] = []
  const keyOf = newKeys()
  const told = new Map<string, Container[]>()
  const known = new Map<Container, ContainerFacts>()
  // Rules on what is missing all point at the container as a whole.
  let last: { readonly at: Location; readonly said: string } | undefined
  const saidAt = (at: Location): string => {
    if (last?.at !== at) last = { at, said: textAt(at).replace(/\s+/g, ' ').slice(0, 4096) }
    return last.said
  }
  for (const container of containers) {
    const facts = factsFor(container)
    known.set(container, facts)
    for (const [id, { rule, options, severity }] of rules) {
      // It is gone before anybody could make use of what all others lack, too.
      if (rule.hardening !== undefined && container.isThrowAway) continue
      try {
        const reports = rule.check(container, options, facts)
        if (Symbol.asyncIterator in reports) throw new TypeError('rules on containers answer at once')
        for (const report of reports) {
          const at = placeOf(report.at)
          const also = (report.also ?? []).map(placeOf)
          // A secret that is written is one, whatever stands beside it.
          const unset = report.redact ? [] : unsetAt(container, [at, ...also])
          const own = report.severity ?? rule.severity
          // Containers of one pod, and services with one anchor, share what is written once. A rule may say several things of one place.
          const place =
            at.in === 'file'
              ? `${id}\0${at.path}\0${at.span.start}-${at.span.end}\0${severity ?? report.severity}\0${report.message}`
              : undefined
          const sharing = place === undefined ? undefined : told.get(place)
          if (sharing) {
            if (sharing.at(-1) !== container) sharing.push(container)
            continue
          }
          const found = [container]
          if (place !== undefined) told.set(place, found)
          const identity = `${id}\n${at.in === 'file' ? at.path : ''}\n${container.name}\n${saidAt(at)}`
          judged.push({
            container,
            containers: found,
            wishes: report.wishes ?? [],
            finding: {
              rule: id,
              container: container.name,
              key: keyOf(identity),
              severity: severity ?? (unset.length > 0 ? lesser(own) : own),
              message: report.message,
              at: [at, ...also],
              ...(unset.length > 0
                ? { note: `this holds if ${quoted(unset)} ${unset.length === 1 ? 'stays' : 'stay'} empty` }
                : {}),
              ...(report.fix ? { fix: report.fix } : {}),
              ...(report.redact ? { redact: report.redact } : {}),
            },
          })
        }
      } catch (cause) {
        problems.push(ruleCrashed(id, cause, container.at, `on ${container.name}`))
      }
    }
  }
  return { judged, problems, facts: known }
}

const placeOf = (at: Report['at']): Location => {
  if ('in' in at) return at
  throw new TypeError('a rule on containers names places with their files')
}
