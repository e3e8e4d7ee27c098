/** Who a pod is to the cluster, and what it may do. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
import type { Pod } from '../model/container.ts'
import type { Location } from '../model/finding.ts'
import type { AccessRule, Manifests, Role, RoleBinding, ServiceAccount } from '../read/kubernetes/manifests.ts'
import { builtInPowers, type Given, powers, powersOf, type Scope } from './cluster-powers.ts'

/** Where a manifest names none, it is applied to this one. */
const namespaceOf = (namespace: string | undefined): string => namespace ?? 'default'

const pathOf = (at: Location): string => (at.in === 'file' ? at.path : '')
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** 0: in the same file; 1: in the same folder; 2: somewhere else, which may be another installation of the same program. */
const distance = (a: Location, b: Location): 0 | 1 | 2 => {
  const [one, other] = [pathOf(a), pathOf(b)]
  return one === other ? 0 : folderOf(one) === folderOf(other) ? 1 : 2
}

/** Of things that are declared more than once, the one that is applied together with what stands there. */
const nearest = <T extends { readonly at: Location }>(list: readonly T[], to: Location): T | undefined => {
  let found: T | undefined
  for (const one of list) if (!found || distance(one.at, to) < distance(found.at, to)) found = one
  return found
}

/** Its account, when the same streams declare it. */
export const serviceAccountOf = (pod: Pod, manifests: Manifests | undefined): ServiceAccount | undefined =>
  nearest(accountsOf(pod, manifests), pod.at)

const accountsOf = (pod: Pod, manifests: Manifests | undefined): readonly ServiceAccount[] =>
  manifests?.serviceAccounts.filter(
    ({ name, namespace }) =>
      name === (pod.serviceAccount.value ?? 'default') && namespaceOf(namespace) === namespaceOf(pod.namespace),
  ) ?? []

/** The volumes by which it gets one beside that. */
export const tokenVolumes = (pod: Pod): Pod['volumes'] => pod.volumes.filter(({ value }) => value.hasToken)

export const hasToken = (pod: Pod, manifests: Manifests | undefined): boolean =>
  tokenVolumes(pod).length > 0 || isTokenMounted(pod, manifests)

/** A pod's own word wins over its account's; without either the token is mounted. */
const isTokenMounted = (pod: Pod, manifests: Manifests | undefined): boolean =>
  pod.automountToken.value ?? serviceAccountOf(pod, manifests)?.automountToken ?? true

export type Access = {
  readonly binding: RoleBinding
  /** Undefined: a role that is not declared here. */
  readonly role: Role | undefined
  readonly rules: readonly AccessRule[]
  readonly scope: Scope
  /** `in the whole cluster`, `in its namespace`. */
  readonly where: string
  /** Files of other folders: it holds if they are applied as well. */
  readonly elsewhere: readonly string[]
}

/** What the roles of these streams let the pod's account do. */
export const accessOf = (pod: Pod, manifests: Manifests | undefined): readonly Access[] => {
  if (!manifests) return []
  // Several rules ask, of each container of the pod.
  const known = accesses.get(pod)
  if (known?.manifests === manifests) return known.found
  const found = findAccess(pod, manifests)
  accesses.set(pod, { manifests, found })
  return found
}
const accesses = new WeakMap<Pod, { readonly manifests: Manifests; readonly found: readonly Access[] }>()

const findAccess = (pod: Pod, manifests: Manifests): readonly Access[] => {
  const found = manifests.roleBindings.filter(binding => speaksOf(binding, pod))
  if (found.length === 0) return []
  const others = found.some(({ at }) => distance(at, pod.at) > 0) ? alternatives(pod, manifests) : new Set<string>()
  const byName = new Map<string, RoleBinding[]>()
  for (const binding of found) {
    if (others.has(pathOf(binding.at))) continue
    const name = JSON.stringify([binding.kind, binding.kind === 'RoleBinding' && namespaceOf(binding.namespace), binding.name])
    byName.set(name, [...(byName.get(name) ?? []), binding])
  }
  return [...byName.values()].map(same => {
    const binding = nearest(same, pod.at)!
    const role = nearest(
      manifests.roles.filter(
        one =>
          one.kind === binding.role.kind &&
          one.name === binding.role.name &&
          (one.kind === 'ClusterRole' || namespaceOf(one.namespace) === namespaceOf(binding.namespace)),
      ),
      binding.at,
    )
    const places = [binding.at, ...(role ? [role.at] : [])]
    return {
      binding,
      role,
      rules: role?.rules ?? [],
      scope: binding.kind === 'ClusterRoleBinding' ? 'cluster' : 'namespace',
      where:
        binding.kind === 'ClusterRoleBinding'
          ? 'in the whole cluster'
          : namespaceOf(binding.namespace) === namespaceOf(pod.namespace)
            ? 'in its namespace'
            : `in the namespace \`${namespaceOf(binding.namespace)}\``,
      elsewhere: [...new Set(places.filter(at => distance(at, pod.at) === 2).map(pathOf))],
    }
  })
}

