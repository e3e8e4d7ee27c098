import type { Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { isLinux, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

const kinds: readonly (readonly [
  field: 'pid' | 'ipc' | 'uts' | 'cgroup' | 'userNamespace',
  severity: Severity,
  message: string,
])[] = [
  [
    'pid',
    'high',
    'the container sees every process of the host: with the same uid it reads their files and environment by /proc/PID',
  ],
  ['ipc', 'high', 'the container shares the memory segments of the host’s programs'],
  ['uts', 'medium', 'the container may change the name of the host'],
  ['cgroup', 'medium', 'the container sees the control groups of the host'],
  ['userNamespace', 'medium', 'root in the container is root of the host, also where the engine would map it to another user'],
]

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container shares a namespace with its host',
  why: 'Namespaces are what makes a process a container. With the host’s process namespace, a program of the same uid reads the files and the environment of the host’s programs through /proc, without a single capability; with SYS_PTRACE it takes them over. With its IPC namespace it reads what they share in memory.',
  examples: [
    {
      bad: 'services:\n  agent:\n    image: agent:1\n    pid: host\n',
      good: 'services:\n  agent:\n    image: agent:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  hostIPC: true\n  containers:\n    - name: agent\n      image: agent:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  containers:\n    - name: agent\n      image: agent:1\n',
    },
    { bad: 'docker run --userns=host --uts host agent:1', good: 'docker run agent:1' },
  ],
  replaces: [
    'CIS 5.16',
    'CIS 5.17',
    'CIS 5.21',
    'CIS 5.25',
    'CIS 5.31',
    'check_5_16',
    'check_5_17',
    'check_5_21',
    'check_5_31',
    'KSV-0008',
    'KSV-0010',
    'CKV_K8S_17',
    'CKV_K8S_18',
    'host-pid',
    'host-ipc',
    'kubesec HostPID',
    'kubesec HostIPC',
    'C-0038',
    'CL-0010',
  ],
  links: [
    'https://docs.docker.com/engine/containers/run/#pid-settings---pid',
    'https://man7.org/linux/man-pages/man7/namespaces.7.html',
  ],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    if (!isLinux(container)) return
    for (const [field, severity, message] of kinds) {
      const setting = container[field]
      if (setting.value !== 'host') continue
      // A pod shares the host's users unless it is told not to.
      if (field === 'userNamespace' && container.form === 'kubernetes') continue
      yield {
        at: placeOf(setting, container),
        severity,
        message,
        ...mend('unsafe', 'Delete it; verify that the program does not look at processes or files outside', ...removal(setting)),
      }
    }
  },
})
