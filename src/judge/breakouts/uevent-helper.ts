import { breakoutPath, placed, unlessAppArmor } from '../breakout-path.ts'

const helperFolders: ReadonlySet<string> = new Set(['/sys', '/sys/kernel', '/sys/kernel/uevent_helper'])

export default breakoutPath({
  code: 'E9',
  summary: 'Where the host’s /sys can be written, uevent_helper names a program that the host runs',
  links: ['https://docs.kernel.org/admin-guide/sysfs-rules.html', 'https://man7.org/linux/man-pages/man5/sysfs.5.html'],
  *find(scene) {
    const { container, root } = scene
    if (container.privileged.value || !root) return
    for (const { type, source, readOnly, target, at } of container.mounts) {
      if (type !== 'bind' || readOnly || source === undefined || !helperFolders.has(source)) continue
      const apparmor = unlessAppArmor(scene, 'writing to /sys')
      // The profile speaks of the paths in the container.
      const depends = target === '/sys' || target.startsWith('/sys/') ? apparmor : []
      if (!depends) continue
      yield {
        title: 'The host runs a program of the attacker’s when a device appears',
        severity: 'critical',
        chain: [placed(`\`${source}\` of the host is mounted, and can be written to`, at), root.part],
        depends: [...root.depends, ...depends, 'the kernel has CONFIG_UEVENT_HELPER'],
        gets: 'writes to /sys/kernel/uevent_helper, and has the host run any program as root',
        close: { title: 'Mount it for reading only', wishes: [{ do: 'change', what: 'readOnly', at }] },
      }
    }
  },
})
