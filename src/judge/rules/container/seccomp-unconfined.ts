import type { Report } from '../../../model/rule.ts'
import { isConfined, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'Seccomp is switched off',
  why: 'The default profile closes some sixty system calls that containers never need and exploits do: userfaultfd, keyctl, new user namespaces, perf. Without it an ordinary user in the container, with no capability at all, reaches the parts of the kernel in which most bugs of the last years were.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    security_opt:\n      - seccomp:unconfined\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    seccompProfile:\n      type: Unconfined\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n  containers:\n    - name: web\n      image: web:1\n',
    },
    { bad: 'docker run --security-opt seccomp=unconfined web:1', good: 'docker run web:1' },
  ],
  replaces: ['CIS 5.22', 'check_5_22', 'CIS 2.17', 'KSV-0104', 'CL-0009'],
  links: ['https://docs.docker.com/engine/security/seccomp/', 'https://kubernetes.io/docs/tutorials/security/seccomp/'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const { seccomp } = container
    if (!isConfined(container) || seccomp.value !== 'unconfined') return
    yield {
      at: placeOf(seccomp, container),
      message: 'all system calls of the kernel are open to the container: seccomp is unconfined',
      ...mend(
        'safe',
        'Bring back the runtime’s default profile; a program that needs one of the closed calls, such as a debugger or a browser’s sandbox, gets a profile of its own',
        ...(container.form === 'kubernetes' ? [{ do: 'set', field: 'seccomp', value: 'default' } as const] : removal(seccomp)),
      ),
    }
  },
})
