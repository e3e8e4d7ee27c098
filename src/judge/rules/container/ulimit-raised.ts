import type { Report } from '../../../model/rule.ts'
import { mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'A container may start processes or write core dumps without end',
  why: 'ulimits of a container replace those of the engine. Without an end to the number of processes, one fork bomb stops the host; core dumps without an end fill its disk, and hold the memory of the program with its keys in it.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    ulimits:\n      nproc: -1\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
  ],
  replaces: ['CIS 5.19', 'check_5_19'],
  links: ['https://docs.docker.com/reference/cli/docker/container/run/#ulimit'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    for (const limit of container.ulimits) {
      const { name, soft, hard } = limit.value
      if ((name !== 'nproc' && name !== 'core') || (soft >= 0 && hard >= 0)) continue
      yield {
        at: limit.at ?? container.at,
        message: name === 'nproc' ? 'the number of processes has no end' : 'core dumps may be as large as the disk',
        ...mend('unsafe', 'Delete it, or give it a number', ...removal(limit)),
      }
    }
  },
})
