import type { Wish } from '../../model/container.ts'
import { breakoutPath, partAt, placed, removed, type Scene, type Way } from '../breakout-path.ts'
import { engineAt } from '../container-host-paths.ts'

export default breakoutPath({
  code: 'E1',
  summary: 'Whoever may talk to the engine starts a container that has the host',
  links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  *find(scene): Iterable<Way> {
    const { container } = scene
    const user = mayConnect(scene)
    const way = (title: string, part: Way['chain'][number], close: Way['close'], needsUser = true): Way | undefined => {
      if (needsUser && !user) return undefined
      return {
        title,
        severity: 'critical',
        chain: needsUser && user ? [part, user.part] : [part],
        depends: needsUser && user ? user.depends : [],
        gets: 'starts a privileged container with the host’s disk mounted: root on the host, in one command',
        close,
      }
    }
    const ways: (Way | undefined)[] = []
    for (const { type, source, at } of container.mounts) {
      if (source === undefined || (type !== 'bind' && type !== 'npipe')) continue
      const found = source === '/' ? { engine: 'The engine', through: 'folder' as const } : engineAt(source)
      if (!found) continue
      const inside = found.through === 'folder' ? `\`${source}\`, in which the engine’s socket is,` : `\`${source}\``
      const title = `${found.engine}’s socket is within reach`
      // A mount for reading only does not keep anybody from sending commands to a socket.
      ways.push(
        way(title, placed(`${inside} is mounted`, at), { title: `Take \`${source}\` out`, wishes: [{ do: 'remove', at }] }),
      )
    }
    const { apiSocket } = container
    if (apiSocket.value) {
      const close = { title: 'Delete use_api_socket', wishes: removed(apiSocket) }
      ways.push(way('The engine’s socket is within reach', partAt('Compose passes the engine’s socket in', apiSocket), close))
    }
    for (const { name, value, at } of container.environment) {
      if (name !== 'DOCKER_HOST' || value === undefined || !/^(?:tcp|http):\/\//.test(value) || hasTls(scene)) continue
      const wishes: readonly Wish[] = [{ do: 'remove', at }]
      const part = placed(`\`DOCKER_HOST\` is \`${value}\`, an engine without a password`, at)
      ways.push(
        way('An engine takes commands over the network', part, { title: 'Take DOCKER_HOST out, or use TLS', wishes }, false),
      )
    }
    for (const one of ways) if (one) yield one
  },
})

const hasTls = ({ container }: Scene): boolean =>
  container.environment.some(({ name, value }) => name === 'DOCKER_TLS_VERIFY' && value !== '')

/** The socket belongs to root and a group: others get `EACCES`. */
const mayConnect = ({ root, container }: Scene): Scene['root'] => {
  if (root) return root
  const [group] = container.groups
  if (!group) return undefined
  return {
    part: partAt(`it is in the group \`${group.value}\``, group),
    depends: [`the socket belongs to the group \`${group.value}\``],
  }
}
