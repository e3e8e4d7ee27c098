import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers stop when the engine does',
  why: 'Each update of the engine, and each crash, stops every container. That is why engines are not updated, and an old engine is what known ways out are for. With live-restore containers go on while the engine is replaced.',
  examples: [
    {
      bad: '{"info": {"LiveRestoreEnabled": false}}',
      good: '{"info": {"LiveRestoreEnabled": true}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.15', 'check_2_15'],
  links: ['https://docs.docker.com/engine/daemon/live-restore/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    // Services of a swarm do not know it.
    if (!isDocker(daemon) || daemon.liveRestore !== false || daemon.inSwarm === true) return
    yield {
      at: answerAt('LiveRestoreEnabled'),
      message: 'an update of the engine stops all containers',
      ...patch({ 'live-restore': true }, 'a reload suffices: kill -HUP of dockerd'),
    }
  },
})
