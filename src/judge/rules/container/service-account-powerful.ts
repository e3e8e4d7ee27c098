import { compareSeverity, type Location } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { powersOf } from '../../cluster-powers.ts'
import { advise, quoted, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { type Access, accessOf, type Right, rightsOf } from '../../service-account.ts'

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
    const rights = rightsOf(pod, facts.manifests)
    const found = [
      ...rights.map(said),
      ...(rights.some(({ names }) => !names) ? [] : wildcards(accessOf(pod, facts.manifests))),
    ].sort((a, b) => compareSeverity(a.severity, b.severity))
    const [worst] = found
    if (!worst) return
    const own = pod.serviceAccount.at ?? pod.at
    const places = found.slice(0, maxPlaces).flatMap(({ at, binding }) => [at, binding])
    // Where the right is given, so that pods of one account tell of it once; unless that is another file.
    const isHere = worst.at.in === 'file' && own.in === 'file' && worst.at.path === own.path
    const [at, ...also] = unique(isHere ? [...places, own] : [own, ...places])
    yield {
      at: at!,
      ...(also.length > 0 ? { also } : {}),
      ...(found.length > maxPlaces ? { isCut: true } : {}),
      severity: worst.severity,
      message: `the pod’s account \`${pod.serviceAccount.value ?? 'default'}\` may ${inWords(found)}`,
      ...advise(
        worst.severity === 'info'
          ? 'Nothing, where the program needs it: it is limited to these already'
          : 'Bind a role of its own, with the verbs and the resources that the program uses, by resourceNames where it is always the same one',
      ),
    }
  },
})

type Said = Pick<Right, 'severity' | 'where' | 'by' | 'elsewhere' | 'at'> & { readonly may: string; readonly binding: Location }

const maxPlaces = 10
/** Of rights that are told in one sentence. */
const maxTold = 6

const said = ({ power, names, binding, ...how }: Right): Said => ({
  ...how,
  may: names ? `${power.may} (only ${quoted(names.slice(0, 3))}${names.length > 3 ? ' and others' : ''})` : power.may,
  binding: binding.at,
})

/** What is yet to come to a group of the API comes with it. Beside a power that is nothing to speak of. */
const wildcards = (accesses: readonly Access[]): readonly Said[] =>
  accesses.flatMap(({ binding, role, rules, scope, where, elsewhere }) =>
    rules.flatMap(rule => {
      const { apiGroups, resources, verbs } = rule
      if (resources.length === 0 || powersOf(rule, scope).length > 0) return []
      const isWide = resources.includes('*') && verbs.some(verb => changing.has(verb))
      if (!isWide && !verbs.includes('*')) return []
      const groups = apiGroups.map(group => (group === '' ? 'core' : group))
      return {
        severity: isWide && apiGroups.some(group => group === '*' || isBuiltIn(group)) ? ('medium' as const) : ('low' as const),
        may: `${verbs.includes('*') ? 'do everything with' : 'change'} ${
          isWide ? `all of ${quoted(groups)}` : `${quoted(resources.slice(0, 3))}${resources.length > 3 ? ' and others' : ''}`
        }`,
        where,
        elsewhere,
        by: role?.name ?? binding.role.name,
        at: rule.at,
        binding: binding.at,
      }
    }),
  )

const changing: ReadonlySet<string> = new Set(['*', 'create', 'update', 'patch', 'delete', 'deletecollection'])

/** Kubernetes' own groups have no dot, or end so. */
const isBuiltIn = (group: string): boolean => !group.includes('.') || /\.k8s\.io$/.test(group)

/** `read secrets and start pods in its namespace, by \`web\`; …` */
const inWords = (found: readonly Said[]): string => {
  const groups = new Map<string, Said[]>()
  for (const one of found.slice(0, maxTold)) {
    const key = JSON.stringify([one.where, one.by, one.elsewhere])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const parts = [...groups.values()].map(list => {
    const [{ where, by, elsewhere }] = list as [Said, ...Said[]]
    const mays = [...new Set(list.map(({ may }) => may))]
    const all = mays.length > 1 ? `${mays.slice(0, -1).join(', ')} and ${mays.at(-1)}` : mays[0]!
    const ifApplied = elsewhere.length > 0 ? `, if ${quoted(elsewhere)} ${elsewhere.length > 1 ? 'are' : 'is'} applied too` : ''
    return `${all} ${where}, by \`${by}\`${ifApplied}`
  })
  return `${parts.join('; ')}${found.length > maxTold ? `; and ${found.length - maxTold} more` : ''}`
}

const unique = (places: readonly Location[]): readonly Location[] => [
  ...new Map(places.map(place => [JSON.stringify(place), place])).values(),
]
