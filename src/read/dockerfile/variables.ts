import type { Lookup } from './expand.ts'
import type { Variable, Variables } from './graph.ts'

/** A stage built FROM this many others starts from a copy: a look-up then passes through a bounded number of stages. */
const longestChain = 512

type Entry = { readonly since: number; readonly variable: Variable }

/**
 * The variables of one stage over time. A `Variables` is a moment of it, so that 100,000 ENV lines cost no copies: every name keeps
 * its values with the moment from which each holds.
 */
export class Timeline {
  readonly from: Moment | undefined
  /** How many timelines a look-up may pass through. */
  readonly length: number
  readonly #values = new Map<string, Entry[]>()
  #now = 0

  /** `from`: the variables that the stage begins with, a moment of another timeline. */
  constructor(from?: Variables) {
    const moment = from instanceof Moment ? from : undefined
    const copied = moment !== undefined && moment.timeline.length >= longestChain
    this.from = copied ? undefined : moment
    this.length = this.from ? this.from.timeline.length + 1 : 1
    if (copied) for (const variable of moment.all().values()) this.set(variable)
  }

  set(variable: Variable): void {
    this.#now++
    const entry = { since: this.#now, variable }
    const values = this.#values.get(variable.name)
    if (values) values.push(entry)
    else this.#values.set(variable.name, [entry])
  }

  /** The variables as they are now, whatever is set later. */
  moment(): Variables {
    return new Moment(this, this.#now)
  }

  /** What this stage itself has set by then. */
  at(name: string, now: number): Variable | undefined {
    const values = this.#values.get(name)
    let low = 0
    let high = values?.length ?? 0
    while (low < high) {
      const middle = (low + high) >> 1
      if (values![middle]!.since <= now) low = middle + 1
      else high = middle
    }
    return low > 0 ? values![low - 1]!.variable : undefined
  }

  *variablesAt(now: number): Generator<Variable> {
    for (const name of this.#values.keys()) {
      const variable = this.at(name, now)
      if (variable) yield variable
    }
  }
}

class Moment implements Variables {
  readonly timeline: Timeline
  readonly now: number

  constructor(timeline: Timeline, now: number) {
    this.timeline = timeline
    this.now = now
  }

  get(name: string): Variable | undefined {
    for (let moment: Moment | undefined = this; moment; moment = moment.timeline.from) {
      const variable = moment.timeline.at(name, moment.now)
      if (variable) return variable
    }
    return undefined
  }

  names(): readonly string[] {
    return [...this.all().keys()]
  }

  all(): ReadonlyMap<string, Variable> {
    const all = new Map<string, Variable>()
    for (let moment: Moment | undefined = this; moment; moment = moment.timeline.from)
      for (const variable of moment.timeline.variablesAt(moment.now))
        if (!all.has(variable.name)) all.set(variable.name, variable)
    return all
  }
}

/** For `expand`: undefined for a variable declared without a value, null for one that is not declared. */
export const lookupIn =
  (variables: Variables): Lookup =>
  name => {
    const variable = variables.get(name)
    return variable ? variable.value : null
  }

/** Predefined in the global scope, so usable in FROM; a stage has to declare them (`ARG TARGETARCH`) to see them. */
export const platformArguments: ReadonlySet<string> = new Set(
  ['BUILD', 'TARGET']
    .flatMap(side => ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map(part => side + part))
    .concat('TARGETSTAGE'),
)
