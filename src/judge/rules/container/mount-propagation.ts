import type { Container } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { isLinux, mend } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'What a container mounts appears on its host',
  why: 'With shared propagation a mount that is made inside the container shows up on the host, and in every other container that shares the folder. Whoever may mount in there lays a folder of their own over one that the host trusts, and the host runs what it finds.',
  examples: [
    {
      bad: 'services:\n  csi:\n    image: csi:1\n    volumes:\n      - type: bind\n        source: /srv/data\n        target: /data\n        bind:\n          propagation: rshared\n',
      good: 'services:\n  csi:\n    image: csi:1\n    volumes:\n      - type: bind\n        source: /srv/data\n        target: /data\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: csi\nspec:\n  containers:\n    - name: csi\n      image: csi:1\n      volumeMounts:\n        - name: data\n          mountPath: /data\n          mountPropagation: Bidirectional\n  volumes:\n    - name: data\n      emptyDir: {}\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: csi\nspec:\n  containers:\n    - name: csi\n      image: csi:1\n      volumeMounts:\n        - name: data\n          mountPath: /data\n  volumes:\n    - name: data\n      emptyDir: {}\n',
    },
    { bad: 'docker run -v /srv/data:/data:shared csi:1', good: 'docker run -v /srv/data:/data csi:1' },
  ],
  replaces: ['CIS 5.20', 'check_5_20', 'CL-0017'],
  links: ['https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    if (!isLinux(container)) return
    for (const { propagation, target, at } of container.mounts)
      if (propagation === 'shared' || propagation === 'rshared')
        yield {
          at,
          message: `what the container mounts below \`${target}\` appears on the host: the propagation is ${propagation}`,
          // Whoever may mount is likely there for it.
          ...mend(
            canMount(container) ? 'unsafe' : 'safe',
            'Delete the propagation, which brings back rprivate: mounts stay where they are made; one who only waits for those of the host takes rslave',
            { do: 'change', what: 'propagation', at, value: 'rprivate' },
          ),
        }
  },
})

const canMount = ({ privileged, capAdd }: Container): boolean =>
  privileged.value || capAdd.some(({ value }) => value === 'ALL' || value === 'SYS_ADMIN')
