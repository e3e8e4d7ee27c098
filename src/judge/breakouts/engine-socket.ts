import { breakoutPath, partAt, placed, type Rootness, removed, type Scene, type Way } from '../breakout-path.ts'
import { engineAt } from '../container-host-paths.ts'
import { groupsOf, quoted } from '../container-queries.ts'
import { socketProxyOf } from '../socket-proxy.ts'

export default breakoutPath({
  code: 'E1',
  summary: 'Whoever may talk to the engine starts a container that has the host',
  links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  *find(scene): Iterable<Way> {
    const { container, host } = scene
    // What its policy calls a container may not speak to an engine (https://github.com/containers/container-selinux).
    const isLabelled = host.selinux === true && !container.selinux.value.disabled && !container.selinux.value.type
    const user = isLabelled && !container.privileged.value ? undefined : mayConnect(scene)
    if (user) {
      for (const { type, source, at } of container.mounts) {
        if (source === undefined || (type !== 'bind' && type !== 'npipe')) continue
        const found =
          source === '/' ? ({ engine: 'the engine', through: 'folder', commands: 'engine' } as const) : engineAt(source)
        if (!found) continue
        const inside = found.through === 'folder' ? `\`${source}\`, in which its socket is,` : `\`${source}\``
        const isOwn = /^rootless/.test(found.engine)
        const isProxy = found.through === 'socket' && found.commands === 'engine' && socketProxyOf(container) !== undefined
        yield {
          title: `The socket of ${found.engine} is within reach`,
          severity: isOwn || isProxy ? 'high' : 'critical',
          // A mount for reading only does not keep anybody from sending commands to a socket.
          chain: [placed(`${inside} is mounted`, at), user.part],
          depends: isProxy
            ? [...user.depends, 'the attacker is in the proxy itself, or it lets through that a container is started']
            : user.depends,
          gets: isOwn
            ? 'starts containers as the user whose engine it is: all files and keys of that person'
            : found.commands === 'system'
              ? `has ${found.engine} start a program or a machine as root on the host`
              : gets,
          close: { title: `Take \`${source}\` out`, wishes: [{ do: 'remove', at }] },
        }
      }
      const { apiSocket } = container
      if (apiSocket.value)
        yield {
          title: 'The engine’s socket is within reach',
          severity: 'critical',
          chain: [partAt('Compose passes the engine’s socket in', apiSocket), user.part],
          depends: user.depends,
          gets,
          close: { title: 'Delete use_api_socket', wishes: removed(apiSocket) },
        }
    }
    for (const { name, value, at } of container.environment) {
      if (name !== 'DOCKER_HOST' || value === undefined || !/^(?:tcp|http):\/\//.test(value) || hasTls(scene)) continue
      yield {
        title: 'An engine takes commands over the network',
        severity: 'high',
        chain: [placed('`DOCKER_HOST` names an engine that asks for no certificate', at)],
        depends: ['it is the host’s engine, and no proxy that lets only harmless requests through'],
        gets,
        close: { title: 'Take DOCKER_HOST out, or use TLS', wishes: [{ do: 'remove', at }] },
      }
    }
  },
})

const gets = 'starts a privileged container with the host’s disk mounted: root on the host, in one command'

const hasTls = ({ container }: Scene): boolean =>
  container.environment.some(({ name, value }) => /^DOCKER_(?:TLS_VERIFY|TLS|CERT_PATH)$/.test(name) && value !== '')

/** The socket belongs to root and a group: others get `EACCES`. */
const mayConnect = ({ rootOfFiles, container, isMapped }: Scene): Rootness | undefined => {
  // A pipe of Windows is there for whoever has it.
  if (container.os === 'windows') return { part: { text: 'its user may open the pipe' }, depends: [] }
  if (rootOfFiles) return rootOfFiles
  if (isMapped && container.form !== 'kubernetes') return undefined
  const [group, ...others] = [...groupsOf(container)].sort((a, b) => likelihood(a.value) - likelihood(b.value))
  if (!group) return undefined
  const names = quoted([group, ...others].map(({ value }) => value))
  return {
    part: partAt(`it is in the group${others.length > 0 ? 's' : ''} ${names}`, group),
    depends: [`the socket belongs to ${others.length > 0 ? 'one of these groups' : `the group ${names}`}`],
  }
}

/** Those that such sockets are given to first, then numbers, which differ between hosts. */
const likelihood = (group: string): number =>
  /^(?:docker|podman|lxd|libvirt|containerd)$/.test(group) ? 0 : /^(?:root|0+)$/.test(group) ? 1 : /^\d+$/.test(group) ? 2 : 3
