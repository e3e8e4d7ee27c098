import type { Report } from '../../../model/rule.ts'
import { mend } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'A container is started again without end',
  why: 'A program that fails at once and is started at once, for ever, uses up the host and fills its logs; and an attacker whose exploit works one time in a hundred gets a fresh try each time. A number of tries ends that, where somebody watches for what is down.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    restart: always\n',
      good: 'services:\n  web:\n    image: web:1\n    restart: on-failure:5\n',
    },
    { bad: 'docker run --restart=always web:1', good: 'docker run --restart=on-failure:5 web:1' },
  ],
  replaces: ['CIS 5.15', 'check_5_15'],
  links: ['https://docs.docker.com/engine/containers/start-containers-automatically/'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { restart, form } = container
    if (form === 'kubernetes' || restart.value === undefined || !/^(?:always|unless-stopped|on-failure)$/.test(restart.value))
      return
    yield {
      at: restart.at ?? container.at,
      message: `\`${restart.value}\` starts the program again without end`,
      ...mend('unsafe', 'Give up after five tries: on-failure:5; verify that the container is started when the host is', {
        do: 'set',
        field: 'restart',
        value: 'on-failure:5',
      }),
    }
  },
})
