/** What the token of a pod's service account may do, as far as the streams of this run say. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
import type { Pod } from '../model/container.ts'
import type { AccessRule, Manifests } from '../read/kubernetes/manifests.ts'

/** Empty where no token is mounted, or nothing is known of the account. */
export const accessOf = (pod: Pod, manifests: Manifests | undefined): readonly AccessRule[] => {
  if (!manifests || !hasToken(pod, manifests)) return []
  const name = pod.serviceAccount.value ?? 'default'
  const bindings = manifests.roleBindings.filter(({ subjects, namespace }) =>
    subjects.some(
      subject =>
        subject.kind === 'ServiceAccount' &&
        subject.name === name &&
        (subject.namespace ?? namespace ?? 'default') === (pod.namespace ?? 'default'),
    ),
  )
  return bindings.flatMap(({ role, namespace }) =>
    manifests.roles
      .filter(
        one => one.kind === role.kind && one.name === role.name && (one.kind === 'ClusterRole' || one.namespace === namespace),
      )
      .flatMap(({ rules }) => rules),
  )
}

/** A pod's own word wins over its account's; without either the token is mounted. */
export const hasToken = (pod: Pod, manifests: Manifests | undefined): boolean => {
  if (pod.automountToken.value !== undefined) return pod.automountToken.value
  const account = manifests?.serviceAccounts.find(
    ({ name, namespace }) =>
      name === (pod.serviceAccount.value ?? 'default') && (namespace ?? 'default') === (pod.namespace ?? 'default'),
  )
  return account?.automountToken ?? true
}
