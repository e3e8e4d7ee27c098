import type { Wish } from './container.ts'
import type { Location, Severity } from './finding.ts'

/** One way out of a container that its configuration opens. Plain data. */
export type Breakout = {
  /** Kebab-case: `engine-socket`. */
  readonly id: string
  /** Without a full stop: "The engine's socket is reachable". */
  readonly title: string
  /** The container's name. */
  readonly container: string
  readonly severity: Severity
  /** All of these hold together; each with the place that opens it. No place: the runtime's default. */
  readonly chain: readonly { readonly text: string; readonly at?: Location }[]
  /** What nobody can see from here: it is open only where the host is so. Empty: it is open everywhere. */
  readonly depends: readonly string[]
  /** What the attacker gets, in one sentence. */
  readonly gets: string
  /** Where that leads. */
  readonly reaches: Reach
  /** The smallest change that closes it. */
  readonly close: { readonly title: string; readonly wishes: readonly Wish[] }
  readonly links: readonly string[]
  /** Why somebody accepts it: every place of its chain is that of a finding which was silenced for a reason. */
  readonly accepted?: string
}

/** The machine and all on it; the cluster or cloud that it belongs to; other containers. */
export type Reach = 'host' | 'cluster' | 'neighbours'

/** A container with the ways out of it. */
export type ContainerBreakouts = {
  readonly container: string
  readonly at: Location
  /** The worst first. */
  readonly ways: readonly Breakout[]
  /** Those that would still be open after the fixes of all findings that nobody silenced. */
  readonly remaining: readonly Breakout[]
}
