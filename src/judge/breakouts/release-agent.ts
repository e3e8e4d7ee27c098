import { breakoutPath, unlessAppArmor } from '../breakout-path.ts'

export default breakoutPath({
  code: 'E3',
  summary: 'With SYS_ADMIN a control group of version 1 is mounted, and its release_agent is a program that the host runs',
  links: ['https://nvd.nist.gov/vuln/detail/CVE-2022-0492', 'https://man7.org/linux/man-pages/man7/cgroups.7.html'],
  *find(scene) {
    const { container, root, host } = scene
    if (container.privileged.value || !root || !scene.has('SYS_ADMIN') || host.cgroups === 2) return
    const apparmor = unlessAppArmor(scene, 'mounting')
    if (!apparmor) return
    yield {
      title: 'SYS_ADMIN: the host runs a program of the attacker’s when a control group ends',
      severity: 'critical',
      chain: [scene.holds('SYS_ADMIN'), root.part],
      depends: [...root.depends, ...(host.cgroups === 1 ? [] : ['the host uses control groups of version 1']), ...apparmor],
      gets: 'has the host run any program, as root',
      close: { title: 'Take SYS_ADMIN away', wishes: scene.without('SYS_ADMIN') },
    }
  },
})
