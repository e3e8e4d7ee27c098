/** Containers → the ways out that their configuration opens, and what is left of them when wishes come true. */
import type { Breakout } from '../model/breakout.ts'
import type { Container } from '../model/container.ts'
import { compareSeverity } from '../model/finding.ts'
import { type HostFacts, sceneOf } from './breakout-path.ts'
import { breakoutPaths } from './breakouts/registry.ts'
import type { ContainerFacts } from './container-rule.ts'

/** The worst first. */
export const breakoutsOf = (container: Container, facts: ContainerFacts, host: HostFacts = {}): readonly Breakout[] => {
  const scene = sceneOf(container, facts, host)
  return Object.entries(breakoutPaths)
    .flatMap(([id, path]) =>
      [...path.find(scene)].map(
        way => ({ reaches: 'host', ...way, id, container: container.name, links: path.links }) satisfies Breakout,
      ),
    )
    .sort((a, b) => compareSeverity(a.severity, b.severity))
}
