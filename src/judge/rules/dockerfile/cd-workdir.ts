import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'cd is used where WORKDIR belongs',
  why: 'Each RUN starts in WORKDIR again: a RUN that only changes the folder does nothing, and the next one writes, or deletes, somewhere else than its author thought. WORKDIR also says at a glance where the program lives and writes.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN cd /app\nRUN make\nUSER app\n',
      good: 'FROM debian:12\nWORKDIR /app\nRUN make\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN cd /app && make\nUSER app\n',
      good: 'FROM debian:12\nWORKDIR /app\nRUN make && cd sub && make && (cd x && y)\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3003', 'DS-0013', 'run_command_cd_instead_of_workdir', 'use-workdir'],
  links: ['https://docs.docker.com/build/building/best-practices/#workdir'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      for (const script of step.scripts) {
        const first = script.commands.find(command => command.name !== 'set')
        // In the middle of a chain cd is how one works; only a leading one says where the whole RUN belongs.
        if (first?.name !== 'cd' || first.context.length > 0) continue
        const rest = script.commands.filter(command => command !== first && command.name !== 'set')
        const alone = rest.length === 0
        // A RUN that goes through several folders has no one place.
        if (!alone && rest.some(command => command.name === 'cd')) continue
        const target = first.operands[0]
        if (!alone && !target?.literal) continue
        yield {
          at: first.span,
          severity: alone ? 'medium' : 'low',
          message: alone
            ? '`cd` alone in a RUN changes nothing: the next RUN starts in WORKDIR again'
            : `\`cd ${target?.text ?? ''}\` begins this RUN, which is what WORKDIR is for`,
          fix: {
            title: `Write \`WORKDIR ${target?.text ?? '…'}\` before it; later instructions then start there too`,
            safety: 'manual',
            edits: [],
          },
        }
      }
    }
  },
})
