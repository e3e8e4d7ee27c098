import type { Report } from '../../../model/rule.ts'
import { mend, speaksForPod } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { type PodSecurityControl, podSecurity, podSecurityControls } from '../../pod-security.ts'

/** Those that a pod sets for all of its containers. */
const shared: ReadonlySet<PodSecurityControl> = new Set([
  'hostProcess',
  'appArmor',
  'seLinux',
  'seccomp',
  'runAsNonRoot',
  'runAsUser',
])

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'A pod sets for all containers what each of them has to undo',
  why: 'The containers of today override the pod’s setting, so nothing is wrong until the next one is added: a sidecar that is injected, or a debug container, gets it. The admission of Kubernetes refuses the pod already now, because it looks at both.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    runAsNonRoot: false\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n',
    },
  ],
  links: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  fixes: 'unsafe',
  *check(container, _, facts): Iterable<Report> {
    const { pod } = container
    if (!pod?.declared || !speaksForPod(container, facts)) return
    const all = [container, ...facts.neighbours.filter(one => one.pod === pod)]
    const places = new Set(Object.values(pod.declared).flatMap(({ at }) => (at ? [at] : [])))
    // Where one of the containers takes it over it is reported as that container's own.
    const used = new Set(
      all
        .flatMap(one => [one.hostProcess, one.apparmor, one.selinux, one.seccomp, one.runAsNonRoot, one.user])
        .flatMap(({ at }) => (at ? [at] : [])),
    )
    for (const { control, level, at, message } of podSecurity(container))
      if (shared.has(control) && places.has(at) && !used.has(at))
        yield {
          at,
          message: `${message} for the whole pod, which the Pod Security Standards forbid (${level}, ${podSecurityControls[control].title})`,
          ...mend('unsafe', 'Delete it: every container of the pod says otherwise', { do: 'remove', at }),
        }
  },
})
