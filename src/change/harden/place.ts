/** Where new lines of a Dockerfile go, and how lines and commands are taken out, in the author's own way of writing. */
import { type CommandAt, insertAt, isMostlyLowerCase, lineEnd, removeAt } from '../../judge/dockerfile-queries.ts'
import type { Edit } from '../../model/finding.ts'
import type { Dockerfile, Stage, State, Step } from '../../read/dockerfile/graph.ts'
import type { Command } from '../../read/shell/script.ts'

/** The keyword as this file writes its own. */
export const keyword = (dockerfile: Dockerfile, name: string): string =>
  isMostlyLowerCase(dockerfile) ? name.toLowerCase() : name

/** True where a line behind the last one would be taken for a part of it: a here-document without end, a continuation into nothing. */
export const isOpenEnded = (dockerfile: Dockerfile): boolean =>
  dockerfile.tree.errors.some(({ code }) => code === 'heredoc-unterminated') ||
  dockerfile.tree.text.trimEnd().endsWith(dockerfile.tree.escape)

/** Lines behind a step. Where an empty line follows it, one comes before them too. */
export const linesAfter = (dockerfile: Dockerfile, step: Step, lines: readonly string[]): Edit => {
  const { text } = dockerfile.tree
  const newline = lineEnd(dockerfile)
  const { end } = step.instruction.span
  const isApart = /^[ \t]*\r?\n/.test(text.slice(end, end + 400))
  const body = lines.join(newline)
  if (text[end - 1] !== '\n') return insertAt(dockerfile, end, `${newline}${body}`)
  return insertAt(dockerfile, end, `${isApart ? newline : ''}${body}${newline}`)
}

/** Lines before a step, and before the comments that speak of it. Where an empty line stands there, one comes behind them too. */
export const linesBefore = (dockerfile: Dockerfile, step: Step, lines: readonly string[]): Edit => {
  const newline = lineEnd(dockerfile)
  const at = (step.instruction.comments[0] ?? step.instruction).span.start
  const isApart = /\n[ \t]*\r?\n$/.test(dockerfile.tree.text.slice(Math.max(0, at - 400), at))
  return insertAt(dockerfile, at, `${lines.join(newline)}${newline}${isApart ? newline : ''}`)
}

/** The shell in force understands what is written for sh. */
export const isPosixShell = ({ shell }: State): boolean => /(?:^|\/)(?:ba|da|a|k|z)?sh$/.test(shell.value[0] ?? '')

/** Steps that change the file system, or may: what a user without rights cannot do comes before they lose them. */
const changing = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR', 'VOLUME', 'USER', 'ONBUILD'])

/** The last step of a stage that changes files; FROM where there is none. */
export const lastChange = (stage: Stage): Step =>
  stage.steps.findLast(({ onbuild, instruction }) => !onbuild && changing.has(instruction.name)) ?? stage.from

/** The step, with the comments directly above it, which speak of it. */
export const withoutStep = (dockerfile: Dockerfile, { instruction }: Step): Edit => {
  const { text } = dockerfile.tree
  const start = (instruction.comments[0] ?? instruction).span.start
  let { end } = instruction.span
  // Of the empty lines around it one side is enough.
  const before = text.slice(0, start)
  if (/(?:^|\n)[ \t]*\r?\n$/.test(before)) end += /^(?:[ \t]*\r?\n)?/.exec(text.slice(end, end + 400))![0].length
  return removeAt(dockerfile, { start, end })
}

const joints = new Set<Command['operator']>(['first', '&&', ';', '\n'])

/**
 * A command taken out of its list, with the operator that joins it. `only`: it is all that the step does. Undefined where it stands in a pipe, a branch, the JSON
 * form, or beside a comment.
 */
export const withoutCommand = (dockerfile: Dockerfile, { step, script, command }: CommandAt): Edit | 'only' | undefined => {
  const { instruction } = step
  if (step.scripts.length !== 1 || command.context.length > 0 || command.negated || script.errors.length > 0) return undefined
  if (command.redirects.length > 0) return undefined
  const top = script.commands
  if (top.length === 1) return instruction.flags.length === 0 ? 'only' : undefined
  if (instruction.json) return undefined
  const at = top.indexOf(command)
  const next = top.slice(at + 1).find(({ span }) => span.start >= command.span.end)
  if (!joints.has(command.operator) || (next && !joints.has(next.operator))) return undefined
  if (command.operator !== 'first' && command.operatorSpan) {
    // Behind a comment, or an empty line, a continuation of its own would stay.
    if (dockerfile.tree.text[backOver(dockerfile, command.operatorSpan.start) - 1] === '\n') return undefined
    return cut(dockerfile, step, { start: backOver(dockerfile, command.operatorSpan.start), end: command.span.end })
  }
  if (command.operator === 'first' && next?.operatorSpan && next.context.length === 0) {
    const start = command.span.start
    return cut(dockerfile, step, { start, end: next.span.start })
  }
  return undefined
}

const cut = (
  dockerfile: Dockerfile,
  { instruction }: Step,
  span: { readonly start: number; readonly end: number },
): Edit | undefined => {
  const hasComment = instruction.innerComments.some(one => one.span.start >= span.start && one.span.start < span.end)
  return hasComment ? undefined : removeAt(dockerfile, span)
}

/** Over blanks and continued line ends to what stands before them. */
const backOver = (dockerfile: Dockerfile, at: number): number => {
  const { text, escape } = dockerfile.tree
  let start = at
  for (;;) {
    const unit = text[start - 1]
    if (unit === ' ' || unit === '\t') start--
    else if (unit === '\n' && text[start - 2] === escape) start -= 2
    else if (unit === '\n' && text[start - 2] === '\r' && text[start - 3] === escape) start -= 3
    else return start
  }
}
