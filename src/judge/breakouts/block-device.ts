import { breakoutPath, partAt, placed, type Rootness, removed, type Scene, type Way } from '../breakout-path.ts'
import { diskDeviceAt } from '../container-devices.ts'
import { groupsOf } from '../container-queries.ts'

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
    if (container.privileged.value) return
    // Engines make a device with the numbers of its owners: https://github.com/moby/moby/blob/master/daemon/oci_utils.go
    const who = root ?? ofDisks(scene)
    if (!who) return
    type Parts = Pick<Way, 'title' | 'chain' | 'close'> & {
      readonly depends?: readonly string[]
      readonly may?: May
      readonly what?: string
    }
    const way = ({
      title,
      chain,
      close,
      depends = [],
      may = 'change',
      what = 'every file of the host past all permissions',
    }: Parts): Way => ({
      title,
      severity: 'critical',
      chain: [...chain, who.part],
      depends: [...who.depends, ...depends],
      gets: `${may === 'read' ? 'reads' : 'reads and changes'} ${what}, /etc/shadow among them`,
      close,
    })
    for (const { host, permissions, at } of container.devices) {
      const isMemory = memory.test(host)
      const kind = host === '/dev' ? 'disk' : diskDeviceAt(host)
      const needed = isMemory ? 'SYS_RAWIO' : kind === 'controller' ? 'SYS_ADMIN' : undefined
      // With `m` alone, a device file is made, and cannot be opened.
      if ((!kind && !isMemory) || (needed && !(root && scene.has(needed))) || !/[rw]/.test(permissions || 'rw')) continue
      yield way({
        title: `\`${host}\` leads to the host’s ${isMemory ? 'memory' : 'disk'}`,
        chain: [
          placed(`\`${host}\` is passed in${/w/.test(permissions || 'w') ? '' : ', for reading'}`, at),
          ...(needed ? [scene.holds(needed)] : []),
        ],
        close: { title: `Take \`${host}\` out`, wishes: [{ do: 'remove', at }] },
        depends: kind === 'commands' ? ['a disk is behind it'] : [],
        may: /w/.test(permissions || 'w') ? 'change' : 'read',
      })
    }
    if (!root) return
    for (const rule of container.deviceRules)
      if (allowsDisk(rule.value) && scene.has('MKNOD'))
        yield way({
          title: 'It can make the host’s disk as a device',
          chain: [
            { text: `\`${rule.value}\` allows devices that are disks`, ...(rule.at ? { at: rule.at } : {}) },
            scene.holds('MKNOD'),
          ],
          close: { title: 'Delete the rule', wishes: removed(rule) },
        })
    for (const { type, source, readOnly, at, kind } of container.mounts) {
      if (type !== 'bind' || source === undefined || diskDeviceAt(source) !== 'disk') continue
      const close = { title: `Take \`${source}\` out`, wishes: [{ do: 'remove' as const, at }] }
      // The engine itself mounts the file system, whatever devices the container may open.
      if (kind === 'BlockDevice' && container.form !== 'kubernetes')
        yield way({
          title: `The files on \`${source}\` of the host can be ${readOnly ? 'read' : 'changed'}`,
          chain: [placed(`the engine mounts the file system on \`${source}\``, at)],
          close,
          depends: ['the host’s own files are on it'],
          may: readOnly ? 'read' : 'change',
          what: 'as root every file that is there',
        })
      // Without a rule for it the control group refuses the device, except where /dev itself is mounted and the runtime allows it.
      else if (container.deviceRules.some(rule => /^\s*[ab]\b/.test(rule.value)))
        yield way({ title: `\`${source}\` is the host’s disk`, chain: [placed(`\`${source}\` is mounted`, at)], close })
    }
  },
})

type May = 'read' | 'change'

/** Disks belong to root and the group disk, which has the number 6 in Debian and its kin, Fedora, Alpine (https://wiki.debian.org/SystemGroups). */
const ofDisks = ({ container, isMapped }: Scene): Rootness | undefined => {
  const group = isMapped ? undefined : groupsOf(container).find(({ value }) => value === 'disk' || value === '6')
  return (
    group && {
      part: partAt(`it is in the group \`${group.value}\``, group),
      depends: ['the device belongs to the group disk, and that has the number 6 on the host as well'],
    }
  )
}
