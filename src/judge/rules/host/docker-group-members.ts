import type { Report } from '../../../model/rule.ts'
import { hostRule, inHost } from '../../host-rule.ts'

export default hostRule({
  on: 'host',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Accounts may command the engine, and are root by that',
  why: 'Who is in the group docker starts a container that has the disk of the host: without a password, and without a line in the log of sudo. Each of these accounts, and each program that runs as one of them, is as good as root.',
  examples: [
    {
      bad: '{"dockerGroup": {"gid": 998, "members": ["ann", "jenkins"]}}',
      good: '{"dockerGroup": {"gid": 998, "members": []}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 1.1.2', 'check_1_1_2'],
  links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  fixes: 'manual',
  *check(host): Iterable<Report> {
    const members = host.dockerGroup?.members ?? []
    if (members.length === 0) return
    const shown = members.slice(0, 10).map(name => `\`${name}\``)
    yield {
      at: inHost('group docker'),
      message: `${shown.join(', ')}${members.length > 10 ? ` and ${members.length - 10} more` : ''} ${members.length === 1 ? 'is' : 'are'} root by the group docker`,
      fix: {
        title: `Take out who is not an administrator: ${members
          .slice(0, 10)
          .map(name => `gpasswd -d ${name} docker`)
          .join(' && ')}; give them rootless engines`,
        safety: 'manual',
        edits: [],
      },
    }
  },
})
