import type { Location } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { mountsOf } from '../../claimed-volumes.ts'
import { diskDeviceAt } from '../../container-devices.ts'
import { engineAt, hostPathDanger } from '../../container-host-paths.ts'
import { advise, mend, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'A sensitive folder of the host is mounted into a container',
  why: 'Root in a container is root to the files of a bind mount. With /etc, /root or the engine’s folder writable, a stranger in the container adds a cron job, a key or a kernel module, and owns the host; read-only, they still take its passwords, keys and tokens. A hostPath gives every pod of the node the same.',
  examples: [
    {
      bad: 'services:\n  backup:\n    image: backup:1\n    volumes:\n      - /:/host\n',
      good: 'services:\n  backup:\n    image: backup:1\n    volumes:\n      - /srv/data:/data:ro\n',
      byHand: true,
    },
    {
      bad: 'services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - type: bind\n        source: /etc\n        target: /host/etc\n',
      good: 'services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - type: bind\n        source: /etc/localtime\n        target: /etc/localtime\n        read_only: true\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: logs\nspec:\n  containers:\n    - name: logs\n      image: logs:1\n      volumeMounts:\n        - name: logs\n          mountPath: /logs\n  volumes:\n    - name: logs\n      hostPath:\n        path: /var/log\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: logs\nspec:\n  containers:\n    - name: logs\n      image: logs:1\n      volumeMounts:\n        - name: logs\n          mountPath: /logs\n  volumes:\n    - name: logs\n      emptyDir: {}\n',
      byHand: true,
    },
    { bad: 'docker run -v /root:/r:ro alpine:3.20', good: 'docker run -v data:/r:ro alpine:3.20', byHand: true },
  ],
  replaces: [
    'CIS 5.6',
    'check_5_6',
    'KSV-0023',
    'KSV-0121',
    'sensitive-host-mounts',
    'writable-host-mount',
    'C-0045',
    'C-0048',
    'CL-0013',
    'CL-0025',
  ],
  links: ['https://docs.docker.com/engine/storage/bind-mounts/', 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath'],
  fixes: 'unsafe',
  *check(container, _, facts): Iterable<Report> {
    for (const { type, source, target, readOnly, at, declaredAt, kind } of mountsOf(container, facts.manifests)) {
      if (type !== 'bind' || source === undefined || engineAt(source)) continue
      const place = { at, ...(declaredAt ? { also: [declaredAt] } : {}) }
      if (kind === 'BlockDevice' && container.form !== 'kubernetes' && diskDeviceAt(source)) {
        yield {
          ...place,
          severity: readOnly ? 'medium' : 'high',
          message: `the engine mounts the file system on \`${source}\`: the container gets ${readOnly ? 'to read ' : ''}every file on it, the host’s own where they are there`,
          ...advise('Mount the disk on the host, in a folder that holds nothing else, and mount that folder'),
        }
        continue
      }
      const danger = hostPathDanger(source, readOnly, container.form === 'kubernetes')
      // The host's time zone hurts nobody; the standards of Kubernetes forbid it all the same.
      if (danger?.severity === 'info' && container.form !== 'kubernetes') continue
      if (danger) {
        const written = readOnly ? ', read-only,' : ''
        yield {
          ...place,
          severity: danger.severity,
          message: `\`${source}\`${written} gives the container ${danger.gives}`,
          ...(readOnly
            ? mend('manual', 'Mount only the file or the folder that the program reads')
            : mend(
                'unsafe',
                'Mount it read-only, and only the file or the folder that the program needs; verify that it writes nothing there',
                { do: 'change', what: 'readOnly', at },
              )),
        }
      } else if (container.form === 'kubernetes')
        // Which folders of a node matter nobody here knows: what is there belongs to whoever comes next.
        yield {
          ...place,
          severity: readOnly ? 'low' : 'medium',
          message: `\`${source}\` of the node is mounted at \`${target}\``,
          ...mend('manual', 'Keep data in a PersistentVolume, and what is only passed on in an emptyDir'),
        }
    }
    // A pod may declare what none of its containers mounts: the next edit does, and the standards forbid it as it is.
    const { pod } = container
    if (!pod || !speaksForPod(container, facts)) return
    const mounts = [container, ...facts.neighbours.filter(one => one.pod === pod)].flatMap(one => one.mounts)
    for (const { value, at } of pod.volumes) {
      if (value.kind !== 'hostPath' || at === undefined || mounts.some(({ declaredAt }) => declaredAt && isSame(declaredAt, at)))
        continue
      yield {
        at,
        severity: 'low',
        message: `the volume \`${value.name}\` is a folder of the node, and no container mounts it`,
        ...advise('Take the volume out'),
      }
    }
  },
})

const isSame = (a: Location, b: Location): boolean =>
  a.in === 'file' && b.in === 'file' && a.path === b.path && a.span.start === b.span.start
