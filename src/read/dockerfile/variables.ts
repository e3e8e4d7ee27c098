import type { Lookup } from './expand.ts'
import type { Variable, Variables } from './graph.ts'

/**
 * The variables of one stage over time. A `Variables` is a moment of it, so that 100,000 ENV lines cost no copies: every name keeps
 * its values with the moment from which each holds.
 */
export class Timeline {
  readonly #from: Variables | undefined
  readonly #values = new Map<string, { readonly since: number; readonly variable: Variable }[]>()
  #now = 0

  /** `from`: the variables that the stage begins with. */
  constructor(from?: Variables) {
    this.#from = from
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
    const now = this.#now
    return {
      get: name => {
        const values = this.#values.get(name)
        let low = 0
        let high = values?.length ?? 0
        while (low < high) {
          const middle = (low + high) >> 1
          if (values![middle]!.since <= now) low = middle + 1
          else high = middle
        }
        return low > 0 ? values![low - 1]!.variable : this.#from?.get(name)
      },
      names: () => {
        const names = new Set(this.#from?.names() ?? [])
        for (const [name, values] of this.#values) if (values[0]!.since <= now) names.add(name)
        return [...names]
      },
    }
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
