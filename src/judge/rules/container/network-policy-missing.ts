import type { Report } from '../../../model/rule.ts'
import type { LabelSelector } from '../../../read/kubernetes/manifests.ts'
import { advise, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'No NetworkPolicy selects the pod',
  why: 'Without a policy every pod of a cluster talks to every other: whoever breaks into one reaches all databases, the metadata service of the cloud and the internet to send away what they found. A policy that denies by default and names who may come in makes one broken pod one broken pod.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Ingress, Egress]\n',
      byHand: true,
    },
  ],
  replaces: ['CIS 5.30', 'non-isolated-pod', 'C-0260'],
  links: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    const { manifests } = facts
    // On the host's network policies count for nothing, which is said by the rule on that.
    if (!pod || !manifests || container.network.value === 'host' || !speaksForPod(container, facts)) return
    const own = manifests.networkPolicies.filter(
      ({ namespace, podSelector }) =>
        (namespace ?? 'default') === (pod.namespace ?? 'default') && selects(podSelector, pod.labels),
    )
    if (own.length > 0) return
    yield {
      at: pod.at,
      message: `no NetworkPolicy in these files selects \`${pod.name}\`, so every pod of the cluster may talk to it`,
      ...advise('Add a NetworkPolicy that denies by default and allows what the pod needs, or name the one that the cluster has'),
    }
  },
})

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
const selects = ({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean => {
  const valueOf = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return (
    Object.entries(matchLabels).every(([key, value]) => valueOf(key) === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = valueOf(key)
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      return operator === 'Exists' ? value !== undefined : value === undefined
    })
  )
}
