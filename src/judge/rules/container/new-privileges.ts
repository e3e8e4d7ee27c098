import type { Report } from '../../../model/rule.ts'
import { imageOf, isConfined, mend } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  hardening: 'no-new-privileges',
  summary: 'Programs in the container may gain privileges',
  why: 'A program with the setuid bit, such as su, mount or sudo, makes whoever starts it root. An attacker who broke in as an ordinary user looks for exactly these. With no-new-privileges the kernel ignores the bit: what starts without power stays without it, whatever is in the image.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: nginx:1.27\n',
      good: 'services:\n  web:\n    image: nginx:1.27\n    security_opt:\n      - no-new-privileges:true\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n      securityContext:\n        allowPrivilegeEscalation: true\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n      securityContext:\n        allowPrivilegeEscalation: false\n',
    },
    {
      bad: 'docker run --security-opt no-new-privileges:false nginx:1.27',
      good: 'docker run --security-opt no-new-privileges nginx:1.27',
    },
  ],
  replaces: [
    'CIS 5.26',
    'check_5_26',
    'CIS 2.14',
    'KSV-0001',
    'CKV_K8S_20',
    'privilege-escalation-container',
    'kubesec AllowPrivilegeEscalation',
    'C-0016',
    'CL-0003',
  ],
  links: [
    'https://docs.kernel.org/userspace-api/no_new_privs.html',
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  ],
  fixes: 'safe',
  *check(container, _, facts): Iterable<Report> {
    const { noNewPrivileges } = container
    if (!isConfined(container) || noNewPrivileges.value) return
    const setuid = imageOf(container, facts)?.setuid
    const isKubernetes = container.form === 'kubernetes'
    const flag = isKubernetes ? 'allowPrivilegeEscalation: false' : 'no-new-privileges'
    yield {
      at: noNewPrivileges.at ?? container.at,
      message: noNewPrivileges.at
        ? 'setuid programs are allowed to make their caller root'
        : `setuid programs can make their caller root, because \`${flag}\` is not set`,
      ...mend(
        setuid?.length === 0 ? 'safe' : 'unsafe',
        setuid === undefined
          ? `Set ${flag}; verify that the program does not start others with sudo or su: gosu and su-exec are not affected`
          : setuid.length === 0
            ? `Set ${flag}: the image has no program that it would change`
            : `Set ${flag}; verify that nothing needs ${setuid.slice(0, 3).join(', ')}, which then runs as its caller`,
        { do: 'set', field: 'noNewPrivileges', value: true },
      ),
    }
  },
})
