import type { Report } from '../../../model/rule.ts'
import { isConfined, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'AppArmor is switched off',
  why: 'The engine’s AppArmor profile denies what capabilities and seccomp leave open: mounting, writing to /proc/sys, tracing processes outside. On Debian, Ubuntu and SUSE it is the last wall behind an added SYS_ADMIN or a shared process namespace, and unconfined takes just that one away.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    security_opt:\n      - apparmor:unconfined\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        appArmorProfile:\n          type: Unconfined\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
    },
    { bad: 'docker run --security-opt apparmor=unconfined web:1', good: 'docker run web:1' },
  ],
  replaces: ['CIS 5.2', 'check_5_2', 'KSV-0002', 'kubesec ApparmorAny', 'CL-0009'],
  links: ['https://docs.docker.com/engine/security/apparmor/', 'https://kubernetes.io/docs/tutorials/security/apparmor/'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const { apparmor } = container
    if (!isConfined(container) || apparmor.value !== 'unconfined') return
    yield {
      at: placeOf(apparmor, container),
      message: 'AppArmor does not confine the container',
      ...mend(
        'safe',
        'Delete it, which brings back the runtime’s own profile where the host has AppArmor; programs that mount or trace get a profile of their own',
        ...removal(apparmor),
      ),
    }
  },
})