const speaksOf = (binding: RoleBinding, pod: Pod): boolean => {
  const namespace = namespaceOf(pod.namespace)
  const account = pod.serviceAccount.value ?? 'default'
  return binding.subjects.some(subject => {
    if (subject.kind === 'ServiceAccount')
      return subject.name === account && namespaceOf(subject.namespace ?? binding.namespace) === namespace
    if (subject.kind === 'User') return subject.name === `system:serviceaccount:${namespace}:${account}`
    return (
      subject.kind === 'Group' &&
      /^system:(?:serviceaccounts(?::.+)?|authenticated)$/.test(subject.name) &&
      (!subject.name.startsWith('system:serviceaccounts:') || subject.name === `system:serviceaccounts:${namespace}`)
    )
  })
}

/** Files that declare the very same things as the pod's own: they are applied instead of it, not together with it. */
const alternatives = (pod: Pod, manifests: Manifests): ReadonlySet<string> => {
  const accounts = accountsOf(pod, manifests).filter(({ at }) => at.in === 'file')
  const own = pathOf(pod.at)
  const same = manifests.workloads.filter(
    ({ kind, name, namespace }) =>
      kind === pod.kind && name === pod.name && namespaceOf(namespace) === namespaceOf(pod.namespace),
  )
  return new Set(
    [...same, ...(accounts.some(({ at }) => pathOf(at) === own) ? accounts : [])]
      .map(({ at }) => pathOf(at))
      .filter(path => path !== own),
  )
}

/** A power over the cluster, and how the pod came by it. */
export type Right = Given &
  Pick<Access, 'where' | 'elsewhere' | 'scope' | 'binding'> & {
    /** The role's name. */
    readonly by: string
    /** The rule of the role; the binding for roles that every cluster has. */
    readonly at: Location
    readonly rule: AccessRule | undefined
  }

/** The powers that the pod's account has: each once for a scope, in none that a wider one holds; nothing else beside everything. */
export const rightsOf = (pod: Pod, manifests: Manifests | undefined): readonly Right[] => {
  const account = pod.serviceAccount.value ?? 'default'
  const all = accessOf(pod, manifests).flatMap(({ binding, role, rules, scope, where, elsewhere }) => {
    const how = { binding, by: binding.role.name, scope, where, elsewhere }
    if (role === undefined)
      return (binding.role.kind === 'ClusterRole' ? (builtInPowers(binding.role.name) ?? []) : []).map(
        (power): Right => ({
          ...how,
          power,
          severity: scope === 'cluster' ? power.inCluster : power.inNamespace,
          at: binding.at,
          rule: undefined,
        }),
      )
    return rules.flatMap(rule =>
      powersOf(rule, scope)
        // A token of its own it has already.
        .filter(({ names }) => names === undefined || names.some(name => name !== account))
        .map((given): Right => ({ ...how, ...given, at: rule.at, rule })),
    )
  })
  const best = new Map<string, Right>()
  const kindOf = (may: string, { where, names = [] }: Pick<Right, 'where' | 'names'>): string =>
    JSON.stringify([may, where, ...names])
  for (const right of all) {
    const known = best.get(kindOf(right.power.may, right))
    if (!known || right.elsewhere.length < known.elsewhere.length) best.set(kindOf(right.power.may, right), right)
  }
  const wide = 'in the whole cluster'
  /** By a right without a limit, of the same or the widest scope. */
  const isHeld = (may: string, { where, names, scope }: Right): boolean =>
    (names !== undefined && best.has(kindOf(may, { where }))) || (scope !== 'cluster' && best.has(kindOf(may, { where: wide })))
  return [...best.values()].filter(
    right =>
      !isHeld(right.power.may, right) &&
      (right.power === powers.everything ||
        !(
          best.has(kindOf(powers.everything.may, { where: right.where })) ||
          best.has(kindOf(powers.everything.may, { where: wide }))
        )),
  )
}
