import type { Report } from '../../../model/rule.ts'
import { isConfined, isRootUser, mend, referenceOf, startUser } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { startCapabilities } from '../../image-users.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  hardening: 'caps',
  summary: 'The capabilities that every container gets are not dropped',
  why: 'Without being asked, an engine gives root in a container 14 capabilities: among them to ignore permissions of files, to make devices, to forge packets of its neighbours. Most services need none of them. Each that is gone is one step less for an attacker, and many kernel bugs cannot be reached at all.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1.27\n',
      good: 'services:\n  web:\n    image: web:1.27\n    cap_drop:\n      - ALL\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1.27\n      securityContext:\n        capabilities:\n          drop: [NET_RAW]\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1.27\n      securityContext:\n        capabilities:\n          drop: [NET_RAW, ALL]\n',
    },
    { bad: 'docker run web:1.27', good: 'docker run --cap-drop ALL web:1.27' },
    {
      bad: 'services:\n  db:\n    image: postgres:17\n',
      good: 'services:\n  db:\n    image: postgres:17\n    cap_drop:\n      - ALL\n    cap_add:\n      - CHOWN\n      - DAC_OVERRIDE\n      - FOWNER\n      - SETGID\n      - SETUID\n',
    },
  ],
  replaces: [
    'CIS 5.4',
    'KSV-0003',
    'KSV-0004',
    'KSV-0106',
    'CKV_K8S_28',
    'CKV_K8S_37',
    'drop-net-raw-capability',
    'kubesec CapDropAll',
    'kubesec CapDropAny',
    'C-0055',
    'CL-0006',
  ],
  links: [
    'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html',
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  ],
  fixes: 'unsafe',
  *check(container, _, facts): Iterable<Report> {
    if (!isConfined(container) || container.capDrop.some(({ value }) => value === 'ALL')) return
    // Where all are added the other rule says enough.
    if (container.capAdd.some(({ value }) => value === 'ALL')) return
    const some = container.capDrop.length > 0
    // Who does not begin as root gets none of them, until a program with the setuid bit makes them root.
    const user = startUser(container, facts)
    const isIdle = user !== undefined && !isRootUser(user)
    // In Kubernetes the restricted standard allows no other additions: there the user is set instead.
    const reference = isIdle || container.form === 'kubernetes' ? undefined : referenceOf(container)
    const has = new Set(container.capAdd.map(({ value }) => value))
    const needed = (reference && startCapabilities(reference))?.filter(name => !has.has(name)) ?? []
    yield {
      at: container.capDrop[0]?.at ?? container.at,
      ...(some || isIdle ? { severity: 'low' as const } : {}),
      message: some
        ? 'only some of the default capabilities are dropped'
        : isIdle
          ? `all default capabilities are kept, and \`${user}\` gets none of them unless it becomes root`
          : 'all default capabilities are kept, and most services need none of them',
      ...mend(
        'unsafe',
        needed.length > 0
          ? `Drop ALL, and add back what \`${reference!.repository.replace('library/', '')}\` needs to start and to become another user; verify that it starts`
          : 'Drop ALL, and add back what the program needs; verify that it starts: one that begins as root often needs CHOWN, SETUID and SETGID',
        { do: 'add', field: 'capDrop', value: ['ALL'] },
        ...(needed.length > 0 ? [{ do: 'add', field: 'capAdd', value: needed } as const] : []),
      ),
    }
  },
})
