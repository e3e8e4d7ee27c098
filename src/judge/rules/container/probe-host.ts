import type { Report } from '../../../model/rule.ts'
import { mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A probe makes the node ask another machine',
  why: 'It is the kubelet that sends probes, from the node’s own network and past all policies. With a `host` in a probe, whoever may create pods makes nodes send requests to any address: cloud metadata, other nodes, services that listen on 127.0.0.1 only. Since 1.34 the baseline standard forbids it.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      livenessProbe:\n        httpGet:\n          host: 169.254.169.254\n          path: /\n          port: 80\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      livenessProbe:\n        httpGet:\n          path: /\n          port: 80\n',
    },
  ],
  links: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    for (const host of container.probeHosts)
      if (host.value !== '')
        yield {
          at: host.at ?? container.at,
          message: `the node itself asks \`${host.value}\``,
          ...mend(
            // In the node's own network a program may well listen on 127.0.0.1 only, as parts of the control plane do.
            container.network.value === 'host' ? 'unsafe' : 'safe',
            'Delete it, which brings back the pod’s own address: that is asked then, so the program listens there',
            ...removal(host),
          ),
        }
  },
})
