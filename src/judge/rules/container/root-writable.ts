import type { Report } from '../../../model/rule.ts'
import { isBelow, realHostPath } from '../../container-host-paths.ts'
import { advise, imageOf, isLinux, mend, quoted } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { declaredFolders, knownProgram } from '../../known-programs.ts'

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
    {
      bad: 'services:\n  db:\n    image: mysql:8\n',
      good: 'services:\n  db:\n    image: mysql:8\n    read_only: true\n    tmpfs:\n      - /tmp\n      - /run\n      - /run/mysqld\n',
    },
    {
      bad: 'services:\n  web:\n    image: caddy:2\n',
      good: 'services:\n  web:\n    image: caddy:2\n    read_only: true\n    tmpfs: [/tmp, /run]\n    volumes:\n      - data:/data\n      - config:/config\nvolumes:\n  data:\n  config:\n',
      byHand: true,
    },
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
    const { readOnlyRoot, role, mounts, form, image } = container
    if (!isLinux(container) || readOnlyRoot.value || role === 'ephemeral') return
    const program = knownProgram([...(container.entrypoint.value ?? []), ...(container.command.value ?? [])], image.value)
    const declared = [
      ...(imageOf(container, facts)?.volumes ?? []),
      ...(program ? declaredFolders(program, image.value) : []),
    ].map(realHostPath)
    const mounted = mounts.map(({ target }) => realHostPath(target))
    const usual = form === 'kubernetes' ? ['/tmp'] : ['/tmp', '/run']
    const folders = [...new Set([...usual, ...(program?.scratch ?? [])])].filter(
      path => !mounted.includes(path) && !declared.includes(path),
    )
    const lost = (program?.data ?? []).filter(path => ![...mounted, ...declared].some(folder => isBelow(path, folder)))
    yield {
      at: readOnlyRoot.at ?? container.at,
      ...(role === 'init' ? { severity: 'info' as const } : {}),
      message: 'an attacker could change the programs of the image while it runs: its root is writable',
      // Without the folders that the program writes to it would not start: which others there are a run has to show.
      ...(program && lost.length > 0
        ? advise(
            `Make the root read-only, ${placesTo(folders)}with a volume at ${quoted(lost)}, where ${program.name} keeps its data`,
          )
        : mend(
            'unsafe',
            folders.length === 0
              ? 'Make the root read-only; verify that the program writes to its mounts only'
              : `Make the root read-only, ${placesTo(folders)}${
                  program
                    ? `as ${program.name} is known to need; verify that it starts, for a configuration may name other folders`
                    : 'as most programs need; verify that the program writes nowhere else: what it writes to needs a volume or a tmpfs'
                }`,
            { do: 'set', field: 'readOnlyRoot', value: true },
            ...(folders.length === 0 ? [] : [{ do: 'add', field: 'tmpfs', value: folders } as const]),
          )),
    }
  },
})

const placesTo = (folders: readonly string[]): string => (folders.length === 0 ? '' : `with ${quoted(folders)} to write to, `)
