import type { Report } from '../../../model/rule.ts'
import { advise, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'An SSH server runs in a container',
  why: 'A second door with keys and passwords of its own, which nobody updates or watches: it is guessed at from the first minute that it is reachable. `docker exec` and `kubectl exec` need no door, and say in the log who went in.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    command: [/usr/sbin/sshd, -D]\n',
      good: 'services:\n  web:\n    image: web:1\n    command: [/app/server]\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      ports:\n        - containerPort: 22\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      ports:\n        - containerPort: 8080\n',
      byHand: true,
    },
  ],
  replaces: ['CIS 5.7', 'check_5_7', 'ssh-port', 'C-0042'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { entrypoint, command, ports, network } = container
    const fix = advise('Take it out, and look into the container with exec, unless people are meant to log in here')
    const words = [...(entrypoint.value ?? []), ...(command.value ?? [])]
    if (words.some(word => /(?:^|[\s/;&|])(?:sshd|dropbear)(?:\s|$|;)/.test(word))) {
      yield { at: command.at ?? entrypoint.at ?? container.at, message: 'the container starts an SSH server', ...fix }
      return
    }
    const port = ports.find(({ containerPort, protocol }) => containerPort === 22 && protocol !== 'udp')
    if (port) {
      // Open to all, it is told as such already.
      if (container.form === 'kubernetes' ? port.hostPort !== undefined : port.published && network.value !== 'host') return
      yield { at: port.at, message: 'port 22 of the container is used: that is where an SSH server listens', ...fix }
      return
    }
    const repository = referenceOf(container)?.repository
    if (repository !== undefined && /(?:^|[/-])(?:openssh(?:-server)?|sshd|dropbear)$/.test(repository))
      yield { at: container.image.at ?? container.at, message: `\`${container.image.value}\` is an SSH server`, ...fix }
  },
})
