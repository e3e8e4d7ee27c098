import { breakoutPath, placed, removed, type Way } from '../breakout-path.ts'
import { isBelow } from '../container-host-paths.ts'

/** https://www.kernel.org/doc/html/latest/admin-guide/devices.html */
const disks = /^\/dev\/(?:[shv]d[a-z]|xvd[a-z]|nvme\d+n|mmcblk\d|dm-\d|mapper\/.|md\d|disk\/|block\/|root$)/
/** Opening them takes SYS_RAWIO (https://man7.org/linux/man-pages/man4/mem.4.html). */
const memory = /^\/dev\/(?:k?mem|port)$/

/** Numbers of drivers that have no disk of the host behind them: memory, floppies, loops, CD drives. */
const harmless: ReadonlySet<string> = new Set(['1', '2', '7', '11'])

/** With such a rule, a device of the host's disk may be made and opened: `a`, `b *:* rwm`, `b 8:0 rm`. */
const allowsDisk = (rule: string): boolean => {
  const [, kind, major = '*', permissions = 'rwm'] = /^\s*([abc])(?:\s+(\d+|\*):(?:\d+|\*)(?:\s+([rwm]+))?)?\s*$/.exec(rule) ?? []
  return (kind === 'a' || kind === 'b') && !harmless.has(major) && permissions.includes('m') && /[rw]/.test(permissions)
}

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
      gets: 'reads and changes every file of the host past all permissions, /etc/shadow among them',
      close,
    })
    for (const { host, at } of container.devices)
      if (disks.test(host) || host === '/dev' || (memory.test(host) && scene.has('SYS_RAWIO')))
        yield way(
          `\`${host}\` leads to the host’s ${memory.test(host) ? 'memory' : 'disk'}`,
          [placed(`\`${host}\` is passed in`, at), ...(memory.test(host) ? [scene.holds('SYS_RAWIO')] : [])],
          {
            title: `Take \`${host}\` out`,
            wishes: [{ do: 'remove', at }],
          },
        )
    for (const rule of container.deviceRules)
      if (allowsDisk(rule.value) && scene.has('MKNOD'))
        yield way(
          'It can make the host’s disk as a device',
          [
            { text: `\`${rule.value}\` allows devices that are disks`, ...(rule.at ? { at: rule.at } : {}) },
            scene.holds('MKNOD'),
          ],
          { title: 'Delete the rule', wishes: removed(rule) },
        )
    // Without a rule for it the control group refuses the device, except where /dev itself is mounted and the runtime allows it.
    for (const { type, source, at } of container.mounts)
      if (
        type === 'bind' &&
        source !== undefined &&
        isBelow(source, '/dev') &&
        disks.test(source) &&
        container.deviceRules.some(rule => /^\s*[ab]\b/.test(rule.value))
      )
        yield way(`\`${source}\` is the host’s disk`, [placed(`\`${source}\` is mounted`, at)], {
          title: `Take \`${source}\` out`,
          wishes: [{ do: 'remove', at }],
        })
  },
})
