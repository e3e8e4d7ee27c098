import type { Report } from '../../../model/rule.ts'
import { advise, imageOf, isLinux, isRootUser } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A pod will not start: its user cannot be shown to be other than root',
  why: 'With runAsNonRoot the kubelet starts a container only when it can see that its uid is not 0. A user that has a name is no number to it, and root is root: the container stays in CreateContainerConfigError, and somebody takes the setting out again in a hurry.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 0\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n',
      byHand: true,
    },
  ],
  links: [
    'https://kubernetes.io/docs/concepts/containers/images/',
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  ],
  fixes: 'manual',
  *check(container, _, facts): Iterable<Report> {
    const { form, runAsNonRoot, user, imageUser } = container
    if (form !== 'kubernetes' || !isLinux(container) || !runAsNonRoot.value || (user.value === undefined && user.at)) return
    const known = user.value ?? imageUser ?? imageOf(container, facts)?.user
    if (known === undefined || (/^\d+(?=:|$)/.test(known) && !isRootUser(known))) return
    yield {
      at: (user.value === undefined ? undefined : user.at) ?? runAsNonRoot.at ?? container.at,
      message: isRootUser(known)
        ? '`runAsNonRoot` is true, and the user is root: the kubelet refuses to start it'
        : `\`runAsNonRoot\` is true, and the user \`${known}\` is a name: the kubelet refuses to start it`,
      ...advise('Set runAsUser to the number of the user that the program runs as'),
    }
  },
})
