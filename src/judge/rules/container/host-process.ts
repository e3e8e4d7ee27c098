import type { Report } from '../../../model/rule.ts'
import { mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container is a process of its Windows host',
  why: 'A HostProcess container is no container: it runs on the Windows host itself, with its file system, its network and its accounts, as SYSTEM if it asks for it. It is what privileged is on Linux. Whoever takes it over has the node, and the credentials of its kubelet.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  os:\n    name: windows\n  hostNetwork: true\n  containers:\n    - name: agent\n      image: agent:1\n      securityContext:\n        windowsOptions:\n          hostProcess: true\n          runAsUserName: NT AUTHORITY\\SYSTEM\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  os:\n    name: windows\n  containers:\n    - name: agent\n      image: agent:1\n',
      byHand: true,
    },
  ],
  replaces: ['KSV-0103'],
  links: ['https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { hostProcess } = container
    if (!hostProcess.value) return
    yield {
      at: placeOf(hostProcess, container),
      message: 'the container runs as a process of the Windows host itself',
      ...mend('unsafe', 'Delete it, unless the program manages the node', ...removal(hostProcess)),
    }
  },
})
