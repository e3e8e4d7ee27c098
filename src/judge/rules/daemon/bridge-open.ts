import type { Report } from '../../../model/rule.ts'
import { daemonRule, isDocker, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers of the default bridge reach each other',
  why: 'On docker0 every container may speak to every port of all others, published or not. An intruder in one looks around in all of them. Networks that were made for services that belong together stay as they are: this is about the one that everybody gets.',
  examples: [
    {
      bad: '{"daemon.json": {}}',
      good: '{"daemon.json": {"icc": false}}',
      byHand: true,
    },
    {
      bad: '{"daemon.json": {"icc": false}, "bridge": {"Options": {"com.docker.network.bridge.enable_icc": "true"}}}',
      good: '{"bridge": {"Options": {"com.docker.network.bridge.enable_icc": "false"}}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.2', 'check_2_2'],
  links: ['https://docs.docker.com/engine/network/drivers/bridge/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon)) return
    // The network itself says what holds; without one there is nothing to reach.
    if (optionOf(daemon, 'bridge') === 'none') return
    const talks = daemon.bridgeTalks ?? (daemon.options === undefined ? undefined : optionOf(daemon, 'icc') !== false)
    if (talks !== true) return
    yield {
      at: optionAt(daemon, 'icc'),
      message: 'every container of the default bridge reaches every port of the others',
      ...patch({ icc: false }, 'containers that need each other get a network of their own'),
    }
  },
})
