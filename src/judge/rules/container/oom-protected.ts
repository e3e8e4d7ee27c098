import type { Report } from '../../../model/rule.ts'
import { mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'When memory is out, others are ended in place of the container',
  why: 'When memory runs out the kernel ends the program that is worth least. A container that is exempt may take all of it, and what is ended is the database beside it, or sshd. With oom_kill_disable and no limit the whole host hangs.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    oom_kill_disable: true\n',
      good: 'services:\n  web:\n    image: web:1\n    mem_limit: 512m\n',
      byHand: true,
    },
    { bad: 'docker run --oom-score-adj -500 web:1', good: 'docker run --oom-score-adj 500 web:1', byHand: true },
  ],
  links: ['https://docs.docker.com/engine/containers/resource_constraints/#understand-the-risks-of-running-out-of-memory'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { oomKillDisable, oomScoreAdjust, memory } = container
    if (oomKillDisable.value) {
      const isLimited = memory.value !== undefined && memory.value > 0
      yield {
        at: placeOf(oomKillDisable, container),
        ...(isLimited ? { severity: 'low' as const } : {}),
        message: isLimited
          ? 'at its limit the container hangs instead of being ended'
          : 'without a limit for its memory the container can hang the whole host: the kernel may not end it',
        ...mend('unsafe', 'Delete it, and set a limit for the memory', ...removal(oomKillDisable)),
      }
    }
    if (oomScoreAdjust.value !== undefined && oomScoreAdjust.value < 0)
      yield {
        at: placeOf(oomScoreAdjust, container),
        message: `with \`${oomScoreAdjust.value}\` the kernel ends other programs first when memory is out`,
        ...mend('unsafe', 'Delete it, and set a limit for the memory', ...removal(oomScoreAdjust)),
      }
  },
})
