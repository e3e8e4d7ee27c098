import type { Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { isLinux, mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** Numbers differ between hosts: only names, and those that are the same on all. */
const groups: Readonly<Record<string, readonly [Severity, string]>> = {
  docker: ['high', 'talk to the engine, where its socket is mounted'],
  podman: ['high', 'talk to the engine, where its socket is mounted'],
  lxd: ['high', 'talk to the engine, where its socket is mounted'],
  root: ['medium', 'read and write what belongs to the group of root'],
  '0': ['medium', 'read and write what belongs to the group of root'],
  wheel: ['medium', 'become root by sudo'],
  sudo: ['medium', 'become root by sudo'],
  disk: ['high', 'read and write disks, where they are given as devices'],
  '6': ['high', 'read and write disks, where they are given as devices'],
  shadow: ['medium', 'read the hashes of passwords'],
  '42': ['medium', 'read the hashes of passwords'],
  kmem: ['high', 'read the memory of the kernel'],
  adm: ['low', 'read logs'],
  '4': ['low', 'read logs'],
}

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container belongs to a powerful group',
  why: 'A user that is not root may still belong to a group that is as good as root: with the group docker and the engine’s socket it commands the host; group 0 owns many files of an image, so that “not root” changes little. It is the step that is forgotten when USER is set.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    user: "1000"\n    group_add:\n      - docker\n',
      good: 'services:\n  web:\n    image: web:1\n    user: "1000"\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    runAsUser: 1000\n    runAsGroup: 0\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    runAsUser: 1000\n    runAsGroup: 1000\n  containers:\n    - name: web\n      image: web:1\n',
      byHand: true,
    },
    { bad: 'docker run --group-add docker web:1', good: 'docker run web:1' },
  ],
  replaces: ['KSV-0116', 'C-0013'],
  links: ['https://docs.docker.com/engine/install/linux-postinstall/#manage-docker-as-a-non-root-user'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    if (!isLinux(container)) return
    for (const group of container.groups) {
      const known = Object.hasOwn(groups, group.value) ? groups[group.value]! : undefined
      if (!known) continue
      yield {
        at: group.at ?? container.at,
        severity: known[0],
        message: `the group \`${group.value}\` lets the container ${known[1]}`,
        ...mend('unsafe', 'Delete it; verify that the program can read its files', ...removal(group)),
      }
    }
    const { user } = container
    const [name, own] = user.value?.split(':') ?? []
    if (name && own !== undefined && /^(?:0+|root)$/.test(own) && !/^(?:0+|root)$/.test(name))
      yield {
        at: user.at ?? container.at,
        severity: 'low',
        message: `\`${user.value}\` has the group of root, to which many files of an image belong`,
        ...mend('manual', 'Use a group of its own; OpenShift’s images are made for group 0 and may stay as they are'),
      }
  },
})
