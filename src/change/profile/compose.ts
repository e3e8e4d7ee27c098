/** A profile as a service of a Compose file, or as an override of one. https://docs.docker.com/reference/compose-file/services/ */
import { type Annotated, type AnnotatedEntry, entry, list, map, oneLine, plainList, showYaml } from './annotated-yaml.ts'
import { apparmorName } from './apparmor.ts'
import { tmpfsText, volumeName } from './docker.ts'
import type { NamespaceField } from './namespaces.ts'
import type { Profile } from './profile.ts'

/** `service`: its name in the file; `isOverride`: the service is there already, and this is laid over it. */
export const showCompose = (profile: Profile, service: string, isOverride: boolean): string => {
  const { subject, notes, writable } = profile
  return showYaml(
    map(
      entry('services', map(entry(service, map(...serviceEntries(profile, isOverride))))),
      writable.volumes.length > 0
        ? entry('volumes', map(...writable.volumes.map(({ value }) => entry(volumeName(subject.name, value), map()))))
        : undefined,
    ),
    [
      `The least privilege that is known of ${subject.imageName ?? service} without starting it.`,
      ...(isOverride ? ['Lay it over the file: docker compose -f FILE -f THIS up'] : []),
      ...notes.map(note => `- ${note}`),
    ],
  )
}

const serviceEntries = (profile: Profile, isOverride: boolean): readonly (AnnotatedEntry | undefined)[] => {
  const { subject, files, user, capabilities, writable, limits, namespaces, selinux } = profile
  const container = isOverride ? subject.container : undefined
  const isSet = (setting: { readonly at?: unknown } | undefined): boolean => setting?.at !== undefined
  const isLimited = (value: number | undefined): boolean => value !== undefined && value > 0
  const hasOptions =
    isSet(container?.noNewPrivileges) ||
    isSet(container?.seccomp) ||
    isSet(container?.apparmor) ||
    isSet(container?.selinux) ||
    isSet(container?.systemPaths)
  const hasAdditions = (container?.capAdd.length ?? 0) > 0
  const { unprivilegedPort } = capabilities
  return [
    isOverride || subject.imageName === undefined ? undefined : entry('image', subject.imageName),
    user.stepsDown ? undefined : entry('user', `${user.uid}:${user.gid}`, user.why),
    container?.privileged.value ? entry('privileged', false, 'it may do with the host what root may') : undefined,
    entry('cap_drop', plainList(['ALL']), `${capabilities.dropWhy}${user.stepsDown ? `. ${user.why}` : ''}`),
    capabilities.add.length > 0 || hasAdditions
      ? entry(
          'cap_add',
          list(
            capabilities.add.map(({ value, why }) => ({ value, why })),
            hasAdditions ? '!override' : undefined,
          ),
          hasAdditions ? 'instead of what the file adds' : undefined,
        )
      : undefined,
    entry(
      'security_opt',
      list(
        [
          ...(capabilities.noNewPrivileges.value
            ? [{ value: 'no-new-privileges:true', why: capabilities.noNewPrivileges.why }]
            : []),
          ...(files.seccomp === undefined
            ? []
            : [
                {
                  value: `seccomp=${files.seccomp}`,
                  why: 'Docker’s own filter without calls and sockets that services do not need; the path starts at the project’s folder',
                },
              ]),
          ...(files.apparmor === undefined
            ? []
            : [
                {
                  value: `apparmor=${apparmorName(subject)}`,
                  why: `load it first, on each host: apparmor_parser -r -W ${oneLine(files.apparmor)}`,
                },
              ]),
          { value: `label=type:${selinux.value}`, why: selinux.why },
        ],
        hasOptions ? '!override' : undefined,
      ),
      hasOptions ? 'instead of the options of the file' : undefined,
    ),
    entry('read_only', true, 'an attacker changes no program and leaves nothing behind'),
    writable.scratch.length > 0
      ? entry('tmpfs', list(writable.scratch.map(folder => ({ value: tmpfsText(folder), why: folder.why }))))
      : undefined,
    writable.volumes.length > 0
      ? entry(
          'volumes',
          list(writable.volumes.map(({ value, why }) => ({ value: `${volumeName(subject.name, value)}:${value}`, why }))),
        )
      : undefined,
    // What the file limits itself stays there: it would be said twice, which Compose refuses when it differs.
    isLimited(container?.memory.value) ? undefined : entry('mem_limit', `${limits.memory.value}m`, limits.memory.why),
    isLimited(container?.cpus.value) ? undefined : entry('cpus', limits.cpus.value, limits.cpus.why),
    isLimited(container?.pids.value) ? undefined : entry('pids_limit', limits.pids.value, limits.pids.why),
    unprivilegedPort === undefined
      ? undefined
      : entry('sysctls', map(entry('net.ipv4.ip_unprivileged_port_start', String(unprivilegedPort.value), unprivilegedPort.why))),
    ...(container ? namespaces : []).map(({ value, why }) => entry(namespaceKeys[value], reset, why)),
  ]
}

const reset: Annotated = { kind: 'reset' }

const namespaceKeys: Readonly<Record<NamespaceField, string>> = {
  pid: 'pid',
  ipc: 'ipc',
  uts: 'uts',
  network: 'network_mode',
  userNamespace: 'userns_mode',
  cgroup: 'cgroup',
}
