import type { Severity } from '../../model/finding.ts'
import { breakoutPath, hostProcesses, partAt, unlessAppArmor } from '../breakout-path.ts'
import { isGiven, isRootUser, startUser } from '../container-queries.ts'

/** The kernel asks for the same user and no fewer capabilities (https://man7.org/linux/man-pages/man2/ptrace.2.html, “Ptrace access mode checking”). */
export default breakoutPath({
  code: 'E7',
  summary: 'Among the host’s processes, one with the same number of user opens its files and environment, without any capability',
  links: ['https://man7.org/linux/man-pages/man2/ptrace.2.html'],
  *find(scene) {
    const { container, facts } = scene
    const processes = hostProcesses(scene)
    if (!processes || container.os !== 'linux' || scene.isMapped) return
    // Root on the files of the whole host needs no process.
    if (scene.root && processes.isWholeHost) return
    const user = startUser(container, facts)
    const number = user?.split(':')[0]
    const isRoot = user !== undefined && isRootUser(user)
    const isUnknown = isGiven(container)
    const who = isUnknown
      ? 'the user that it is given'
      : number === undefined
        ? 'the image’s user'
        : isRoot
          ? 'root'
          : `user \`${number}\``
    const chain = [
      ...processes.parts,
      user === undefined && !isUnknown
        ? { text: 'it runs as the user of its image' }
        : partAt(`it runs as ${who}`, container.user),
    ]
    const apparmor = unlessAppArmor(scene, 'looking into processes that are not in a container')
    // Root with fewer capabilities than theirs may not look into the processes of the host's root.
    if (!isRoot && apparmor)
      yield {
        title: `Processes of the host that run as ${who} open their files and environment`,
        severity: likelihood(number),
        chain,
        depends: [
          // https://man7.org/linux/man-pages/man2/ptrace.2.html: the group counts as well.
          `a process of the host runs as ${number === undefined ? 'the same number of user' : `\`${number}\` too`}, and in the same group`,
          ...apparmor,
        ],
        gets: 'reads that process’s files by /proc/PID/root and its secrets by /proc/PID/environ: no capability, no-new-privileges and a read-only root do not help',
        close: processes.close,
      }
    // Docker's profile lets those that are under it look at each other.
    if (!container.privileged.value)
      yield {
        title: `Other containers’ processes that run as ${who} open their files and environment`,
        severity: 'medium',
        chain,
        depends: [
          `another container runs as ${number === undefined ? 'the same number of user' : who} and has no capability that this one lacks`,
        ],
        gets: 'reads that container’s files by /proc/PID/root and its secrets by /proc/PID/environ',
        reaches: 'neighbours',
        close: processes.close,
      }
  },
})

/**
 * How much it weighs: people begin at 1000, programs of the host have numbers below; images take others so that nobody has them.
 * https://man7.org/linux/man-pages/man5/login.defs.5.html (UID_MIN, SYS_UID_MAX)
 */
const likelihood = (number: string | undefined): Severity => {
  if (number === undefined || !/^\d+$/.test(number)) return 'low'
  return Number(number) === 1000 ? 'high' : Number(number) < 1000 ? 'medium' : 'low'
}
