import type { Report } from '../../../model/rule.ts'
import { hostRule, inHost } from '../../host-rule.ts'

export default hostRule({
  on: 'host',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'The files of the engine share a partition with the host',
  why: 'Images, logs and volumes grow until the partition is full. When that is the one of the host, nobody can log in, and the logs that would tell why end. Whoever may start a container can bring that about.',
  examples: [
    {
      bad: '{"root": {"path": "/var/lib/docker", "mountPoint": "/"}}',
      good: '{"root": {"path": "/var/lib/docker", "mountPoint": "/var/lib/docker"}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 1.1.1', 'check_1_1_1'],
  links: ['https://docs.docker.com/engine/daemon/#daemon-data-directory'],
  fixes: 'manual',
  *check(host): Iterable<Report> {
    if (!host.root || host.root.path === host.root.mountPoint) return
    yield {
      at: inHost(host.root.path),
      message: `\`${host.root.path}\` shares its partition with \`${host.root.mountPoint}\`: images and logs may fill it`,
      fix: {
        title: `Make a volume of its own, and mount it there: lvcreate -L 50G -n docker VG && mkfs.ext4 /dev/VG/docker, then a line in /etc/fstab`,
        safety: 'manual',
        edits: [],
      },
    }
  },
})
