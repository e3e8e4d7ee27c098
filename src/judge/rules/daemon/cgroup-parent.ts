import type { Report } from '../../../model/rule.ts'
import { advice, daemonRule, isDocker, optionAt, optionOf } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'All containers are put below a control group that somebody chose',
  why: 'The control group of the engine is where limits for all containers together are set. With another one as the default they may compete with the services of the host, or escape the limits that somebody relies on.',
  examples: [
    {
      bad: '{"daemon.json": {"cgroup-parent": "/foobar"}}',
      good: '{"daemon.json": {}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.10', 'check_2_10'],
  links: ['https://docs.docker.com/reference/cli/dockerd/#default-cgroup-parent'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const parent = optionOf(daemon, 'cgroup-parent')
    if (!isDocker(daemon) || typeof parent !== 'string' || parent === '' || /^\/?docker$/.test(parent)) return
    yield {
      at: optionAt(daemon, 'cgroup-parent'),
      message: `containers are put below \`${parent}\``,
      ...advice('Take cgroup-parent out of daemon.json, unless that group was made for containers and has their limits'),
    }
  },
})
