import type { Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { type DiskDevice, diskDeviceAt } from '../../container-devices.ts'
import { isConfined, mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** What a device gives; the first that fits counts. */
const dangers: readonly (readonly [RegExp, Severity, string])[] = [
  [/^\/dev\/?$/, 'critical', 'all devices of the host, its disks and its memory among them'],
  [/^\/dev\/(?:mem|kmem|port)$/, 'critical', 'the memory of the host'],
  [/^\/dev\/mapper\/control$/, 'medium', 'the tables by which the host’s disks are put together; to change them takes SYS_ADMIN'],
  [/^\/dev\/loop-control$/, 'low', 'the means to make more loop devices; to use one takes the device itself'],
  [/^\/dev\/loop\d*$/, 'high', 'a disk of the host that is kept in a file'],
  [/^\/dev\/(?:kmsg|kcore)$/, 'high', 'the kernel’s messages'],
  [/^\/dev\/(?:input|uinput|hidraw\d*)(?:\/|$)/, 'high', 'the keyboard and the mouse of the host'],
  [/^\/dev\/(?:tty\d*|console|pts)(?:\/|$)/, 'medium', 'a terminal of the host'],
  [/^\/dev\/bus\/usb/, 'medium', 'USB devices, disks among them'],
  [/^\/dev\/(?:net\/tun|fuse|kvm|vhost.*)$/, 'low', 'a device that programs in containers often need'],
  [
    /^\/dev\/(?:dri|nvidia.*|kfd|snd|video\d+|tty(?:USB|ACM|AMA)\d+|serial)(?:\/|$)/,
    'low',
    'a device that programs in containers often need',
  ],
]

const ofDisk: Readonly<Record<DiskDevice, readonly [Severity, string]>> = {
  disk: ['critical', 'a disk of the host, past all permissions of files'],
  commands: ['critical', 'the commands of a disk of the host, past all permissions of files'],
  controller: ['high', 'the controller of a disk of the host; its commands take SYS_ADMIN'],
}

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container has devices of its host',
  why: 'A device file leads past everything that files are protected by: with /dev/sda a program in the container reads and writes every byte of the host’s disk, its password file among them. A rule such as `b *:* rwm` lets it make such a file itself.',
  examples: [
    {
      bad: 'services:\n  db:\n    image: db:1\n    devices:\n      - /dev/sda:/dev/sda\n',
      good: 'services:\n  db:\n    image: db:1\n    volumes:\n      - data:/data\nvolumes:\n  data:\n',
      byHand: true,
    },
    {
      bad: 'services:\n  db:\n    image: db:1\n    device_cgroup_rules:\n      - b *:* rwm\n',
      good: 'services:\n  db:\n    image: db:1\n',
    },
    { bad: 'docker run --device /dev/mem db:1', good: 'docker run db:1' },
  ],
  replaces: ['CIS 5.18', 'check_5_18', 'CL-0016'],
  links: ['https://docs.docker.com/reference/cli/docker/container/run/#device'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    if (!isConfined(container)) return
    for (const { host, permissions, at } of container.devices) {
      const disk = diskDeviceAt(host)
      const [, known, gives] = dangers.find(([pattern]) => pattern.test(host)) ??
        (disk && ([undefined, ...ofDisk[disk]] as const)) ?? [undefined, 'medium' as const, 'a device of the host']
      const isOpen = permissions === '' || /[rw]/.test(permissions)
      const severity: Severity = isOpen ? known : 'low'
      yield {
        at,
        severity,
        message: isOpen
          ? `\`${host}\` gives the container ${gives}${permissions.includes('w') || permissions === '' ? '' : ', for reading'}`
          : `the container may make \`${host}\` as a device file, and may not open it`,
        ...mend(
          'unsafe',
          'Delete it, unless the program is there for this device; then give it no more than the rights it needs',
          {
            do: 'remove',
            at,
          },
        ),
      }
    }
    for (const rule of container.deviceRules) {
      const isWide = /\*:|:\*/.test(rule.value)
      const isDisk = /^[ab]/.test(rule.value.trim())
      yield {
        at: rule.at ?? container.at,
        severity: isWide && isDisk ? 'critical' : isDisk ? 'high' : 'medium',
        message: `\`${rule.value}\` lets the container make and use device files${isWide ? ' of many kinds' : ''}`,
        ...mend('unsafe', 'Delete it, and name the one device that the program needs under devices', ...removal(rule)),
      }
    }
    for (const request of container.deviceRequests)
      yield {
        at: request.at ?? container.at,
        severity: 'info',
        message: `\`${request.value}\`: the container uses the host’s driver, which runs in its kernel`,
        ...mend('manual', 'Keep it where the program computes on it, and keep the driver up to date'),
      }
  },
})
