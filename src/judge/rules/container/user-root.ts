import type { Report } from '../../../model/rule.ts'
import { imageOf, isLinux, isRootUser, mend, quoted, referenceOf, unsetAt } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { entryPointStepsDown, startsUnprivileged } from '../../image-users.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  hardening: 'user',
  summary: 'A container runs as root, or may',
  why: 'A container shares the kernel of its host, and root in it is root to that kernel too: one kernel bug, one mounted folder, one socket, and the host is theirs. As an ordinary user the same attacker cannot even change the program they broke into. Most ways out of a container begin with “as root”.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    user: root\n',
      good: 'services:\n  web:\n    image: web:1\n    user: "10001:10001"\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsUser: 0\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    runAsNonRoot: true\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsUser: 10001\n',
      byHand: true,
    },
    { bad: 'docker run -u 0 web:1', good: 'docker run -u 10001:10001 web:1', byHand: true },
  ],
  replaces: [
    'CIS 4.1',
    'check_4_1',
    'KSV-0012',
    'KSV-0105',
    'CKV_K8S_6',
    'CKV_K8S_23',
    'run-as-non-root',
    'kubesec RunAsNonRoot',
    'kubesec RunAsUser',
    'C-0013',
    'CL-0018',
  ],
  links: [
    'https://docs.docker.com/engine/security/userns-remap/',
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
  ],
  fixes: 'safe',
  *check(container, _, facts): Iterable<Report> {
    if (!isLinux(container)) return
    const { user, runAsNonRoot, userNamespace } = container
    const isKubernetes = container.form === 'kubernetes'
    // Root of its own user namespace is nobody outside.
    const isMapped = userNamespace.value === 'private'
    if (isMapped && isKubernetes) return
    const known = user.value ?? container.imageUser ?? imageOf(container, facts)?.user
    // Said with a value that only its run knows.
    if (user.value === undefined && user.at) return
    const isRoot = known === undefined ? undefined : isRootUser(known)
    if (isRoot === true) {
      if (user.value === undefined && facts.builtImage?.isJudged) return
      if (isKubernetes && runAsNonRoot.value && user.value === undefined) return
      const own = user.value !== undefined
      const unset = user.at ? unsetAt(container, [user.at]) : []
      yield {
        at: own ? (user.at ?? container.at) : container.at,
        ...(isMapped ? { severity: 'low' as const } : {}),
        message: own
          ? unset.length > 0
            ? `${quoted(unset)} ${unset.length === 1 ? 'has' : 'have'} no value here, and without one the container runs as root`
            : `the container runs as root: \`${user.value}\``
          : 'the container runs as root, because its image says so and nothing else is set',
        ...mend(
          'manual',
          'Run it as a number such as 10001:10001, and give that user the folders which it writes to; a program that drops its rights itself may stay as it is',
        ),
      }
      return
    }
    if (isKubernetes) {
      if (runAsNonRoot.value) return
      const wishes = isRoot === false && isNumeric(known!) ? [{ do: 'set', field: 'runAsNonRoot', value: true } as const] : []
      yield {
        at: runAsNonRoot.at ?? container.at,
        severity: isRoot === false ? 'low' : 'medium',
        message:
          isRoot === false
            ? `it starts as \`${known}\`, and \`runAsNonRoot\` does not promise it: a new image may run as root`
            : 'it runs as root unless its image says otherwise: neither `runAsNonRoot` nor `runAsUser` is set',
        ...(wishes.length > 0
          ? mend('safe', 'Set runAsNonRoot: true: the user is a number that is not 0', ...wishes)
          : mend(
              'manual',
              'Set runAsNonRoot: true together with runAsUser: 10001, and verify that this user can write where the program writes',
            )),
      }
      return
    }
    if (isRoot === undefined) {
      const reference = referenceOf(container)
      if (reference && startsUnprivileged(reference)) return
      if (reference && entryPointStepsDown(reference)) {
        yield {
          at: container.at,
          severity: 'low',
          message: `\`${reference.repository.replace('library/', '')}\` starts as root, and its entry point then becomes another user; \`docker exec\` does not`,
          ...mend('manual', 'Start it as that user where its entry point allows it, and verify that it may write to its volumes'),
        }
        return
      }
      yield {
        at: container.at,
        severity: 'medium',
        message: container.build
          ? 'it runs as root unless its Dockerfile says otherwise: no `user` is set'
          : 'it runs as root unless its image says otherwise: no user is set',
        ...mend('manual', 'Run it as a number such as 10001:10001, and verify that this user can write where the program writes'),
      }
    }
  },
})

const isNumeric = (user: string): boolean => /^\d+$/.test(user.split(':')[0]!)
