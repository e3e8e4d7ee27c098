import type { Report } from '../../../model/rule.ts'
import type { LabelSelector, Workload } from '../../../read/kubernetes/manifests.ts'
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
    if (!pod || !manifests || container.network.value === 'host' || endsByItself(pod.kind)) return
    if (!speaksForPod(container, facts)) return
    const { networkPolicies, workloads } = manifests
    const isOpen = ({ namespace, labels }: Pick<Workload, 'namespace' | 'labels'>): boolean =>
      !networkPolicies.some(policy => namespaceOf(policy) === namespaceOf({ namespace }) && selects(policy.podSelector, labels))
    if (!isOpen(pod)) return
    // Policies belong to a namespace: the first of those that have none speaks for all of them.
    const isAmong = (one: Workload): boolean =>
      namespaceOf(one) === namespaceOf(pod) && !one.isOnHostNetwork && !endsByItself(one.kind) && isOpen(one)
    const first = workloads.find(isAmong)
    if (first && !isSame(first, pod)) return
    const others = [...new Map(workloads.filter(isAmong).map(one => [JSON.stringify(identityOf(one)), one])).values()].filter(
      one => !isSame(one, pod),
    )
    yield {
      at: pod.at,
      ...(others.length > 0 ? { also: others.slice(0, maxPlaces).map(({ at }) => at) } : {}),
      ...(others.length > maxPlaces ? { isCut: true } : {}),
      message:
        others.length === 0
          ? `no NetworkPolicy in these files selects \`${pod.name}\`, so every pod of the cluster may talk to it`
          : `no NetworkPolicy in these files selects ${others.length + 1} workloads of the namespace \`${namespaceOf(pod)}\`, so every pod of the cluster may talk to them`,
      ...advise(
        others.length === 0
          ? 'Add a NetworkPolicy that denies by default and allows what the pod needs, or name the one that the cluster has'
          : 'Add a NetworkPolicy with an empty podSelector that denies by default, and others that allow what each needs',
      ),
    }
  },
})

const maxPlaces = 20

const namespaceOf = ({ namespace }: { readonly namespace: string | undefined }): string => namespace ?? 'default'

/** Nobody calls on them; they come and go. */
const endsByItself = (kind: string): boolean => /^(?:Job|CronJob)$|Workflow(?:Template)?$/.test(kind)

const identityOf = ({ kind, name, at }: Pick<Workload, 'kind' | 'name' | 'at'>): readonly string[] => [
  kind,
  name,
  at.in === 'file' ? at.path : '',
]

const isSame = (a: Pick<Workload, 'kind' | 'name' | 'at'>, b: Pick<Workload, 'kind' | 'name' | 'at'>): boolean =>
  identityOf(a).every((part, i) => part === identityOf(b)[i])

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
