import type { Location, Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import type { AccessRule } from '../../../read/kubernetes/manifests.ts'
import { advise, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { accessOf } from '../../service-account.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A pod’s service account may do too much in the cluster',
  why: 'Who breaks into a pod has its token. With a wildcard, or the right to read secrets, to create pods or to run commands in others, one broken web server becomes the whole namespace, and with a ClusterRole the whole cluster: they start a privileged pod on every node.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: web\n  containers:\n    - name: web\n      image: web:1\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: web\nrules:\n  - apiGroups: ["*"]\n    resources: ["*"]\n    verbs: ["*"]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: web\nsubjects:\n  - kind: ServiceAccount\n    name: web\n    namespace: default\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: web\n  containers:\n    - name: web\n      image: web:1\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: web\nrules:\n  - apiGroups: [""]\n    resources: [configmaps]\n    verbs: [get]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: web\nsubjects:\n  - kind: ServiceAccount\n    name: web\n    namespace: default\n',
      byHand: true,
    },
  ],
  replaces: [
    'KSV-0041',
    'KSV-0044',
    'KSV-0045',
    'KSV-0046',
    'CKV_K8S_49',
    'cluster-admin-role-binding',
    'wildcard-in-rules',
    'access-to-secrets',
    'access-to-create-pods',
    'C-0035',
    'C-0015',
    'C-0002',
  ],
  links: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    if (!pod || !speaksForPod(container, facts)) return
    const name = pod.serviceAccount.value ?? 'default'
    const own = pod.serviceAccount.at ?? pod.at
    // Where the right is given, unless that is another file.
    const places = (given: Location, ...more: readonly Location[]): Pick<Report, 'at' | 'also'> =>
      given.in === 'file' && own.in === 'file' && given.path === own.path
        ? { at: given, also: [...more, own] }
        : { at: own, also: [given, ...more] }
    for (const { binding, role, rules } of accessOf(pod, facts.manifests)) {
      const isWide = binding.kind === 'ClusterRoleBinding'
      const where = isWide ? 'in the whole cluster' : 'in its namespace'
      if (role === undefined) {
        const known = builtIn[binding.role.name]
        if (binding.role.kind !== 'ClusterRole' || known === undefined) continue
        yield {
          ...places(binding.at),
          severity: isWide ? known.severity : 'high',
          message: `the pod’s account \`${name}\` is \`${binding.role.name}\` ${where}: ${known.gives}`,
          ...advise('Bind a role of its own, with the verbs and resources that the program uses'),
        }
        continue
      }
      for (const rule of rules) {
        const danger = dangerOf(rule)
        if (!danger) continue
        yield {
          ...places(rule.at, binding.at),
          severity: danger.isTotal && isWide ? 'critical' : danger.severity,
          message: `the pod’s account \`${name}\` may ${danger.may} ${where}, by \`${role.name}\``,
          ...advise('Name the verbs and the resources that the program uses, by resourceNames where it is always the same one'),
        }
      }
    }
  },
})

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
const builtIn: Readonly<Record<string, { readonly severity: Severity; readonly gives: string }>> = {
  'cluster-admin': { severity: 'critical', gives: 'it may do everything' },
  admin: { severity: 'high', gives: 'it reads secrets, and starts and changes everything' },
  edit: { severity: 'high', gives: 'it reads secrets and starts pods as any account' },
}

type Danger = { readonly may: string; readonly severity: Severity; readonly isTotal?: true }

const dangerOf = ({ apiGroups, resources, verbs }: AccessRule): Danger | undefined => {
  const has = (list: readonly string[], ...names: readonly string[]): boolean =>
    list.includes('*') || names.some(name => list.includes(name))
  const isAny = (list: readonly string[]): boolean => list.includes('*')
  if (resources.length === 0) return undefined
  if (isAny(resources) && isAny(verbs)) return { may: 'do everything', severity: 'high', isTotal: true }
  if (has(verbs, 'escalate', 'bind') && has(resources, 'roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'))
    return { may: 'give itself every right', severity: 'high', isTotal: true }
  if (has(verbs, 'impersonate') && has(resources, 'users', 'groups', 'serviceaccounts'))
    return { may: 'act as anybody else', severity: 'high', isTotal: true }
  if (isAny(resources)) return { may: `${verbs.join(', ')} everything`, severity: 'high' }
  if (has(resources, 'secrets') && has(verbs, 'get', 'list', 'watch') && has(apiGroups, ''))
    return { may: 'read secrets', severity: 'medium' }
  if (has(resources, 'nodes/proxy')) return { may: 'ask every kubelet to run commands', severity: 'high', isTotal: true }
  if (has(resources, 'pods/exec', 'pods/attach', 'pods/ephemeralcontainers') && has(verbs, 'create', 'get', 'update', 'patch'))
    return { may: 'run commands in other pods', severity: 'high' }
  if (
    has(
      resources,
      'pods',
      'deployments',
      'daemonsets',
      'statefulsets',
      'jobs',
      'cronjobs',
      'replicasets',
      'replicationcontrollers',
    ) &&
    has(verbs, 'create')
  )
    return { may: 'start pods, with any account and any folder of the node', severity: 'medium' }
  if (has(resources, 'serviceaccounts/token') && has(verbs, 'create'))
    return { may: 'make tokens of other accounts', severity: 'high' }
  if (isAny(verbs)) return { may: `do everything with ${resources.join(', ')}`, severity: 'medium' }
  return undefined
}
