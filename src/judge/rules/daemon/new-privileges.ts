import type { Report } from '../../../model/rule.ts'
import { daemonRule, isDocker, lacks, optionAt, optionOf, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers may gain privileges unless each of them says otherwise',
  why: 'A set-user-id program in an image lets an ordinary user of the container become root in it, from where most ways out begin. With no-new-privileges as the default of the engine no container can; the few whose sudo or su must work say no-new-privileges=false.',
  examples: [
    {
      bad: '{"daemon.json": {}}',
      good: '{"daemon.json": {"no-new-privileges": true}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.14', 'check_2_14'],
  links: ['https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || daemon.security?.noNewPrivileges) return
    if (!lacks(daemon, 'no-new-privileges') && optionOf(daemon, 'no-new-privileges') !== false) return
    yield {
      at: optionAt(daemon, 'no-new-privileges'),
      message: 'programs of containers may gain privileges: no-new-privileges is not the default',
      ...patch({ 'no-new-privileges': true }, 'verify images that start with sudo, su or gosu'),
    }
  },
})
