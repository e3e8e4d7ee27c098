/** What rules about package managers share. */
import type { Edit } from '../model/finding.ts'
import { remembered } from '../model/remember.ts'
import type { Dockerfile, Stage, Step } from '../read/dockerfile/graph.ts'
import { type PackageManager, type PackageRequest, packageRequest } from '../read/shell/packages.ts'
import { pipelineOf, setsBefore } from '../read/shell/queries.ts'
import type { Command } from '../read/shell/script.ts'
import { type CommandAt, insertAt, lineage, lineEnd, stepsNamed } from './dockerfile-queries.ts'

export type RequestAt = CommandAt & { readonly request: PackageRequest }

/** What the RUN instructions ask of these package managers, in order. */
export const requestsTo = (dockerfile: Dockerfile, ...managers: readonly PackageManager[]): readonly RequestAt[] => {
  const all = allRequests(dockerfile)
  return all.length === 0 ? all : all.filter(({ request }) => managers.includes(request.manager))
}

const none: readonly RequestAt[] = []

const requestsIn = remembered((step: Step): readonly RequestAt[] => {
  const found: RequestAt[] = []
  for (const script of step.scripts) {
    for (const command of script.commands) {
      const request = packageRequest(command)
      if (request) found.push({ step, script, command, request })
    }
  }
  return found.length === 0 ? none : found
})

const allRequests = remembered((dockerfile: Dockerfile) => stepsNamed(dockerfile, 'RUN').flatMap(requestsIn))

/** The requests of one step, to these managers. */
export const requestsOf = (step: Step, ...managers: readonly PackageManager[]): readonly RequestAt[] => {
  const all = requestsIn(step)
  return all.length === 0 ? all : all.filter(({ request }) => managers.includes(request.manager))
}

/**
 * True when text may be put between the words of a command: it stands in the shell form, and not inside the quotes of `sh -c '…'`, where
 * quoting would have to be kept right.
 */
export const isEditable = ({ step, command }: CommandAt): boolean =>
  step.instruction.json === undefined && step.instruction.name !== 'HEALTHCHECK' && !command.context.includes('nested-shell')

/** `yes | apt-get install x`: the question is answered from the pipe. */
export const isAnswered = ({ script, command }: CommandAt): boolean => pipelineOf(script, command)[0] !== command

/** True when some RUN of the stage, or of those it is built FROM, writes or names a setting such as `APT::Install-Recommends`. */
export const isConfigured = (stage: Stage | undefined, setting: string): boolean => {
  if (stage === undefined) return false
  const known = configured(stage)
  const answer =
    known.get(setting) ??
    lineage(stage).some(step =>
      step.scripts.some(
        // Quotes and backslashes may stand inside a word, so the text of the script alone does not rule it out where it has them.
        script =>
          (script.text.includes(setting) || /["'\\]/.test(script.text)) &&
          script.commands.some(command => command.args.some(word => word.text.includes(setting))),
      ),
    )
  known.set(setting, answer)
  return answer
}
const configured = remembered((_: Stage) => new Map<string, boolean>())

/** The next command in the same list, or undefined for the last one. */
const nextInList = ({ script, command }: CommandAt): Command | undefined => {
  const at = script.commands.indexOf(command)
  return script.commands.slice(at + 1).find(other => other.context.length === 0)
}

/**
 * An edit that runs `addition` when `command` has succeeded, and changes nothing else about the step: its exit code, errexit, and what
 * follows stay as they are. Undefined where that cannot be had (inside pipes, branches, before `||`, in the JSON form).
 */
export const runAfter = (dockerfile: Dockerfile, at: CommandAt, addition: string): Edit | undefined => {
  const { command, script, step } = at
  if (
    !isEditable(at) ||
    command.context.length > 0 ||
    pipelineOf(script, command).length > 1 ||
    command.redirects.some(({ operator }) => operator.startsWith('<<'))
  ) {
    return undefined
  }
  const next = nextInList(at)
  const text = dockerfile.tree.text
  const { end } = command.span
  const inHeredoc = step.instruction.heredocs.some(({ body }) => end > body.start && end <= body.end)
  const joined = next === undefined || next.operator === '&&'
  if (!joined) {
    if (next.operator === ';') return insertAt(dockerfile, end, `; ${addition}`)
    if (next.operator !== '\n' || !inHeredoc) return undefined
    return insertAt(dockerfile, end, `${lineEnd(dockerfile)}${indentAt(text, command.span.start)}${addition}`)
  }
  // In a heredoc under errexit, `a && b` as the last line still ends with the status of `a`, and so does the step.
  if (inHeredoc && next !== undefined && setsBefore(script, command).errexit && command.operator === '\n') return undefined
  if (inHeredoc) return insertAt(dockerfile, end, ` && ${addition}`)
  // Follow the author's way of breaking lines: `&&` at the start of lines, at their end, or all in one line.
  const operator = command.operatorSpan ?? next?.operatorSpan
  const escape = dockerfile.tree.escape
  if (operator && startsLine(text, operator.start)) {
    return insertAt(dockerfile, end, ` ${escape}${lineEnd(dockerfile)}${indentAt(text, operator.start)}&& ${addition}`)
  }
  if (command.operatorSpan && startsLine(text, command.span.start)) {
    return insertAt(dockerfile, end, ` && ${escape}${lineEnd(dockerfile)}${indentAt(text, command.span.start)}${addition}`)
  }
  return insertAt(dockerfile, end, ` && ${addition}`)
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const startsLine = (text: string, at: number): boolean => /^[ \t]*$/.test(text.slice(lineStart(text, at), at))
const indentAt = (text: string, at: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, at), at))![0]
