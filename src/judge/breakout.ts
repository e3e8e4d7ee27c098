/** Containers → the ways out that their configuration opens, and what is left of them when wishes come true. */
import type { Breakout, ContainerBreakouts } from '../model/breakout.ts'
import type { Container, Wish } from '../model/container.ts'
import { compareSeverity, type Finding, type Location, lesser } from '../model/finding.ts'
import { type HostFacts, sceneOf } from './breakout-path.ts'
import { breakoutPaths } from './breakouts/registry.ts'
import { quoted, unsetAt } from './container-queries.ts'
import type { ContainerFacts } from './container-rule.ts'
import { allFulfilled } from './fulfil.ts'
import type { JudgedContainer } from './judge-container.ts'

const paths = Object.entries(breakoutPaths)

/** The worst first. */
export const breakoutsOf = (container: Container, facts: ContainerFacts, host: HostFacts = {}): readonly Breakout[] => {
  const scene = sceneOf(container, facts, host)
  const found: Breakout[] = []
  for (const [id, path] of paths)
    for (const way of path.find(scene))
      found.push(resting({ reaches: 'host', ...way, id, container: container.name, links: path.links }, container))
  return found.sort((a, b) => compareSeverity(a.severity, b.severity))
}

/** One that rests on variables without a value is open only while they have none. */
const resting = (way: Breakout, container: Container): Breakout => {
  const unset = unsetAt(
    container,
    way.chain.flatMap(({ at }) => at ?? []),
  )
  if (unset.length === 0) return way
  return {
    ...way,
    severity: lesser(way.severity),
    depends: [...way.depends, `${quoted(unset)} ${unset.length === 1 ? 'stays' : 'stay'} empty`],
  }
}

/**
 * Of every container: the ways out of it, and those that would be left after the fixes that need no decision of a person. `judged`: with what silences
 * them; what somebody accepts is not fixed.
 */
export const waysOut = (
  containers: readonly Container[],
  factsFor: (container: Container) => ContainerFacts,
  judged: readonly JudgedContainer[],
  host: HostFacts = {},
): readonly ContainerBreakouts[] => {
  const wishes = new Map<Container, Wish[]>()
  const accepted = new Map<Container, Finding[]>()
  for (const { finding, containers: own, wishes: wished } of judged) {
    if (finding.suppressed) {
      if (finding.suppressed.by !== 'baseline')
        for (const container of own) accepted.set(container, [...(accepted.get(container) ?? []), finding])
      continue
    }
    if (!finding.fix || finding.fix.safety === 'manual') continue
    for (const container of own) wishes.set(container, [...(wishes.get(container) ?? []), ...wished])
  }
  // Most containers open none: what wishes would change is worked out when one does.
  let changed: ReadonlyMap<Container, Container> | undefined
  const changedOf = (container: Container): Container => {
    if (!changed) {
      const after = allFulfilled(containers, one => wishes.get(one) ?? [])
      changed = new Map(containers.map((one, i) => [one, after[i]!]))
    }
    return changed.get(container) ?? container
  }
  // All containers of a project have the same neighbours.
  const groups = new Map<readonly Container[], readonly Container[]>()
  const changedGroup = (neighbours: readonly Container[]): readonly Container[] => {
    const known = groups.get(neighbours) ?? neighbours.map(changedOf)
    groups.set(neighbours, known)
    return known
  }
  return containers.map(container => {
    const facts = factsFor(container)
    const ways = breakoutsOf(container, facts, host).map(way => withAcceptance(way, container, accepted.get(container) ?? []))
    const remaining =
      ways.length === 0 ? [] : breakoutsOf(changedOf(container), { ...facts, neighbours: changedGroup(facts.neighbours) }, host)
    return { container: container.name, at: container.at, ways, remaining }
  })
}

/** When every place of its chain belongs to something that was accepted. What was accepted of the container as a whole says nothing of its parts. */
const withAcceptance = (way: Breakout, container: Container, accepted: readonly Finding[]): Breakout => {
  const reasons = new Set<string>()
  const places = way.chain.flatMap(({ at }) => at ?? [])
  for (const place of places) {
    const finding = accepted.find(({ at }) => at.some(one => overlap(one, place) && !isSame(one, container.at)))
    if (!finding?.suppressed) return way
    reasons.add(finding.suppressed.reason)
  }
  return places.length === 0 ? way : { ...way, accepted: [...reasons].join('; ') }
}

const overlap = (a: Location, b: Location): boolean =>
  a.in === 'file' && b.in === 'file' ? a.path === b.path && a.span.start < b.span.end && b.span.start < a.span.end : isSame(a, b)

const isSame = (a: Location, b: Location): boolean => JSON.stringify(a) === JSON.stringify(b)
