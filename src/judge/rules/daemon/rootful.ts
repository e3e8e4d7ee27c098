import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'The engine runs as root',
  why: 'Whoever talks to the engine, and whoever breaks out of a container of it, is root on the host. In rootless mode the engine and its containers belong to an ordinary user: the same attack ends with the rights of that user.',
  examples: [
    {
      bad: '{"info": {"SecurityOptions": ["name=seccomp,profile=default"]}}',
      good: '{"info": {"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.1', 'check_2_1'],
  links: ['https://docs.docker.com/engine/security/rootless/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || !daemon.security || daemon.security.rootless) return
    yield {
      at: answerAt('SecurityOptions'),
      message: 'the engine and everything that breaks out of its containers is root',
      ...advice('Where ports, storage drivers and devices allow it, run it rootless: dockerd-rootless-setuptool.sh install'),
    }
  },
})
