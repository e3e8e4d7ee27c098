import type { Mount } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { mountsOf } from '../../claimed-volumes.ts'
import { engineAt } from '../../container-host-paths.ts'
import { advise, placeOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { socketProxyOf } from '../../socket-proxy.ts'

const proxy = advise(
  'Take it out; a program that needs the engine can talk to a socket proxy that lets only the calls through that it makes',
)

export default containerRule({
  on: 'container',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container can command the engine of its host',
  why: 'The engine’s socket is root on the host: whoever may talk to it starts a privileged container with the whole disk mounted, and is out. Mounting it read-only changes nothing, because commands go through a socket, not into a file. The folder around it gives it away just as well.',
  examples: [
    {
      bad: 'services:\n  agent:\n    image: agent:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n',
      good: 'services:\n  agent:\n    image: agent:1\n    environment:\n      DOCKER_HOST: tcp://socket-proxy:2375\n  socket-proxy:\n    image: proxy:1\n',
      byHand: true,
    },
    {
      bad: 'services:\n  agent:\n    image: agent:1\n    volumes:\n      - /run:/host/run\n',
      good: 'services:\n  agent:\n    image: agent:1\n    volumes:\n      - /run/agent:/run/agent\n',
      byHand: true,
    },
    {
      bad: 'services:\n  agent:\n    image: agent:1\n    use_api_socket: true\n',
      good: 'services:\n  agent:\n    image: agent:1\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  containers:\n    - name: agent\n      image: agent:1\n      volumeMounts:\n        - name: runtime\n          mountPath: /runtime\n  volumes:\n    - name: runtime\n      hostPath:\n        path: /run/containerd\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  containers:\n    - name: agent\n      image: agent:1\n      volumeMounts:\n        - name: runtime\n          mountPath: /runtime\n  volumes:\n    - name: runtime\n      emptyDir: {}\n',
      byHand: true,
    },
    {
      bad: 'docker run -v /run/user/1000/docker.sock:/var/run/docker.sock docker:27-cli',
      good: 'docker run docker:27-cli',
      byHand: true,
    },
  ],
  replaces: ['CIS 5.32', 'check_5_32', 'KSV-0006', 'CKV_K8S_27', 'docker-sock', 'kubesec DockerSock', 'C-0074', 'CL-0001'],
  links: [
    'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
    'https://docs.docker.com/reference/compose-file/services/#use_api_socket',
  ],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    for (const mount of mountsOf(container, facts.manifests)) {
      const found = ofMount(mount)
      if (!found) continue
      const known = found.through === 'socket' && found.commands === 'engine' ? socketProxyOf(container) : undefined
      if (known) {
        yield {
          at: mount.at,
          also: [...(mount.declaredAt ? [mount.declaredAt] : []), ...(known.mayWrite ? [known.at] : [])],
          severity: known.mayWrite ? 'high' : 'medium',
          message: known.mayWrite
            ? `this is the proxy in front of ${found.engine}, and it lets requests through that change things: whoever reaches it may start containers`
            : `this is the proxy in front of ${found.engine}: whoever reaches it asks the engine what it lets through`,
          ...advise(
            'Keep it on an internal network with the one program that asks it, publish no port, and open only the requests that this program makes',
          ),
        }
        continue
      }
      const path = `\`${mount.source}\``
      const readOnly = mount.readOnly ? '; read-only does not change that' : ''
      if (found.through === 'folder')
        yield {
          at: mount.at,
          ...(mount.declaredAt ? { also: [mount.declaredAt] } : {}),
          ...(found.commands === 'system' ? { severity: 'high' as const } : {}),
          message: `the folder ${path} holds the socket of ${found.engine}, and so control over the host${readOnly}`,
          ...proxy,
        }
      else
        yield {
          at: mount.at,
          ...(mount.declaredAt ? { also: [mount.declaredAt] } : {}),
          ...(found.commands === 'system' ? { severity: 'high' as const } : {}),
          message: `${path} lets the container command ${found.engine}, and so the host${readOnly}`,
          ...proxy,
        }
    }
    if (container.apiSocket.value)
      yield {
        at: placeOf(container.apiSocket, container),
        message: '`use_api_socket` gives the container the engine’s socket, and the credentials of your registries with it',
        ...proxy,
      }
    for (const { name, value = '', at } of container.environment) {
      if (name !== 'DOCKER_HOST') continue
      const host = /^tcp:\/\/(\[[\da-f:]+\]|[\w.-]+)/i.exec(value)?.[1]
      if (host === undefined) continue
      if (/^(?:host\.docker\.internal|172\.1[78]\.0\.1)$/.test(host))
        yield {
          at,
          message: 'the container commands the engine of its host over the network, where nothing but TLS protects it',
          ...proxy,
        }
      // A name without a dot is a service beside it: a proxy, or an engine in a container.
      else if (/[.:]/.test(host) && !/^(?:127\.|\[::1\])/.test(host) && /:2375\b/.test(value))
        yield {
          at,
          severity: 'high',
          message: `the container commands the engine at \`${host}\` without TLS: so may everybody who reaches its port`,
          ...advise('Let the engine listen with TLS on 2376, or use ssh://'),
        }
    }
  },
})

const ofMount = ({ type, source, target }: Mount): ReturnType<typeof engineAt> => {
  if (source === undefined || (type !== 'bind' && type !== 'npipe')) return undefined
  // A socket somewhere else on the host, which the program will look for at its usual place.
  return (
    engineAt(source) ??
    (/\.sock$/.test(source) ? undefined : /^\/(?:var\/)?run\/docker\.sock$/.test(target) ? engineAt(target) : undefined)
  )
}
