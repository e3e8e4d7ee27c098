import type { Report } from '../../../model/rule.ts'
import { daemonRule, isDocker, lacks, optionAt, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'Containers get the limits of the engine itself',
  why: 'Without defaults of their own, containers may open as many files and start as many processes as the engine may: often without any limit. One that forks without end takes the host with it. A default holds for all; a container that needs more says so.',
  examples: [
    {
      bad: '{"daemon.json": {}}',
      good: '{"daemon.json": {"default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 65536}}}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.8', 'check_2_8'],
  links: ['https://docs.docker.com/reference/cli/dockerd/#default-ulimits'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || !lacks(daemon, 'default-ulimits')) return
    yield {
      at: optionAt(daemon, 'default-ulimits'),
      message: 'no limits are set for containers that have none of their own',
      ...patch({ 'default-ulimits': { nofile: { Name: 'nofile', Soft: 1024, Hard: 65536 } } }),
    }
  },
})
