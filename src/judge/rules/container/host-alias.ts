import type { Report } from '../../../model/rule.ts'
import { advise, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Names are resolved past DNS',
  why: 'hostAliases write into /etc/hosts, which is asked before DNS: a line there sends what was meant for a known name to another machine, and nobody who watches DNS sees it. Addresses in manifests also go stale, and then belong to somebody else.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostAliases:\n    - ip: 10.0.0.9\n      hostnames: [db.example.com]\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      byHand: true,
    },
  ],
  replaces: ['KSV-0007', 'kubesec HostAliases'],
  links: ['https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/'],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    if (!pod || !speaksForPod(container, facts)) return
    for (const { value, at } of pod.hostAliases)
      yield {
        at: at ?? pod.at,
        message: `\`${value}\` is resolved by the pod itself`,
        ...advise('Use a Service, or an ExternalName, so that the name is resolved by DNS'),
      }
  },
})
