import type { Setting } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { advise, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

const kinds = [
  ['pid', 'medium', 'sees and signals its processes, and reads their files by /proc/PID/root'],
  ['ipc', 'low', 'shares its memory segments'],
  ['network', 'low', 'reaches what it keeps on 127.0.0.1, and may take its ports'],
] as const

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers share processes or folders with each other',
  why: 'Two containers that share a process namespace are one: whoever breaks into the weaker one reads the files, the environment and the secrets of the other through /proc. volumes_from gives all folders of another container, also those that come later. The walls between services are gone, though no privilege was added.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n  debug:\n    image: debug:1\n    pid: service:web\n',
      good: 'services:\n  web:\n    image: web:1\n  debug:\n    image: debug:1\n',
      byHand: true,
    },
    {
      bad: 'services:\n  web:\n    image: web:1\n  backup:\n    image: backup:1\n    volumes_from:\n      - web\n',
      good: 'services:\n  web:\n    image: web:1\n    volumes:\n      - data:/data\n  backup:\n    image: backup:1\n    volumes:\n      - data:/data:ro\nvolumes:\n  data:\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  shareProcessNamespace: true\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      byHand: true,
    },
    { bad: 'docker run --pid container:web debug:1', good: 'docker run debug:1', byHand: true },
  ],
  links: ['https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/'],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { pod, volumesFrom } = container
    const place = (setting: Setting<unknown>) => setting.at ?? container.at
    for (const [field, severity, gives] of kinds) {
      const setting = container[field]
      const other = /^(?:container|service):(.+)$/.exec(setting.value)?.[1]
      if (other === undefined) continue
      yield {
        at: place(setting),
        severity,
        message: `the container joins \`${other}\`: whoever takes it over ${gives}`,
        ...advise('Let them talk over a network or a volume, unless watching the other one is what it is for'),
      }
    }
    for (const setting of volumesFrom)
      yield {
        at: place(setting),
        message: `all volumes of \`${setting.value}\` are mounted here too, those that come later included`,
        ...advise('Name the volumes that both use, read-only where that is enough'),
      }
    if (pod?.shareProcessNamespace.value && speaksForPod(container, facts))
      yield {
        at: pod.shareProcessNamespace.at ?? container.at,
        message: 'all containers of the pod see each other’s processes, and by /proc/PID/root their files',
        ...advise('Delete it, unless one of the containers is there to watch the others'),
      }
  },
})
