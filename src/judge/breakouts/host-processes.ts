import { breakoutPath, hostProcesses, unlessAppArmor } from '../breakout-path.ts'

export default breakoutPath({
  code: 'E6',
  summary: 'Among the host’s processes, SYS_PTRACE leads through /proc/PID/root into the host’s file system',
  links: ['https://man7.org/linux/man-pages/man5/proc_pid_root.5.html', 'https://man7.org/linux/man-pages/man2/ptrace.2.html'],
  *find(scene) {
    const { container, root } = scene
    const processes = hostProcesses(scene)
    if (!processes || container.privileged.value || !root || !scene.has('SYS_PTRACE')) return
    const apparmor = unlessAppArmor(scene, 'looking into processes that are not in the container')
    if (!apparmor) return
    yield {
      title: 'The host’s files are within reach through /proc/1/root',
      severity: 'critical',
      chain: [...processes.parts, scene.holds('SYS_PTRACE'), root.part],
      depends: [...root.depends, ...apparmor],
      gets: 'reads and writes every file of the host, and puts code into its processes',
      close: processes.close,
    }
  },
})
