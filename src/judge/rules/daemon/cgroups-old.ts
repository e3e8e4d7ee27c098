import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The host has control groups of version 1',
  why: 'In version 1 a container with SYS_ADMIN can set release_agent, a program that the kernel runs on the host as root: the best known way out. Version 2 has none, and can be handed to rootless engines. systemd, Kubernetes and the engines give version 1 up.',
  examples: [
    {
      bad: '{"info": {"CgroupVersion": "1"}}',
      good: '{"info": {"CgroupVersion": "2"}}',
      byHand: true,
    },
  ],
  replaces: [],
  links: [
    'https://docs.docker.com/engine/containers/runmetrics/',
    'https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html',
  ],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || daemon.cgroups !== 1) return
    yield {
      at: answerAt('CgroupVersion'),
      message: 'control groups are of version 1, in which release_agent is a way out',
      ...advice('Boot with systemd.unified_cgroup_hierarchy=1; a current distribution does so by itself'),
    }
  },
})
