/** What rules ask about commands. */
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

/** The commands of the same pipeline, in order; one for a command without pipes. */
export const pipelineOf = (script: Script, command: Command): readonly Command[] =>
  script.commands.filter(other => other.pipeline === command.pipeline)

/** What `set -e` and `set -o pipefail` say at some place. */
export type Sets = { readonly errexit: boolean; readonly pipefail: boolean }

const isolating = new Set(['subshell', 'substitution', 'nested-shell', 'heredoc', 'function'])
const perhaps = new Set(['branch', 'condition', 'loop'])

/** True when what `setter` sets holds for `command`: same subshell, and not in a branch that may not have run. */
const reaches = (setter: Command, command: Command): boolean => {
  for (let i = 0; i < setter.context.length; i++) {
    const kind = setter.context[i]!
    if (!isolating.has(kind) && !perhaps.has(kind)) continue
    if (command.scope[i] !== setter.scope[i]) return false
  }
  return true
}

/**
 * Whether errexit and pipefail are on when `command` starts: the shell's own options, then `set` commands before it, in order and scope.
 * A new shell (`bash -c`, a here-document for one) starts with its own options; `eval` goes on with those around it.
 * A `set` in a branch counts inside that branch only.
 */
export const setsBefore = (script: Script, command: Command): Sets => {
  let errexit = script.errexit
  let pipefail = script.pipefail
  let shells = 0
  for (const other of script.commands) {
    if (other === command) break
    if (shellDialect(other.name) !== undefined || other.name === 'su' || other.name === 'runuser') {
      // The shell whose string or here-document holds the command.
      const depth = other.context.length
      const kind = command.context[depth]
      const holds = (kind === 'nested-shell' || kind === 'heredoc') && other.scope.every((id, i) => id === command.scope[i])
      const inside =
        kind === 'heredoc' ? other.redirects.some(redirect => redirect.operator.includes('<<')) : contains(other, command)
      if (holds && inside && depth >= shells) {
        const own = setOptions(other.args.map(word => word.text))
        errexit = own.errexit ?? false
        pipefail = own.pipefail ?? false
        shells = depth + 1
      }
      continue
    }
    if (other.name !== 'set' && other.name !== 'shopt') continue
    if (!reaches(other, command)) continue
    const own = other.name === 'set' ? setOptions(other.args.map(word => word.text)) : shopt(other)
    errexit = own.errexit ?? errexit
    pipefail = own.pipefail ?? pipefail
  }
  return { errexit, pipefail }
}

const contains = (outer: Command, inner: Command): boolean =>
  outer.span.start <= inner.span.start && inner.span.end <= outer.span.end

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
  for (let i = script.commands.indexOf(command) + 1; i < script.commands.length; i++) {
    const next = script.commands[i]!
    if (next.span.start < command.span.end) continue
    if (next.context.at(-1) === 'heredoc' || next.scope.length < command.scope.length) break
    if (next.operator === '&&' || next.operator === '||' || next.operator === '&') return false
    if (next.operator !== '|' && next.operator !== '|&') break
    if (!sets.pipefail) return false
  }
  return true
}
