/** Who a pod is to the cluster, and what it may do. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
import type { Pod } from '../model/container.ts'
import type { AccessRule, Manifests, Role, RoleBinding, ServiceAccount } from '../read/kubernetes/manifests.ts'

/** Where a manifest names none, it is applied to this one. */
const namespaceOf = (namespace: string | undefined): string => namespace ?? 'default'

/** Its account, when the same streams declare it. */
export const serviceAccountOf = (pod: Pod, manifests: Manifests | undefined): ServiceAccount | undefined =>
  manifests?.serviceAccounts.find(
    ({ name, namespace }) =>
      name === (pod.serviceAccount.value ?? 'default') && namespaceOf(namespace) === namespaceOf(pod.namespace),
  )

/** A pod's own word wins over its account's; without either the token is mounted. */
export const hasToken = (pod: Pod, manifests: Manifests | undefined): boolean =>
  pod.automountToken.value ?? serviceAccountOf(pod, manifests)?.automountToken ?? true

export type Access = {
  readonly binding: RoleBinding
  /** Undefined: a role that is not declared here. */
  readonly role: Role | undefined
  readonly rules: readonly AccessRule[]
}

/** What the roles of these streams let the pod's account do. */
export const accessOf = (pod: Pod, manifests: Manifests | undefined): readonly Access[] => {
  if (!manifests) return []
  const namespace = namespaceOf(pod.namespace)
  const account = pod.serviceAccount.value ?? 'default'
  return manifests.roleBindings
    .filter(
      binding =>
        (binding.kind === 'ClusterRoleBinding' || namespaceOf(binding.namespace) === namespace) &&
        binding.subjects.some(subject => {
          if (subject.kind === 'ServiceAccount')
            return subject.name === account && namespaceOf(subject.namespace ?? binding.namespace) === namespace
          if (subject.kind === 'User') return subject.name === `system:serviceaccount:${namespace}:${account}`
          return (
            subject.kind === 'Group' &&
            /^system:(?:serviceaccounts(?::.+)?|authenticated)$/.test(subject.name) &&
            (!subject.name.startsWith('system:serviceaccounts:') || subject.name === `system:serviceaccounts:${namespace}`)
          )
        }),
    )
    .map(binding => {
      const role = manifests.roles.find(
        one =>
          one.kind === binding.role.kind &&
          one.name === binding.role.name &&
          (one.kind === 'ClusterRole' || namespaceOf(one.namespace) === namespaceOf(binding.namespace)),
      )
      return { binding, role, rules: role?.rules ?? [] }
    })
}
