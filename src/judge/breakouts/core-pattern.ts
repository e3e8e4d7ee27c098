import { breakoutPath, partAt, placed, removed, unlessAppArmor, type Way } from '../breakout-path.ts'
import { isBelow } from '../container-host-paths.ts'

export default breakoutPath({
  code: 'E8',
  summary: 'Where /proc/sys can be written, core_pattern names a program that the host runs when something crashes',
  links: ['https://man7.org/linux/man-pages/man5/core.5.html'],
  *find(scene): Iterable<Way> {
    const { container, root } = scene
    if (container.privileged.value || !root) return
    const way = (part: Way['chain'][number], depends: readonly string[], close: Way['close']): Way => ({
      title: 'The host runs a program of the attacker’s when a process crashes',
      severity: 'critical',
      chain: [part, root.part],
      depends: [...root.depends, ...depends],
      gets: 'writes to /proc/sys/kernel/core_pattern, lets a process crash, and has the host run any program as root',
      close,
    })
    for (const { type, source, readOnly, at } of container.mounts)
      if (
        type === 'bind' &&
        source !== undefined &&
        source !== '/' &&
        isBelow('/proc/sys/kernel/core_pattern', source) &&
        !readOnly
      )
        yield way(placed(`\`${source}\` of the host is mounted, and can be written to`, at), [], {
          title: `Take \`${source}\` out, or mount it for reading only`,
          wishes: [{ do: 'change', what: 'readOnly', at }],
        })
    const { systemPaths } = container
    const apparmor = unlessAppArmor(scene, 'mounting, and writing to /proc/sys')
    // Whoever may mount takes the protection off.
    if (apparmor && systemPaths.value !== 'unmasked' && scene.has('SYS_ADMIN'))
      yield way(
        { ...scene.holds('SYS_ADMIN'), text: `${scene.holds('SYS_ADMIN').text}: it mounts /proc/sys again, writable` },
        apparmor,
        {
          title: 'Take SYS_ADMIN away',
          wishes: scene.without('SYS_ADMIN'),
        },
      )
    if (apparmor && systemPaths.value === 'unmasked')
      yield way(partAt('/proc/sys is not protected', systemPaths), apparmor, {
        title: 'Let the runtime protect /proc and /sys again',
        wishes: removed(systemPaths),
      })
  },
})
