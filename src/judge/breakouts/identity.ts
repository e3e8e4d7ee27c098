import type { Severity } from '../../model/finding.ts'
import type { AccessRule } from '../../read/kubernetes/manifests.ts'
import { breakoutPath, type Part, partAt, placed, type Way } from '../breakout-path.ts'
import { speaksForPod } from '../container-queries.ts'
import { accessOf, hasToken } from '../service-account.ts'

type Power = {
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly gets: string
  readonly severity: Severity
}

/** https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks */
const powers: readonly Power[] = [
  { resources: ['*'], verbs: ['*'], gets: 'does everything in the cluster', severity: 'critical' },
  {
    resources: ['pods', 'deployments', 'daemonsets', 'statefulsets', 'jobs', 'cronjobs', 'replicasets', 'replicationcontrollers'],
    verbs: ['create', 'update', 'patch'],
    gets: 'starts a privileged pod on any node, and has the node',
    severity: 'critical',
  },
  {
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    gets: 'runs commands in other pods, privileged ones too',
    severity: 'high',
  },
  {
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
    gets: 'reads the secrets of the namespace or of the cluster',
    severity: 'high',
  },
  {
    resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
    verbs: ['create', 'update', 'patch', 'bind', 'escalate'],
    gets: 'gives itself any right',
    severity: 'critical',
  },
  { resources: ['serviceaccounts/token'], verbs: ['create'], gets: 'makes tokens of other accounts', severity: 'critical' },
  {
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    gets: 'commands the kubelets: runs anything in any pod',
    severity: 'critical',
  },
  { resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'], gets: 'acts as anybody', severity: 'critical' },
]

/** What everybody's cluster has: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const knownRoles: Readonly<Record<string, { readonly gets: string; readonly severity: Severity }>> = {
  'cluster-admin': powers[0]!,
  admin: { gets: 'reads every secret of the namespace, and starts pods as any account', severity: 'critical' },
  edit: { gets: 'reads every secret of the namespace, and starts pods as any account', severity: 'critical' },
}

/** By their programs' documentation, variables whose value is the key of an account at a cloud. */
const cloudKeys: Readonly<Record<string, string>> = {
  AWS_SECRET_ACCESS_KEY: 'AWS',
  AZURE_CLIENT_SECRET: 'Azure',
  GOOGLE_CREDENTIALS: 'Google Cloud',
  DIGITALOCEAN_TOKEN: 'DigitalOcean',
  DIGITALOCEAN_ACCESS_TOKEN: 'DigitalOcean',
  HCLOUD_TOKEN: 'Hetzner Cloud',
  LINODE_TOKEN: 'Linode',
  CLOUDFLARE_API_TOKEN: 'Cloudflare',
}

export default breakoutPath({
  code: 'E18',
  summary: 'The token of a pod commands the cluster, a key in the environment the cloud',
  links: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/', 'https://attack.mitre.org/techniques/T1552/'],
  *find({ container, facts }): Iterable<Way> {
    for (const { name, value, at } of container.environment) {
      const cloud = Object.hasOwn(cloudKeys, name) ? cloudKeys[name] : undefined
      if (cloud === undefined || value === '') continue
      yield {
        title: `A key of ${cloud} is in its environment`,
        severity: 'medium',
        chain: [placed(`\`${name}\` is set`, at)],
        depends: ['the key may do more than this container needs'],
        gets: `acts in ${cloud} with that key, from anywhere`,
        reaches: 'cluster',
        close: {
          title: 'Take the key out: give the machine or the pod a role that may do only this',
          wishes: [{ do: 'remove', at }],
        },
      }
    }
    const { pod } = container
    if (!pod || facts.manifests === undefined || !hasToken(pod, facts.manifests)) return
    // One way for each kind of power, told of the first container of the pod: all of them have the token.
    if (!speaksForPod(container, facts)) return
    const way = (gets: string, severity: Severity, may: Part): Way => ({
      title: `The pod’s token ${gets}`,
      severity,
      chain: [partAt('the service account’s token is mounted', pod.serviceAccount), may],
      depends: [],
      gets,
      reaches: 'cluster',
      close: {
        title: 'Do not mount the token where the program does not ask the cluster, or narrow the role',
        wishes: [{ do: 'set', field: 'automountToken', value: false }],
      },
    })
    const accesses = accessOf(pod, facts.manifests)
    for (const { binding, role } of accesses) {
      const known = role === undefined && binding.role.kind === 'ClusterRole' && Object.hasOwn(knownRoles, binding.role.name)
      if (!known) continue
      const { gets, severity } = knownRoles[binding.role.name]!
      yield way(gets, severity, placed(`it is \`${binding.role.name}\``, binding.at))
    }
    const rules = accesses.flatMap(access => access.rules)
    for (const power of powers) {
      const rule = rules.find(one => gives(one, power))
      if (!rule) continue
      yield way(power.gets, power.severity, placed(`it may ${rule.verbs.join(', ')} ${rule.resources.join(', ')}`, rule.at))
      if (power.resources[0] === '*') return
    }
  },
})

const gives = ({ resources, verbs }: AccessRule, power: Power): boolean =>
  power.resources.some(one => resources.includes(one) || resources.includes('*')) &&
  power.verbs.some(one => verbs.includes(one) || verbs.includes('*')) &&
  (power.resources[0] !== '*' || (resources.includes('*') && verbs.includes('*')))
