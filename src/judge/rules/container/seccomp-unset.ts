import type { Report } from '../../../model/rule.ts'
import { isConfined, mend } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  hardening: 'seccomp',
  summary: 'A pod has no seccomp profile',
  why: 'Docker filters system calls unless told otherwise; Kubernetes does not unless told to. A pod without a seccompProfile may call everything that the kernel has, and with it the calls in which most kernel bugs of the last years were. RuntimeDefault is the same filter that containers have had since 2016.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        seccompProfile:\n          type: RuntimeDefault\n',
    },
  ],
  replaces: ['KSV-0030', 'CKV_K8S_31', 'kubesec SeccompAny', 'C-0210'],
  links: ['https://kubernetes.io/docs/tutorials/security/seccomp/'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { seccomp } = container
    if (!isConfined(container) || seccomp.value !== 'unset') return
    yield {
      at: seccomp.at ?? container.at,
      message: 'no seccomp profile is set, so every system call is open unless the node says otherwise',
      ...mend('unsafe', 'Set seccompProfile to RuntimeDefault; verify programs that debug, trace or make sandboxes', {
        do: 'set',
        field: 'seccomp',
        value: 'default',
      }),
    }
  },
})
