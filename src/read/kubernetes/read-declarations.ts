/** What a stream declares besides pods: network policies, service accounts, roles and bindings, services, volumes and claims. */
import type { YamlMap } from '../yaml/tree.ts'
import { booleanAt, fieldOf, mapAt, mapsAt, type Notes, recordAt, textAt, textsAt } from './decode.ts'
import { groupOf, identityOf, type KubernetesObject } from './find-pods.ts'
import type {
  LabelSelector,
  Manifests,
  NetworkPolicy,
  PersistentVolume,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  VolumeClaim,
  Workload,
} from './manifests.ts'

import { cleanPath } from './security.ts'

export type Declarations = {
  readonly networkPolicies: NetworkPolicy[]
  readonly serviceAccounts: ServiceAccount[]
  readonly roles: Role[]
  readonly roleBindings: RoleBinding[]
  readonly services: Service[]
  readonly workloads: Workload[]
  readonly persistentVolumes: PersistentVolume[]
  readonly volumeClaims: VolumeClaim[]
}

export const newDeclarations = (): Declarations => ({
  networkPolicies: [],
  serviceAccounts: [],
  roles: [],
  roleBindings: [],
  services: [],
  workloads: [],
  persistentVolumes: [],
  volumeClaims: [],
})

/** Takes in what an object declares, if anything. Kinds of the same name in other groups (Knative's Service) are others. */
export const readDeclaration = (notes: Notes, object: KubernetesObject, into: Declarations): void => {
  const { kind, map } = object
  const group = groupOf(object)
  const base = identityOf(notes, map)
  const spec = (): YamlMap | undefined => mapAt(notes, map, 'spec')
  if (kind === 'NetworkPolicy' && (group === 'networking.k8s.io' || group === 'extensions')) {
    const types = textsAt(notes, spec(), 'policyTypes').map(({ value }) => value)
    into.networkPolicies.push({
      ...base,
      podSelector: selectorOf(notes, mapAt(notes, spec(), 'podSelector')),
      // Without the field: incoming traffic always, outgoing when there are rules for it.
      policyTypes: types.length > 0 ? types : fieldOf(spec(), 'egress') ? ['Ingress', 'Egress'] : ['Ingress'],
    })
  } else if (kind === 'ServiceAccount' && group === '')
    into.serviceAccounts.push({ ...base, automountToken: booleanAt(notes, map, 'automountServiceAccountToken')?.value })
  else if ((kind === 'Role' || kind === 'ClusterRole') && isRbac(group))
    into.roles.push({
      ...base,
      kind,
      rules: mapsAt(notes, map, 'rules').map(rule => ({
        apiGroups: textsAt(notes, rule.map, 'apiGroups').map(({ value }) => value),
        resources: textsAt(notes, rule.map, 'resources').map(({ value }) => value),
        verbs: textsAt(notes, rule.map, 'verbs').map(({ value }) => value),
        resourceNames: textsAt(notes, rule.map, 'resourceNames').map(({ value }) => value),
        at: rule.at,
      })),
    })
  else if ((kind === 'RoleBinding' || kind === 'ClusterRoleBinding') && isRbac(group)) {
    const role = mapAt(notes, map, 'roleRef')
    into.roleBindings.push({
      ...base,
      kind,
      role: { kind: textAt(notes, role, 'kind')?.value ?? '', name: textAt(notes, role, 'name')?.value ?? '' },
      subjects: mapsAt(notes, map, 'subjects').map(subject => ({
        kind: textAt(notes, subject.map, 'kind')?.value ?? '',
        name: textAt(notes, subject.map, 'name')?.value ?? '',
        namespace: textAt(notes, subject.map, 'namespace')?.value,
      })),
    })
  } else if (kind === 'Service' && group === '')
    into.services.push({
      ...base,
      selector: recordAt(notes, spec(), 'selector'),
      type: textAt(notes, spec(), 'type')?.value ?? 'ClusterIP',
    })
  else if (kind === 'PersistentVolume' && group === '') {
    const folder = mapAt(notes, spec(), 'hostPath') ?? mapAt(notes, spec(), 'local')
    const path = textAt(notes, folder, 'path')?.value
    if (path === undefined) return
    const claim = mapAt(notes, spec(), 'claimRef')
    const name = textAt(notes, claim, 'name')?.value
    into.persistentVolumes.push({
      ...base,
      path: cleanPath(path),
      storageClass: textAt(notes, spec(), 'storageClassName')?.value,
      claim: name === undefined ? undefined : { name, namespace: textAt(notes, claim, 'namespace')?.value },
    })
  } else if (kind === 'PersistentVolumeClaim' && group === '')
    into.volumeClaims.push({
      ...base,
      volumeName: textAt(notes, spec(), 'volumeName')?.value,
      storageClass: textAt(notes, spec(), 'storageClassName')?.value,
    })
}

const isRbac = (group: string): boolean => group === 'rbac.authorization.k8s.io' || group === 'authorization.openshift.io'

const selectorOf = (notes: Notes, map: YamlMap | undefined): LabelSelector => ({
  matchLabels: recordAt(notes, map, 'matchLabels'),
  matchExpressions: mapsAt(notes, map, 'matchExpressions').map(({ map: one }) => ({
    key: textAt(notes, one, 'key')?.value ?? '',
    operator: textAt(notes, one, 'operator')?.value ?? '',
    values: textsAt(notes, one, 'values').map(({ value }) => value),
  })),
})

export const mergeManifests = (list: readonly Manifests[]): Manifests => ({
  networkPolicies: list.flatMap(({ networkPolicies }) => networkPolicies),
  serviceAccounts: list.flatMap(({ serviceAccounts }) => serviceAccounts),
  roles: list.flatMap(({ roles }) => roles),
  roleBindings: list.flatMap(({ roleBindings }) => roleBindings),
  services: list.flatMap(({ services }) => services),
  workloads: list.flatMap(({ workloads }) => workloads),
  persistentVolumes: list.flatMap(({ persistentVolumes }) => persistentVolumes),
  volumeClaims: list.flatMap(({ volumeClaims }) => volumeClaims),
})
