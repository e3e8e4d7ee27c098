import type { Report } from '../../../model/rule.ts'
import { isLinux, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

const title =
  'Delete it, and add only the capabilities and devices that the program asks for: run it once without, and see which call fails'

export default containerRule({
  on: 'container',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container is privileged',
  why: 'Privileged takes every wall away at once: all capabilities, all devices, no seccomp, no AppArmor, a writable /sys. Whoever takes over such a container mounts the disk of the host and writes a key into root’s home: two commands, no exploit. Almost every program that asks for it needs one capability or one device.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: nginx:1.27\n    privileged: true\n',
      good: 'services:\n  web:\n    image: nginx:1.27\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n      securityContext:\n        privileged: true\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n',
    },
    {
      bad: 'services:\n  web:\n    image: nginx:1.27\n    post_start:\n      - command: ./setup.sh\n        privileged: true\n',
      good: 'services:\n  web:\n    image: nginx:1.27\n    post_start:\n      - command: ./setup.sh\n',
    },
    { bad: 'docker run --privileged nginx:1.27', good: 'docker run nginx:1.27' },
  ],
  replaces: [
    'CIS 5.5',
    'CIS 5.23',
    'check_5_5',
    'check_5_23',
    'KSV-0017',
    'CKV_K8S_16',
    'privileged-container',
    'kubesec Privileged',
    'C-0057',
    'CL-0002',
  ],
  links: [
    'https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities',
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  ],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { privileged, hooks } = container
    if (privileged.value)
      yield {
        at: placeOf(privileged, container),
        message: isLinux(container)
          ? 'the container is privileged: whoever takes it over has the host'
          : 'the container is privileged, which Windows does not know',
        ...mend('unsafe', title, ...removal(privileged)),
      }
    for (const hook of hooks) {
      if (!hook.privileged.value) continue
      yield {
        at: hook.privileged.at ?? hook.at,
        message:
          hook.name === 'build'
            ? 'the image is built with all privileges: what a RUN instruction downloads runs as root on the host'
            : `the hook \`${hook.name}\` runs with all privileges inside the container`,
        ...mend('unsafe', title, ...removal(hook.privileged)),
      }
    }
  },
})
