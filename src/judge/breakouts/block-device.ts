import { breakoutPath, placed, removed, type Way } from '../breakout-path.ts'
import { isBelow } from '../container-host-paths.ts'

/** Disks, and the memory of the machine. https://www.kernel.org/doc/html/latest/admin-guide/devices.html */
const disks =
  /^\/dev\/(?:[shv]d[a-z]|xvd[a-z]|nvme\d|mmcblk\d|dm-\d|mapper\/|md\d|sr\d|loop\d|disk\/|block\/|root$|mem$|kmem$|port$)/

export default breakoutPath({
  code: 'E11',
  summary: 'A device leads to the bytes of the host’s disk, past all permissions of files',
  links: ['https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v1/devices.html'],
  *find(scene): Iterable<Way> {
    const { container, root } = scene
    if (container.privileged.value || !root) return
    const way = (title: string, chain: Way['chain'], close: Way['close'], depends: readonly string[] = []): Way => ({
      title,
      severity: 'critical',
      chain: [...chain, root.part],
      depends: [...root.depends, ...depends],
      gets: 'reads and changes every file of the host by way of its disk, /etc/shadow among them',
      close,
    })
    for (const { host, at } of container.devices)
      if (disks.test(host) || host === '/dev')
        yield way(`\`${host}\` is the host’s disk or memory`, [placed(`\`${host}\` is passed in`, at)], {
          title: `Take \`${host}\` out`,
          wishes: [{ do: 'remove', at }],
        })
    for (const rule of container.deviceRules)
      if (/^\s*[ab]\s+(?:\*:\*|\d+:\*|\*:\d+)/.test(rule.value) && scene.has('MKNOD'))
        yield way(
          'It can make the host’s disk as a device',
          [{ text: `\`${rule.value}\` allows devices of many kinds`, ...(rule.at ? { at: rule.at } : {}) }, scene.holds('MKNOD')],
          { title: 'Delete the rule', wishes: removed(rule) },
        )
    // Without a rule for it the control group refuses the device, except where /dev itself is mounted and the runtime allows it.
    for (const { type, source, at } of container.mounts)
      if (
        type === 'bind' &&
        source !== undefined &&
        isBelow(source, '/dev') &&
        disks.test(source) &&
        container.deviceRules.length > 0
      )
        yield way(`\`${source}\` is the host’s disk`, [placed(`\`${source}\` is mounted`, at)], {
          title: `Take \`${source}\` out`,
          wishes: [{ do: 'remove', at }],
        })
  },
})
