import { breakoutPath, placed } from '../breakout-path.ts'
import { realHostPath } from '../container-host-paths.ts'
import { accessOf, hasToken } from '../service-account.ts'

export default breakoutPath({
  code: 'E12',
  summary: 'The kubelet follows links in /var/log when it is asked for the logs of a pod',
  links: [
    'https://kubernetes.io/docs/concepts/cluster-administration/logging/',
    'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  ],
  *find({ container, rootOfFiles: root, facts }) {
    if (!container.pod || !root) return
    const access = hasToken(container.pod, facts.manifests)
      ? accessOf(container.pod, facts.manifests).flatMap(({ rules }) => rules)
      : []
    for (const { type, source, readOnly, at, declaredAt } of container.mounts) {
      if (type !== 'bind' || readOnly || source === undefined) continue
      const path = realHostPath(source)
      if (path !== '/var/log' && path !== '/var/log/pods' && path !== '/var/log/containers') continue
      const reads = access.find(
        ({ apiGroups, resources, verbs }) =>
          allows(apiGroups, '') && logs.some(name => allows(resources, name)) && allows(verbs, 'get'),
      )
      yield {
        title: 'A link in the log folder shows any file of the node',
        severity: 'high',
        chain: [
          placed(`\`${source}\` of the node is mounted, and can be written to`, declaredAt ?? at),
          root.part,
          ...(reads ? [{ text: 'its service account may read logs', at: reads.at }] : []),
        ],
        depends: [
          ...root.depends,
          ...(reads ? [] : ['its service account, or another one in the attacker’s hands, may `get` `pods/log`']),
        ],
        gets: 'puts a link to /etc/shadow or a key of the kubelet there, and asks the cluster for that log',
        close: { title: 'Mount it for reading only', wishes: [{ do: 'change', what: 'readOnly', at }] },
      }
    }
  },
})

const logs = ['pods/log', 'nodes/log', 'nodes/proxy']

const allows = (given: readonly string[], wanted: string): boolean => given.includes(wanted) || given.includes('*')
