import type { Setting } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { advise, quoted } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  hardening: 'limits',
  summary: 'A container may use up the memory or the processes of its host',
  why: 'One program that leaks, or one attacker who forks without end, takes the host and all other containers down with it: the kernel kills whatever it likes when memory is out. A limit makes that the trouble of one container. A miner also earns little with half a processor.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n',
      good: 'services:\n  web:\n    image: web:1\n    mem_limit: 512m\n    pids_limit: 200\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      resources:\n        requests:\n          cpu: 100m\n        limits:\n          memory: 512Mi\n',
      byHand: true,
    },
    { bad: 'docker run --pids-limit -1 -m 512m web:1', good: 'docker run --pids-limit 200 -m 512m web:1', byHand: true },
  ],
  replaces: [
    'CIS 5.11',
    'CIS 5.29',
    'check_5_11',
    'check_5_29',
    'KSV-0015',
    'KSV-0016',
    'KSV-0018',
    'CKV_K8S_10',
    'CKV_K8S_12',
    'CKV_K8S_13',
    'unset-memory-requirements',
    'kubesec LimitsMemory',
    'C-0271',
    'CL-0026',
  ],
  links: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  ],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    // What looks into a pod for a while has no resources of its own.
    if (container.role === 'ephemeral') return
    const isKubernetes = container.form === 'kubernetes'
    const { memory, pids, cpuRequest } = container
    const missing = [
      ...(isSet(memory) ? [] : ['memory']),
      // In a cluster the kubelet limits the processes of pods, and a request for CPU is what keeps others alive.
      ...(isKubernetes ? (isSet(cpuRequest) || isSet(container.cpus) ? [] : ['cpu']) : isSet(pids) ? [] : ['pids']),
    ]
    if (missing.length === 0) return
    const lifted = [memory, pids].find(({ value, at }) => value !== undefined && value <= 0 && at)
    yield {
      at: lifted?.at ?? container.at,
      message: `there is no limit for ${quoted(missing)}: the container may use all that its host has`,
      ...advise('Set about twice of what it uses at its busiest, which `docker stats` or `kubectl top` show'),
    }
  },
})

/** Said with a value that only its run knows: somebody thought of it. */
const isSet = ({ value, at }: Setting<number | undefined>): boolean => (value === undefined ? at !== undefined : value > 0)
