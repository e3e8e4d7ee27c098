import { optionValue } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { lineage, runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'USER with a group drops the supplementary groups that the file adds',
  why: 'With `USER user:group` the engine gives the process that one group and no other. Supplementary groups that useradd or usermod gave to the account do not hold: access that was meant for it fails, and the usual answer is chmod 777 or root, which opens the door for everyone.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd -G video app\nUSER app:app\n',
      good: 'FROM debian:12\nRUN useradd -G video app\nUSER app\n',
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#user'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'USER')) {
      const { value } = step.after.user
      if (step.onbuild || !step.stage || !value?.known) continue
      const [user, group] = value.value.split(':')
      if (!user || !group) continue
      const before = new Set(lineage(step.stage).filter(one => one.instruction.span.start < step.instruction.span.start))
      for (const { command, step: run } of runCommands(dockerfile, 'useradd', 'usermod', 'adduser', 'addgroup', 'gpasswd')) {
        if (!before.has(run)) continue
        const groups = supplementary(command, user)
        if (groups.length === 0 || groups.every(one => one === group)) continue
        const written = step.instruction.argument.text
        const colon = written.indexOf(':')
        yield {
          at: step.instruction.argumentSpan,
          also: [command.span],
          message: `\`USER ${written}\` leaves \`${user}\` without its supplementary group \`${groups.join(',')}\``,
          ...(colon > 0 && !written.includes('$')
            ? {
                fix: {
                  title: `Write \`USER ${written.slice(0, colon)}\`: the process then has all groups of the account, and its primary group`,
                  safety: 'unsafe' as const,
                  edits: [
                    {
                      path: dockerfile.path,
                      span: { start: step.instruction.argument.offsetOf(colon), end: step.instruction.argumentSpan.end },
                      text: '',
                    },
                  ],
                },
              }
            : {}),
        }
        break
      }
    }
  },
})

/** The supplementary groups that a command gives to a user. */
const supplementary = (command: Command, user: string): readonly string[] => {
  const operands = command.operands.map(operand => operand.text)
  if (command.name === 'useradd' || command.name === 'usermod') {
    const groups = optionValue(command, '-G', '--groups')
    return operands.includes(user) && groups ? groups.split(',') : []
  }
  // `adduser USER GROUP`, BusyBox `addgroup USER GROUP`, `gpasswd -a USER GROUP`
  if (command.name === 'gpasswd') return optionValue(command, '-a', '--add') === user && operands[0] ? [operands[0]] : []
  return operands.length === 2 && operands[0] === user ? [operands[1]!] : []
}
