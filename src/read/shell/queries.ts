/** What rules ask about commands. */
import { remembered } from '../../model/remember.ts'
import type { Command, Script } from './script.ts'
import { setOptions, shellDialect } from './shells.ts'

/** True when one of the options is given: `hasOption(command, '-y', '--yes')`. Names have their dashes. */
export const hasOption = (command: Command, ...names: readonly string[]): boolean =>
  command.options.some(option => names.includes(option.name))

/** The value of the last of these options that has one. */
export const optionValue = (command: Command, ...names: readonly string[]): string | undefined =>
  command.options.findLast(option => names.includes(option.name) && option.value !== undefined)?.value

/** The first operand: `install` of `apt-get -y install curl`. Undefined when there is none or it is not literal. */
export const subcommand = (command: Command): string | undefined => {
  const first = command.operands[0]
  return first?.literal ? first.text : undefined
}

/** Each is found out in one pass over the script, when it is first asked for: most rules ask for pipelines, and few for what `set` says. */
const placesIn = remembered(
  ({ commands }: Script): ReadonlyMap<Command, number> => new Map(commands.map((command, i) => [command, i])),
)
const pipelinesIn = remembered(
  ({ commands }: Script): ReadonlyMap<number, readonly Command[]> => Map.groupBy(commands, ({ pipeline }) => pipeline),
)
const setsIn = remembered((script: Script): ReadonlyMap<Command, Sets> => readSets(script, pipelinesIn(script)))

/** The commands of the same pipeline, in order; one for a command without pipes. */
export const pipelineOf = (script: Script, command: Command): readonly Command[] =>
  pipelinesIn(script).get(command.pipeline) ?? [command]

/** What `set -e` and `set -o pipefail` say at some place. */
export type Sets = { readonly errexit: boolean; readonly pipefail: boolean }

type State = { errexit: boolean; pipefail: boolean }
const apply = (state: State, own: { errexit: boolean | undefined; pipefail: boolean | undefined }): void => {
  state.errexit = own.errexit ?? state.errexit
  state.pipefail = own.pipefail ?? state.pipefail
}

const readSets = (script: Script, pipelines: ReadonlyMap<number, readonly Command[]>): ReadonlyMap<Command, Sets> => {
  const sets = new Map<Command, Sets>()
  /** By scope number; 0 is the script. */
  const states = new Map<number, State>([[0, { errexit: script.errexit, pipefail: script.pipefail }]])
  /** By scope number: the last command there that starts a shell or `eval` with a string, or a shell with a here-document. */
  const starters = new Map<number, Command>()
  const fed = new Map<number, Command>()
  const levels = new Map<number, number>()
  for (const [number, commands] of pipelines)
    if (commands.length > 1)
      levels.set(
        number,
        commands.reduce((least, { scope }) => Math.min(least, scope.length), Infinity),
      )
  const isPart = (command: Command): boolean => command.scope.length === levels.get(command.pipeline)
  for (const command of script.commands) {
    let scope = 0
    let state = states.get(0)!
    for (const [i, kind] of command.context.entries()) {
      if (kind === 'group') continue
      const id = command.scope[i]!
      let here = states.get(id)
      if (!here) {
        here = { ...state }
        const owner = kind === 'nested-shell' ? starters.get(scope) : kind === 'heredoc' ? fed.get(scope) : undefined
        if (owner && owner.name === 'eval') here = state
        else if (owner) {
          here = { errexit: false, pipefail: false }
          if (shellDialect(owner.name) !== undefined) apply(here, setOptions(owner.args.map(word => word.text)))
        } else if (kind === 'substitution' && script.dialect === 'bash') here.errexit = false
        states.set(id, here)
      }
      state = here
      scope = id
    }
    sets.set(command, { ...state })
    const { name } = command
    if (name === 'eval' || name === 'su' || name === 'runuser' || shellDialect(name) !== undefined) {
      starters.set(scope, command)
      if (shellDialect(name) !== undefined && command.redirects.some(redirect => redirect.operator.includes('<<')))
        fed.set(scope, command)
    } else if (command.redirects.some(redirect => redirect.operator.includes('<<'))) fed.delete(scope)
    // Each part of a pipeline is a subshell.
    if ((name !== 'set' && name !== 'shopt') || isPart(command)) continue
    apply(state, name === 'set' ? setOptions(command.args.map(word => word.text)) : shopt(command))
  }
  return sets
}

/**
 * Whether errexit and pipefail are on when `command` starts: the shell's own options, then `set` commands before it, in order and scope.
 * A new shell (`bash -c`, a here-document for one) starts with its own options; `eval` goes on with those around it; bash switches errexit off
 * in a command substitution. A `set` in a branch or loop counts inside it only. The whole script is read once, when first asked.
 */
export const setsBefore = (script: Script, command: Command): Sets =>
  setsIn(script).get(command) ?? { errexit: script.errexit, pipefail: script.pipefail }

/** `shopt -so pipefail`, `shopt -uo errexit`. */
const shopt = (command: Command): { errexit: boolean | undefined; pipefail: boolean | undefined } => {
  const on = hasOption(command, '-s') ? true : hasOption(command, '-u') ? false : undefined
  if (on === undefined || !hasOption(command, '-o')) return { errexit: undefined, pipefail: undefined }
  const names = command.operands.map(word => word.text)
  return { errexit: names.includes('errexit') ? on : undefined, pipefail: names.includes('pipefail') ? on : undefined }
}

/**
 * Whether a failure of `command` ends the script: errexit is on, and the shell does not ignore it there (a condition, `!`, before `&&` or `||`,
 * in the background, or in a pipeline before its last command without pipefail).
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html (set -e)
 */
export const effectiveErrexit = (script: Script, command: Command): boolean => {
  const sets = setsBefore(script, command)
  if (!sets.errexit || command.negated || command.context.includes('condition')) return false
  for (let i = (placesIn(script).get(command) ?? -1) + 1; i < script.commands.length; i++) {
    const next = script.commands[i]!
    if (next.span.start < command.span.end) continue
    if (next.context.at(-1) === 'heredoc' || next.scope.length < command.scope.length) break
    if (next.operator === '&&' || next.operator === '||' || next.operator === '&') return false
    if (next.operator !== '|' && next.operator !== '|&') break
    if (!sets.pipefail) return false
  }
  return true
}
