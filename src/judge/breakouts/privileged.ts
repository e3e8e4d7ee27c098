import { breakoutPath, partAt, removed } from '../breakout-path.ts'
import { isRootUser } from '../container-queries.ts'

export default breakoutPath({
  code: 'E2',
  summary: 'A privileged container has the host’s disks as devices and may mount them',
  links: ['https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities'],
  *find(scene) {
    const { container, root } = scene
    const { privileged, hostProcess } = container
    if (container.os === 'windows') {
      if (hostProcess.value)
        yield {
          title: 'It runs as a process of the host',
          severity: 'critical',
          chain: [partAt('it is a HostProcess container', hostProcess)],
          depends: [],
          gets: 'does what an administrator of the host does',
          close: { title: 'Set hostProcess to false', wishes: removed(hostProcess) },
        }
      return
    }
    if (root && privileged.value)
      yield {
        title: 'Privileged: the host’s disk can be mounted',
        severity: 'critical',
        chain: [partAt('it is privileged', privileged), root.part],
        depends: root.depends,
        gets: 'mounts the host’s disk, or writes to /proc/sys and /sys: root on the host, in two commands',
        close: { title: 'Delete privileged', wishes: removed(privileged) },
      }
    for (const { name, privileged: own, user, at } of container.hooks) {
      if (!own.value) continue
      // Hooks run as the container's user unless they name one; a build begins as root.
      if (name !== 'build' && (user.value === undefined ? !root : !isRootUser(user.value) || scene.isMapped)) continue
      yield {
        title: `Privileged while \`${name}\` runs`,
        severity: 'high',
        chain: [partAt(`\`${name}\` is privileged`, own.at ? own : { at })],
        depends: ['an attacker has a word in what it runs: a script of the image, a file that the container wrote'],
        gets: 'runs one command with everything that the host’s root may do',
        close: { title: 'Delete privileged there', wishes: removed(own) },
      }
    }
  },
})
