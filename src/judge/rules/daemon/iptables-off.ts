import type { Report } from '../../../model/rule.ts'
import { daemonRule, isDocker, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The engine writes no rules for the firewall',
  why: 'Without its rules networks are not kept apart, published ports have no owner, and internal networks are not internal. Whoever switches this off has to write all of it by hand, and to keep it right with every container that comes and goes.',
  examples: [
    {
      bad: '{"daemon.json": {"iptables": false}}',
      good: '{"daemon.json": {}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.4', 'check_2_4'],
  links: ['https://docs.docker.com/engine/network/packet-filtering-firewalls/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || optionOf(daemon, 'iptables') !== false) return
    yield {
      at: optionAt(daemon, 'iptables'),
      message: 'the engine does not keep networks apart: its rules for the firewall are switched off',
      ...patch({ iptables: true }),
    }
  },
})
