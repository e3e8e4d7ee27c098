import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'medium',
  since: '0.1.0',
  profile: 'all',
  summary: 'Root in a container is root on the host',
  why: 'Containers share the users of the host: uid 0 inside is uid 0 outside, and what breaks out, or writes to a mounted folder, does so as root. With userns-remap it is a user without rights. Volumes and images are kept anew then: it is best done before there are any.',
  examples: [
    {
      bad: '{"info": {"SecurityOptions": ["name=seccomp,profile=default"]}}',
      good: '{"info": {"SecurityOptions": ["name=seccomp,profile=default", "name=userns"]}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.9', 'check_2_9'],
  links: ['https://docs.docker.com/engine/security/userns-remap/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const { security } = daemon
    if (!isDocker(daemon) || !security || security.userNamespaces || security.rootless) return
    yield {
      at: answerAt('SecurityOptions'),
      message: 'root of a container is root of the host: users are not mapped',
      ...patch({ 'userns-remap': 'default' }, 'images and containers that are there are not seen until it is taken out again'),
    }
  },
})
