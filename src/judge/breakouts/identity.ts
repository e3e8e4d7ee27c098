import type { Severity } from '../../model/finding.ts'
import type { AccessRule } from '../../read/kubernetes/manifests.ts'
import { breakoutPath } from '../breakout-path.ts'
import { accessOf } from '../cluster-access.ts'

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

export default breakoutPath({
  code: 'E18',
  summary: 'The token that is mounted into a pod may command the cluster',
  links: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  *find({ container, facts }) {
    const { pod } = container
    if (!pod || facts.manifests === undefined) return
    // One way for each kind of power, for the first container of the pod that has the token: all of them do.
    if (facts.neighbours.find(one => one.pod === pod) !== container) return
    const access = accessOf(pod, facts.manifests)
    for (const power of powers) {
      const rule = access.find(one => gives(one, power))
      if (!rule) continue
      yield {
        title: `The pod’s token ${power.gets}`,
        severity: power.severity,
        chain: [
          { text: 'the service account’s token is mounted', ...(pod.serviceAccount.at ? { at: pod.serviceAccount.at } : {}) },
          { text: `it may ${rule.verbs.join(', ')} ${rule.resources.join(', ')}`, at: rule.at },
        ],
        depends: [],
        gets: power.gets,
        close: {
          title: 'Do not mount the token where the program does not ask the cluster, or narrow the role',
          wishes: [{ do: 'set', field: 'automountToken', value: false }],
        },
      }
      if (power.resources[0] === '*') return
    }
  },
})

const gives = ({ resources, verbs }: AccessRule, power: Power): boolean =>
  power.resources.some(one => resources.includes(one) || resources.includes('*')) &&
  power.verbs.some(one => verbs.includes(one) || verbs.includes('*')) &&
  (power.resources[0] !== '*' || (resources.includes('*') && verbs.includes('*')))
