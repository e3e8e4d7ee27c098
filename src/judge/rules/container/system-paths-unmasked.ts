import type { Report } from '../../../model/rule.ts'
import { isConfined, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'The kernel’s own files are not hidden from a container',
  why: 'Runtimes hide parts of /proc and make others read-only, because they belong to the host’s kernel and not to the container. Unmasked, root in the container writes a program’s path into /proc/sys/kernel/core_pattern, lets something crash, and the kernel runs that program outside, as root of the host.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    security_opt:\n      - systempaths=unconfined\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        procMount: Unmasked\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
    },
    { bad: 'docker run --security-opt systempaths=unconfined web:1', good: 'docker run web:1' },
  ],
  replaces: ['KSV-0027', 'unsafe-proc-mount'],
  links: ['https://docs.docker.com/reference/cli/docker/container/run/#security-opt'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const { systemPaths, userNamespace } = container
    if (!isConfined(container) || systemPaths.value !== 'unmasked') return
    // Root of a user namespace may not write what belongs to the host.
    const isMapped = userNamespace.value === 'private'
    yield {
      at: placeOf(systemPaths, container),
      ...(isMapped ? { severity: 'medium' as const } : {}),
      message: isMapped
        ? 'all of /proc and /sys is shown to the container, though only for reading: it has a user namespace of its own'
        : 'root in the container can write to the settings of the host’s kernel: /proc and /sys are not masked',
      ...mend(
        'safe',
        'Delete it, which brings back the runtime’s masks of /proc and /sys; a program that starts containers itself needs another way',
        ...removal(systemPaths),
      ),
    }
  },
})
