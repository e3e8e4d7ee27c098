import type { Report } from '../../../model/rule.ts'
import { advise, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { restrictedVolumes } from '../../pod-security.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'A pod mounts storage past the cluster’s own rules',
  why: 'A pod that names an NFS server, a disk of the cloud or a git repository itself decides what is mounted and with which credentials. Through a PersistentVolumeClaim the cluster’s administrator decides. The old drivers for these volumes also run in the kubelet, as root on the node.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n  volumes:\n    - name: data\n      nfs:\n        server: files.example.com\n        path: /data\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n  volumes:\n    - name: data\n      persistentVolumeClaim:\n        claimName: data\n',
      byHand: true,
    },
  ],
  replaces: ['KSV-0028'],
  links: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted'],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    if (!pod || !speaksForPod(container, facts)) return
    for (const { value, at } of pod.volumes) {
      // Folders of the node are worse, and have a rule of their own.
      if (value.kind === 'hostPath' || restrictedVolumes.has(value.kind)) continue
      yield {
        at: at ?? pod.at,
        ...(value.kind === 'gitRepo' ? { severity: 'medium' as const } : {}),
        message:
          value.kind === 'gitRepo'
            ? `the volume \`${value.name}\` is a gitRepo: the node clones it as root, and runs its hooks`
            : `the volume \`${value.name}\` is of the kind \`${value.kind}\`, which the restricted Pod Security Standard does not allow`,
        ...advise('Take it through a PersistentVolumeClaim'),
      }
    }
  },
})
