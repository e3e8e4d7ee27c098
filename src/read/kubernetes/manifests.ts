/** What the streams of one run declare besides containers: plain data that rules on pods look things up in. */
import type { Location } from '../../model/finding.ts'

export type LabelSelector = {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[]
}

export type NetworkPolicy = {
  readonly name: string
  readonly namespace: string | undefined
  readonly podSelector: LabelSelector
  /** `Ingress`, `Egress`. */
  readonly policyTypes: readonly string[]
  readonly at: Location
}

export type ServiceAccount = {
  readonly name: string
  readonly namespace: string | undefined
  readonly automountToken: boolean | undefined
  readonly at: Location
}

/** A rule of a Role or ClusterRole. */
export type AccessRule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  /** Empty: all of them. */
  readonly resourceNames: readonly string[]
  readonly at: Location
}
export type Role = {
  readonly kind: 'Role' | 'ClusterRole'
  readonly name: string
  readonly namespace: string | undefined
  readonly rules: readonly AccessRule[]
  readonly at: Location
}
export type RoleBinding = {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding'
  readonly name: string
  readonly namespace: string | undefined
  readonly role: { readonly kind: string; readonly name: string }
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string | undefined }[]
  readonly at: Location
}

export type Service = {
  readonly name: string
  readonly namespace: string | undefined
  readonly selector: Readonly<Record<string, string>>
  readonly type: string
  readonly at: Location
}

/** What runs pods, as far as others ask of it. */
export type Workload = {
  /** `Deployment`, `Pod`, … */
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  /** Of its pods. */
  readonly labels: Readonly<Record<string, string>>
  readonly isOnHostNetwork: boolean
  readonly at: Location
}

/** One that is a folder of a node. */
export type PersistentVolume = {
  readonly name: string
  /** Of `hostPath` or `local`. */
  readonly path: string
  readonly storageClass: string | undefined
  /** Kept for this one. */
  readonly claim: { readonly name: string; readonly namespace: string | undefined } | undefined
  readonly at: Location
}

export type VolumeClaim = {
  readonly name: string
  readonly namespace: string | undefined
  /** Of the volume that it wants. */
  readonly volumeName: string | undefined
  readonly storageClass: string | undefined
  readonly at: Location
}

export type Manifests = {
  readonly networkPolicies: readonly NetworkPolicy[]
  readonly serviceAccounts: readonly ServiceAccount[]
  readonly roles: readonly Role[]
  readonly roleBindings: readonly RoleBinding[]
  readonly services: readonly Service[]
  readonly workloads: readonly Workload[]
  readonly persistentVolumes: readonly PersistentVolume[]
  readonly volumeClaims: readonly VolumeClaim[]
}

export const noManifests: Manifests = {
  networkPolicies: [],
  serviceAccounts: [],
  roles: [],
  roleBindings: [],
  services: [],
  workloads: [],
  persistentVolumes: [],
  volumeClaims: [],
}
