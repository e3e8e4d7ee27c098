/** A profile as flags of `docker run`. https://docs.docker.com/reference/cli/docker/container/run/ */
import { oneLine } from './annotated-yaml.ts'
import { apparmorName } from './apparmor.ts'
import type { NamespaceField } from './namespaces.ts'
import type { Profile } from './profile.ts'
import { objectName } from './subject.ts'
import type { ScratchFolder } from './writable.ts'

type Flag = { readonly words: readonly [string, ...string[]]; readonly why: string }

/** A command for a shell, and before it a line of comment for each of its flags. */
export const showDocker = (profile: Profile): string => {
  const flags = dockerFlags(profile)
  const { subject, notes, namespaces } = profile
  const command = [
    'docker run',
    ...flags.map(({ words }) => words.map(forShell).join(' ')),
    forShell(subject.imageName ?? 'IMAGE'),
  ]
  return [
    `# The least privilege that is known of ${oneLine(subject.imageName ?? subject.name)} without starting it.`,
    ...notes.map(note => `# - ${oneLine(note)}`),
    '#',
    ...flags.map(({ words, why }) => `# ${oneLine(words.join(' '))}: ${oneLine(why)}`),
    ...namespaces.map(({ value, why }) => `# left out, ${namespaceNames[value]}: ${oneLine(why)}`),
    ...(subject.container ? ['#', '# Its ports, mounts, variables and networks are left out: they stay as they are.'] : []),
    '',
    `${command.join(' \\\n  ')}`,
    '',
  ].join('\n')
}

export const dockerFlags = ({ subject, files, user, capabilities, writable, limits, selinux }: Profile): readonly Flag[] => [
  ...(user.stepsDown ? [] : [{ words: ['--user', `${user.uid}:${user.gid}`], why: user.why } satisfies Flag]),
  {
    words: ['--cap-drop', 'ALL'],
    why: `${capabilities.dropWhy}${user.stepsDown ? `. ${user.why}` : ''}`,
  },
  ...capabilities.add.map(({ value, why }): Flag => ({ words: ['--cap-add', value], why })),
  ...(capabilities.noNewPrivileges.value
    ? [{ words: ['--security-opt', 'no-new-privileges'], why: capabilities.noNewPrivileges.why } satisfies Flag]
    : []),
  ...(files.seccomp === undefined
    ? []
    : [
        {
          words: ['--security-opt', `seccomp=${files.seccomp}`],
          why: 'Docker’s own filter without calls and sockets that services do not need',
        } satisfies Flag,
      ]),
  ...(files.apparmor === undefined
    ? []
    : [
        {
          words: ['--security-opt', `apparmor=${apparmorName(subject)}`],
          why: `load it first, on each host: apparmor_parser -r -W ${oneLine(files.apparmor)}`,
        } satisfies Flag,
      ]),
  { words: ['--security-opt', `label=type:${selinux.value}`], why: selinux.why },
  { words: ['--read-only'], why: 'an attacker changes no program and leaves nothing behind' },
  ...writable.scratch.map((folder): Flag => ({ words: ['--tmpfs', tmpfsText(folder)], why: folder.why })),
  ...writable.volumes.map(
    ({ value, why }): Flag => ({ words: ['--volume', `${volumeName(subject.name, value)}:${value}`], why }),
  ),
  { words: ['--memory', `${limits.memory.value}m`], why: limits.memory.why },
  { words: ['--cpus', String(limits.cpus.value)], why: limits.cpus.why },
  { words: ['--pids-limit', String(limits.pids.value)], why: limits.pids.why },
  ...(capabilities.unprivilegedPort === undefined
    ? []
    : [
        {
          words: ['--sysctl', `net.ipv4.ip_unprivileged_port_start=${capabilities.unprivilegedPort.value}`],
          why: capabilities.unprivilegedPort.why,
        } satisfies Flag,
      ]),
]

const namespaceNames: Readonly<Record<NamespaceField, string>> = {
  pid: '--pid',
  ipc: '--ipc',
  uts: '--uts',
  network: '--network',
  userNamespace: '--userns',
  cgroup: '--cgroupns',
}

export const tmpfsText = ({ value, size, mode, owner, isExecutable }: ScratchFolder): string =>
  `${value}:${[
    'rw',
    isExecutable ? 'exec' : 'noexec',
    'nosuid',
    'nodev',
    `size=${size}m`,
    `mode=${mode}`,
    ...(owner ? [`uid=${owner.uid}`, `gid=${owner.gid}`] : []),
  ].join(',')}`

export const volumeName = (name: string, path: string): string => `${name}-${objectName(path)}`

/** A word that a shell reads as it is. */
const forShell = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/[\p{Cc}\p{Cf}]/gu, '?').replaceAll("'", "'\\''")}'`
