import { runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { createdUsers } from '../../image-users.ts'
import { stepDownEvidence } from '../../step-down.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'An account is created, and nothing ever runs as it',
  why: 'The image brings an account of its own, so someone meant to give up root, but without USER the program still starts as root. It looks safe in a review, and protects nothing: an attacker who takes over the process has all of root.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd --system app\nCMD ["app"]\n',
      good: 'FROM debian:12\nRUN useradd --system app\nUSER app\nCMD ["app"]\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    const stage = dockerfile.final
    if (!stage || stepDownEvidence(stage) !== undefined) return
    const created = createdUsers(stage)
    if (created.length === 0) return
    // Somebody's name in CMD, chown, su… shows that it is used, or the file says USER somewhere.
    if (dockerfile.steps.some(step => step.instruction.name === 'USER' && !step.onbuild)) return
    for (const { command, step } of runCommands(dockerfile, 'useradd', 'adduser')) {
      const name = command.operands.find(operand => created.includes(operand.text))
      if (!name || (step.stage !== stage && step.stage?.role !== 'inherited')) continue
      // Accounts for services that start as root themselves (sshd, nginx…) have no login shell and are named in their configuration.
      yield {
        at: name.span,
        message: `\`${name.text}\` is created, but no USER ever makes the container run as it`,
        fix: { title: `Add \`USER ${name.text}\` after the last step that needs root`, safety: 'manual', edits: [] },
      }
    }
  },
})
