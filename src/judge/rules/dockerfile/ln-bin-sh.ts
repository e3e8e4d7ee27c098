import { hasOption } from '../../../read/shell/queries.ts'
import { runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: '/bin/sh is replaced',
  why: 'Every script of the distribution is written for the /bin/sh that it ships. With another one in its place package scripts can fail or behave differently, among them those that set up accounts and permissions. SHELL changes the shell of the build and leaves the system alone.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\nUSER app\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL4005', 'changing_default_shell_using_run_command', 'use-shell-instruction'],
  links: ['https://docs.docker.com/reference/dockerfile/#shell'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = { title: 'Use SHELL ["/bin/bash", "-c"]', safety: 'manual' as const, edits: [] }
    for (const { command } of runCommands(dockerfile, 'ln', 'mv', 'cp', 'rm', 'dpkg-divert')) {
      const last = command.operands.at(-1)
      if (!last?.literal || !/^(?:\/usr)?\/bin\/sh$/.test(last.text)) continue
      if (command.name !== 'dpkg-divert' && command.operands.length < 2) continue
      if (command.name === 'rm' || (command.name === 'dpkg-divert' && hasOption(command, '--remove'))) continue
      yield { at: command.span, message: '`/bin/sh` is replaced by another shell', fix }
    }
  },
})
