import type { Stage } from '../../../read/dockerfile/graph.ts'
import { optionValue } from '../../../read/shell/queries.ts'
import { fixBy, lineage, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isRoot } from '../../image-users.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'USER names an account instead of a number',
  why: 'Kubernetes cannot tell from a name whether it is root: with `runAsNonRoot: true` it refuses to start such an image, and people then switch the protection off. A number can be checked before anything runs, and stays the same when the base image renumbers its accounts.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd --uid 10001 app\nUSER app\n',
      good: 'FROM debian:12\nRUN useradd --uid 10001 app\nUSER 10001\n',
    },
    { bad: 'FROM node:22\nUSER node\n', good: 'FROM node:22\nUSER 1000\n', byHand: true },
  ],
  replaces: ['DL3066'],
  links: ['https://kubernetes.io/docs/tasks/configure-pod-container/security-context/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'USER')) {
      const { value } = step.after.user
      // Only the last USER of the image that ships is what a cluster sees.
      if (step.onbuild || step.stage?.end.user.at !== step.instruction || step.stage !== dockerfile.final) continue
      if (!value?.known || isRoot(value.value) || value.value === '') continue
      const [user] = value.value.split(':')
      if (!user || /^\d+$/.test(user)) continue
      const uid = step.stage && uidOf(step.stage, user)
      const written = step.instruction.argument.text
      yield {
        at: step.instruction.argumentSpan,
        message: `USER \`${user}\` is a name, and only a number proves to Kubernetes that it is not root`,
        fix:
          uid !== undefined && written === user
            ? fixBy('safe', `Write its number, ${uid}`, replaceAt(dockerfile, step.instruction.argumentSpan, uid))
            : { title: 'Write the number that the account has', safety: 'manual', edits: [] },
      }
    }
  },
})

/** The uid that a visible useradd or adduser gives to a user. Its group is the user's own, so `USER uid` keeps it. */
const uidOf = (stage: Stage, user: string): string | undefined => {
  for (const step of lineage(stage)) {
    for (const script of step.scripts) {
      for (const command of script.commands) {
        if (command.name !== 'useradd' && command.name !== 'adduser') continue
        if (!command.operands.some(operand => operand.text === user)) continue
        const uid = optionValue(command, '-u', '--uid')
        if (uid !== undefined && /^\d+$/.test(uid)) return uid
      }
    }
  }
  return undefined
}
