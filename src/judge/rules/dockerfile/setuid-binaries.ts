import { flagNamed, runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A program gets the setuid or setgid bit',
  why: 'A program with the setuid bit runs as its owner, whoever starts it. A bug in it, or a shell that it can be talked into, makes an attacker who is an ordinary user in the container root again: USER has then protected nothing.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN chmod u+s /usr/bin/find\nUSER app\n',
      good: 'FROM debian:12\nRUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN chmod 4755 /usr/local/bin/helper\nUSER app\n',
      good: 'FROM debian:12\nRUN chmod 0755 /usr/local/bin/helper\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['CIS-DI-0008'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = {
      title: 'Leave the bit away, and give the one right that is needed otherwise: a file capability, a group, a port above 1023',
      safety: 'manual' as const,
      edits: [],
    }
    for (const { command } of runCommands(dockerfile, 'chmod')) {
      const mode = command.operands[0]
      if (!mode?.literal) continue
      const folder = command.operands.length === 2 && command.operands[1]!.text.endsWith('/')
      if (setsBit(mode.text) && !(folder && isGroupOnly(mode.text)))
        yield { at: mode.span, message: `mode \`${mode.text}\` makes the program run as its owner, whoever starts it`, fix }
    }
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      const flag = flagNamed(step, 'chmod')
      if (flag?.value !== undefined && setsBit(flag.value)) {
        yield { at: flag.span, message: `mode \`${flag.value}\` makes the program run as its owner, whoever starts it`, fix }
      }
    }
  },
})

/** Octal with 4000 (setuid); symbolic `u+s`, `+s`. setgid alone (2755, g+s) mostly marks folders, where it only hands down the group. */
const setsBit = (mode: string): boolean => {
  if (/^[0-7]{4,5}$/.test(mode)) return (Number.parseInt(mode, 8) & 0o4000) !== 0
  return mode.split(',').some(clause => /^(?:u[go]*|a|)[+=][rwxX]*s/.test(clause))
}
const isGroupOnly = (mode: string): boolean => /^g\+s$/.test(mode)
