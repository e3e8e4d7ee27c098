import { breakoutPath } from '../breakout-path.ts'

export default breakoutPath({
  code: 'E5',
  summary: 'SYS_MODULE loads code into the kernel that the host shares',
  links: ['https://man7.org/linux/man-pages/man2/init_module.2.html'],
  *find(scene) {
    const { container, root } = scene
    if (container.privileged.value || !root || !scene.has('SYS_MODULE')) return
    yield {
      title: 'SYS_MODULE: a kernel module of the attacker’s is loaded',
      severity: 'critical',
      chain: [scene.holds('SYS_MODULE'), root.part],
      depends: [...root.depends, 'the kernel takes unsigned modules: no lockdown, kernel.modules_disabled is 0'],
      gets: 'runs code in the kernel: everything on the host',
      close: { title: 'Take SYS_MODULE away', wishes: scene.without('SYS_MODULE') },
    }
  },
})
