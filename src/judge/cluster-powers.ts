/**
 * What rights in a cluster are worth to an attacker. One table, for the rule on service accounts and for the ways out.
 * https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
import type { Severity } from '../model/finding.ts'
import type { AccessRule } from '../read/kubernetes/manifests.ts'

/** Of a role that is bound by a RoleBinding: one namespace. */
export type Scope = 'cluster' | 'namespace'

export type Power = {
  /** The API's groups; '' is the first one, of pods and secrets. */
  readonly groups: readonly string[]
  readonly resources: readonly string[]
  /** Resources of the same groups that belong to no namespace: a right to them that is bound in one gives nothing. */
  readonly clusterResources?: readonly string[]
  readonly verbs: readonly string[]
  /** To follow “may”, and to follow “it”. */
  readonly may: string
  readonly does: string
  readonly inCluster: Severity
  readonly inNamespace: Severity
}

const startingPods = {
  may: 'start pods with any account and any folder of the node',
  does: 'starts pods with any account and any folder of the node',
  inCluster: 'high',
  inNamespace: 'high',
} as const
const runningCommands = {
  may: 'run commands in other pods',
  does: 'runs commands in other pods',
  inCluster: 'high',
  inNamespace: 'high',
} as const

export const powers = {
  everything: {
    groups: ['*'],
    resources: ['*'],
    verbs: ['*'],
    may: 'do everything',
    does: 'does everything',
    inCluster: 'critical',
    inNamespace: 'high',
  },
  // Whoever changes a role is kept from giving more than they have, but for these two verbs:
  // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
  escalate: {
    groups: ['rbac.authorization.k8s.io'],
    resources: ['roles'],
    clusterResources: ['clusterroles'],
    verbs: ['escalate', 'bind'],
    may: 'give itself every right',
    does: 'gives itself every right',
    inCluster: 'critical',
    inNamespace: 'high',
  },
  impersonate: {
    groups: [''],
    resources: ['serviceaccounts'],
    clusterResources: ['users', 'groups'],
    verbs: ['impersonate'],
    may: 'act as anybody else',
    does: 'acts as anybody else',
    inCluster: 'critical',
    inNamespace: 'high',
  },
  tokens: {
    groups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    may: 'make tokens of other accounts',
    does: 'makes tokens of other accounts',
    inCluster: 'critical',
    inNamespace: 'high',
  },
  kubelets: {
    groups: [''],
    resources: [],
    clusterResources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    may: 'ask every kubelet to run commands',
    does: 'has every kubelet run commands',
    inCluster: 'critical',
    inNamespace: 'critical',
  },
  pods: {
    groups: [''],
    resources: ['pods'],
    verbs: ['create'],
    ...startingPods,
  },
  replicationControllers: {
    groups: [''],
    resources: ['replicationcontrollers'],
    verbs: ['create', 'update', 'patch'],
    ...startingPods,
  },
  workloads: {
    groups: ['apps', 'extensions'],
    resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'],
    verbs: ['create', 'update', 'patch'],
    ...startingPods,
  },
  jobs: {
    groups: ['batch'],
    resources: ['jobs', 'cronjobs'],
    verbs: ['create'],
    ...startingPods,
  },
  // Of a Job only what says when it runs may be changed; of a CronJob everything.
  cronJobs: {
    groups: ['batch'],
    resources: ['cronjobs'],
    verbs: ['update', 'patch'],
    ...startingPods,
  },
  exec: {
    groups: [''],
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    ...runningCommands,
  },
  ephemeral: {
    groups: [''],
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    ...runningCommands,
  },
  secrets: {
    groups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
    may: 'read secrets',
    does: 'reads secrets',
    inCluster: 'high',
    inNamespace: 'medium',
  },
} as const satisfies Readonly<Record<string, Power>>

type PowerName = keyof typeof powers

/** What everybody’s cluster has: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const usersPowers: readonly PowerName[] = ['secrets', 'pods', 'exec', 'impersonate', 'tokens']
const builtIn: Readonly<Record<string, readonly PowerName[]>> = {
  'cluster-admin': ['everything'],
  admin: usersPowers,
  edit: usersPowers,
}

/** Undefined for a role that not every cluster has. */
export const builtInPowers = (role: string): readonly Power[] | undefined =>
  Object.hasOwn(builtIn, role) ? builtIn[role]!.map(name => powers[name]) : undefined

/** Undefined: the role gives none of these powers. `names`: only over these objects, which is told and weighs little. */
export type Given = { readonly power: Power; readonly severity: Severity; readonly names?: readonly string[] }

/** The powers that one rule of a role gives. */
export const powersOf = (rule: AccessRule, scope: Scope): readonly Given[] =>
  Object.values<Power>(powers).flatMap(power => {
    if (!gives(rule, power, scope)) return []
    const severity = scope === 'cluster' ? power.inCluster : power.inNamespace
    if (rule.resourceNames.length === 0 || isUnlimited(rule, power)) return [{ power, severity }]
    // The name of what is yet to be made is not known when the right to make it is asked for:
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
    const [first = ''] = power.resources
    if (!first.includes('/') && !power.verbs.some(verb => verb !== 'create' && has(rule.verbs, verb))) return []
    return [{ power, severity: 'info' as const, names: rule.resourceNames }]
  })

/** Names that make the limit worth nothing. */
const isUnlimited = ({ resourceNames, verbs }: AccessRule, power: Power): boolean =>
  (power === powers.escalate && (has(verbs, 'escalate') || resourceNames.includes('cluster-admin'))) ||
  (power === powers.impersonate && resourceNames.includes('system:masters')) ||
  power === powers.kubelets

const gives = ({ apiGroups, resources, verbs }: AccessRule, power: Power, scope: Scope): boolean => {
  if (power === powers.everything) return apiGroups.includes('*') && resources.includes('*') && verbs.includes('*')
  const wanted = scope === 'cluster' ? [...power.resources, ...(power.clusterResources ?? [])] : power.resources
  return (
    power.groups.some(group => has(apiGroups, group)) &&
    wanted.some(resource => matches(resources, resource)) &&
    power.verbs.some(verb => has(verbs, verb))
  )
}

const has = (given: readonly string[], wanted: string): boolean => given.includes('*') || given.includes(wanted)

/** `*` are subresources too; a star before `/scale` means that one of every resource (https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1/). */
const matches = (given: readonly string[], wanted: string): boolean => {
  if (has(given, wanted)) return true
  const slash = wanted.indexOf('/')
  return slash !== -1 && given.includes(`*${wanted.slice(slash)}`)
}
