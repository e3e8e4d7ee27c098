import type { Report } from '../../../model/rule.ts'
import { daemonRule, isDocker, lacks, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'A program of the engine copies the traffic of published ports',
  why: 'For every published port a process of root listens on the host and copies what comes. The firewall of the kernel can do that alone: one program less with the rights of root that strangers talk to, and containers see the true address of who asks.',
  examples: [
    {
      bad: '{"daemon.json": {}}',
      good: '{"daemon.json": {"userland-proxy": false}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.16', 'check_2_16'],
  links: ['https://docs.docker.com/engine/network/packet-filtering-firewalls/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon)) return
    if (!lacks(daemon, 'userland-proxy') && optionOf(daemon, 'userland-proxy') !== true) return
    yield {
      at: optionAt(daemon, 'userland-proxy'),
      message: 'docker-proxy listens as root for every published port',
      ...patch({ 'userland-proxy': false }, 'verify that containers which call each other by the host’s own address still do'),
    }
  },
})
