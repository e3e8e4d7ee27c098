import type { Report } from '../../../model/rule.ts'
import { mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'What a container says is thrown away',
  why: 'After a break-in the log is what says when it began, what was asked and what was taken. With the driver none there is none, neither for that nor for the next crash.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    logging:\n      driver: none\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    { bad: 'docker run --log-driver=none web:1', good: 'docker run web:1' },
  ],
  replaces: ['CIS 2.13', 'CL-0014'],
  links: ['https://docs.docker.com/engine/logging/configure/'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const { logging } = container
    if (logging.value !== 'none') return
    yield {
      at: placeOf(logging, container),
      message: 'the container’s output is kept nowhere',
      ...mend('safe', 'Delete it: the engine’s own driver is used', ...removal(logging)),
    }
  },
})
