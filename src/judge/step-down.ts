/** How a final stage can be made to run as somebody other than root: whom, and where the USER line goes. */
import type { Edit } from '../model/finding.ts'
import { remembered } from '../model/remember.ts'
import type { Dockerfile, Stage } from '../read/dockerfile/graph.ts'
import { insertAt, lineage, lineEnd } from './dockerfile-queries.ts'
import { anonymousUser, builtInUser, createdUsers, entryPointStepsDown, isRoot } from './image-users.ts'

/** Programs that change to another user and stay in the foreground. */
const stepDownPrograms = new Set(['gosu', 'su-exec', 'setpriv', 'runuser', 'chpst', 's6-setuidgid', 'setuidgid', 'tini-su'])

/**
 * What shows that the process gives up root by itself: a step-down program in CMD or ENTRYPOINT, one that was installed for the entry
 * point, or a base image whose entry point is known to do it. Undefined when nothing does.
 */
export const stepDownEvidence = remembered((stage: Stage): string | undefined => {
  for (const step of lineage(stage)) {
    const { name } = step.instruction
    if (name !== 'CMD' && name !== 'ENTRYPOINT' && name !== 'RUN') {
      if (name === 'COPY' && step.instruction.words.some(word => /(?:^|\/)(?:gosu|su-exec)$/.test(word.raw))) return 'gosu'
      continue
    }
    for (const script of step.scripts) {
      // What a RUN is looked through for is one of these two, however its words are written.
      if (name === 'RUN' && !/gosu|su-exec|["'\\]/.test(script.text)) continue
      for (const command of script.commands) {
        const names = [command.name, ...command.wrappers.map(wrapper => wrapper.name)]
        const used = names.find(one => stepDownPrograms.has(one))
        if (used && (name === 'CMD' || name === 'ENTRYPOINT')) return used
        if (name !== 'RUN') continue
        const installed = command.args.find(arg => /(?:^|\/)(?:gosu|su-exec)(?:$|[=~-])/.test(arg.text))
        if (installed || used === 'gosu' || used === 'su-exec') return used ?? installed!.text.replace(/^.*\/|[=~-].*$/g, '')
      }
    }
  }
  if (stage.root.kind === 'image' && entryPointStepsDown(stage.root.reference)) {
    const replaced = lineage(stage).some(step => step.instruction.name === 'ENTRYPOINT')
    if (!replaced) return `the entry point of ${stage.root.reference.familiar}`
  }
  return undefined
})

/**
 * True when the entry point itself (CMD where there is none) is a step-down program, to somebody other than root: `ENTRYPOINT ["gosu", "app", …]`.
 * Then nothing of the image's own ever runs as root.
 */
export const startsByStepDown = (stage: Stage): boolean => {
  const steps = lineage(stage)
  const start =
    steps.findLast(({ instruction }) => instruction.name === 'ENTRYPOINT') ??
    steps.findLast(({ instruction }) => instruction.name === 'CMD')
  const first = start?.scripts[0]?.commands[0]
  if (!start || !first || ![first.name, ...first.wrappers.map(({ name }) => name)].some(name => /^(?:gosu|su-exec)$/.test(name)))
    return false
  const words = start.instruction.json?.values ?? start.instruction.argument.text.split(/\s+/)
  const user = words[words.findIndex(word => /(?:^|\/)(?:gosu|su-exec)$/.test(word)) + 1] ?? ''
  return user !== '' && !user.includes('$') && !isRoot(user)
}

export type StepDown = { readonly user: string; readonly title: string; readonly edit: Edit }

/**
 * A USER line after the last step that may need root. The user is, in this order: the last non-root one that the file itself switched to,
 * one that it creates, one that the base image brings, and else a bare number, which needs no account.
 */
export const stepDown = (dockerfile: Dockerfile, stage: Stage): StepDown => {
  const user = whom(stage)
  const needRoot = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR', 'VOLUME', 'USER', 'ONBUILD', 'ARG', 'ENV', 'SHELL'])
  const last = [...stage.steps].reverse().find(step => !step.onbuild && needRoot.has(step.instruction.name)) ?? stage.from
  const { end } = last.instruction.span
  const ends = dockerfile.tree.text[end - 1] === '\n'
  const newline = lineEnd(dockerfile)
  return {
    user,
    title: `Run as \`${user}\` (it may need write access to the folders that the program writes to)`,
    edit: insertAt(dockerfile, end, ends ? `USER ${user}${newline}` : `${newline}USER ${user}`),
  }
}

const whom = (stage: Stage): string => {
  const steps = lineage(stage)
  for (const step of [...steps].reverse()) {
    const { value } = step.after.user
    if (step.instruction.name === 'USER' && value?.known && value.value !== '' && !isRoot(value.value)) return value.value
  }
  const created = createdUsers(stage).at(-1)
  if (created !== undefined) return created
  return (stage.root.kind === 'image' ? builtInUser(stage.root.reference) : undefined) ?? anonymousUser
}
