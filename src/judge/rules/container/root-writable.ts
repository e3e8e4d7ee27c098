import type { Report } from '../../../model/rule.ts'
import { imageOf, isLinux, mend, quoted } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  hardening: 'read-only',
  summary: 'The file system of the image can be written to',
  why: 'Who breaks into a program wants to stay: replaces a library, drops a miner, changes what the server delivers. On a read-only root none of that works, and most ready-made attacks end at the first download. What a program has to write goes into a volume or a tmpfs.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n',
      good: 'services:\n  web:\n    image: web:1\n    read_only: true\n    tmpfs:\n      - /tmp\n      - /run\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        readOnlyRootFilesystem: true\n      volumeMounts:\n        - name: tmp\n          mountPath: /tmp\n  volumes:\n    - name: tmp\n      emptyDir: {}\n',
    },
    { bad: 'docker run web:1', good: 'docker run --read-only --tmpfs /tmp --tmpfs /run web:1' },
  ],
  replaces: [
    'CIS 5.13',
    'check_5_13',
    'KSV-0014',
    'CKV_K8S_22',
    'no-read-only-root-fs',
    'kubesec ReadOnlyRootFilesystem',
    'C-0017',
    'CL-0007',
  ],
  links: ['https://docs.docker.com/reference/cli/docker/container/run/#read-only'],
  fixes: 'unsafe',
  *check(container, _, facts): Iterable<Report> {
    const { readOnlyRoot, role, mounts, form } = container
    if (!isLinux(container) || readOnlyRoot.value || role === 'ephemeral') return
    const written = form === 'kubernetes' ? ['/tmp'] : ['/tmp', '/run']
    const declared = imageOf(container, facts)?.volumes ?? []
    const folders = written.filter(path => !mounts.some(({ target }) => clean(target) === path) && !declared.includes(path))
    yield {
      at: readOnlyRoot.at ?? container.at,
      ...(role === 'init' ? { severity: 'info' as const } : {}),
      message: 'an attacker could change the programs of the image while it runs: its root is writable',
      // Without the folders that the program writes to it would not start: which others there are a run has to show.
      ...mend(
        'unsafe',
        folders.length === 0
          ? 'Make the root read-only; verify that the program writes to its mounts only'
          : `Make the root read-only, with ${quoted(folders)} to write to; verify that the program writes nowhere else: what it writes to needs a volume or a tmpfs`,
        { do: 'set', field: 'readOnlyRoot', value: true },
        ...(folders.length === 0 ? [] : [{ do: 'add', field: 'tmpfs', value: folders } as const]),
      ),
    }
  },
})

const clean = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)
