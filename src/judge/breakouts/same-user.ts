import { breakoutPath, partAt, removed, unlessAppArmor } from '../breakout-path.ts'
import { isRootUser, startUser } from '../container-queries.ts'

/** The kernel asks for the same user and no fewer capabilities (https://man7.org/linux/man-pages/man2/ptrace.2.html, “Ptrace access mode checking”). */
export default breakoutPath({
  code: 'E7',
  summary: 'Among the host’s processes, one with the same number of user opens its files and environment, without any capability',
  links: ['https://man7.org/linux/man-pages/man2/ptrace.2.html'],
  *find(scene) {
    const { container, facts } = scene
    const { pid } = container
    if (pid.value !== 'host' || container.os !== 'linux' || container.privileged.value) return
    if (container.userNamespace.value !== 'default' && container.userNamespace.value !== 'host') return
    const user = startUser(container, facts)
    // Root without capabilities may not look into processes of root, which have them.
    if (user !== undefined && isRootUser(user)) return
    const apparmor = unlessAppArmor(scene, 'looking into processes that are not in the container')
    if (!apparmor) return
    const number = user?.split(':')[0]
    const who = number === undefined ? 'the image’s user' : `user \`${number}\``
    yield {
      title: `Processes of the host that run as ${who} open their files and environment`,
      severity: 'high',
      chain: [
        partAt('it sees the processes of the host', pid),
        user === undefined ? { text: 'it runs as the user of its image' } : partAt(`it runs as ${who}`, container.user),
      ],
      depends: [
        `a process of the host runs as ${number === undefined ? 'the same number of user' : `\`${number}\` too`}`,
        ...apparmor,
      ],
      gets: 'reads that process’s files by /proc/PID/root and its secrets by /proc/PID/environ: no capability, no-new-privileges and a read-only root do not help',
      close: { title: 'Give it processes of its own', wishes: removed(pid) },
    }
  },
})
