/**
 * The Pod Security Standards: what each control allows, at both levels.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/ and, for the versions, what the admission of Kubernetes does:
 * https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/pod-security-admission/policy
 */
import type { Container, Setting } from '../model/container.ts'
import type { Location } from '../model/finding.ts'

export type PodSecurityLevel = 'baseline' | 'restricted'

/** Every control of the published tables, by the name that it has there. */
export const podSecurityControls = {
  hostProcess: { level: 'baseline', title: 'HostProcess' },
  hostNamespaces: { level: 'baseline', title: 'Host Namespaces' },
  privileged: { level: 'baseline', title: 'Privileged Containers' },
  capabilities: { level: 'baseline', title: 'Capabilities' },
  hostPath: { level: 'baseline', title: 'HostPath Volumes' },
  hostPorts: { level: 'baseline', title: 'Host Ports' },
  hostProbes: { level: 'baseline', title: 'Host Probes / Lifecycle Hooks' },
  appArmor: { level: 'baseline', title: 'AppArmor' },
  seLinux: { level: 'baseline', title: 'SELinux' },
  procMount: { level: 'baseline', title: '/proc Mount Type' },
  seccomp: { level: 'baseline', title: 'Seccomp' },
  sysctls: { level: 'baseline', title: 'Sysctls' },
  volumeTypes: { level: 'restricted', title: 'Volume Types' },
  privilegeEscalation: { level: 'restricted', title: 'Privilege Escalation' },
  runAsNonRoot: { level: 'restricted', title: 'Running as Non-root' },
  runAsUser: { level: 'restricted', title: 'Running as Non-root user' },
  seccompRequired: { level: 'restricted', title: 'Seccomp' },
  capabilitiesDropped: { level: 'restricted', title: 'Capabilities' },
  procMountRequired: { level: 'restricted', title: '/proc Mount Type' },
} as const satisfies Readonly<Record<string, { readonly level: PodSecurityLevel; readonly title: string }>>

export type PodSecurityControl = keyof typeof podSecurityControls

export type PodSecurityViolation = {
  readonly control: PodSecurityControl
  readonly level: PodSecurityLevel
  readonly at: Location
  /** The value that is forbidden, as a sentence without a full stop. */
  readonly message: string
}

/** The minor version of Kubernetes 1 whose standards hold; `latest`: the newest that is known here. */
export type PodSecurityVersion = number | 'latest'

/** What may be added at baseline. */
export const baselineCapabilities: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)
/** What may be added at restricted, where all have been dropped. */
export const restrictedCapabilities: ReadonlySet<string> = new Set(['NET_BIND_SERVICE'])

/** Sysctl → the minor version since which it may be set. */
export const safeSysctls: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
}

/** SELinux type → the minor version since which it may be set. */
export const safeSelinuxTypes: Readonly<Record<string, number>> = {
  container_t: 0,
  container_init_t: 0,
  container_kvm_t: 0,
  container_engine_t: 31,
}

/** Kinds of volumes at restricted. */
export const restrictedVolumes: ReadonlySet<string> = new Set(
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' '),
)

/** Minor versions with which something began to hold. */
const since = {
  /** Seccomp as a field, and as a control. */
  seccomp: 19,
  capabilitiesDropped: 22,
  runAsUser: 23,
  /** Pods that name Windows as their system need not set what only Linux has. */
  windows: 25,
  hostProbes: 34,
  /** Pods in a user namespace of their own (`hostUsers: false`) may run as root, and at baseline see an unmasked /proc. */
  userNamespaces: 35,
} as const

const has = (table: Readonly<Record<string, number>>, name: string, minor: number): boolean =>
  Object.hasOwn(table, name) && table[name]! <= minor

/** `kernel/msgmax` is the same as `kernel.msgmax`. */
export const sysctlName = (name: string): string => {
  const slash = name.indexOf('/')
  const dot = name.indexOf('.')
  return slash !== -1 && (dot === -1 || slash < dot) ? name.replace(/[./]/g, one => (one === '/' ? '.' : '/')) : name
}

/** Admission compares names as they are written: with slashes they are none of these. */
export const isSafeSysctl = (name: string, version: PodSecurityVersion = 'latest'): boolean =>
  has(safeSysctls, name, minorOf(version))

const minorOf = (version: PodSecurityVersion): number => (version === 'latest' ? Number.POSITIVE_INFINITY : version)

/** Everything about a container of a pod that the standards forbid, those of its pod among them; both levels. Other forms are read as if they were pods. */
export const podSecurity = (container: Container, version: PodSecurityVersion = 'latest'): readonly PodSecurityViolation[] => {
  const minor = minorOf(version)
  const found: PodSecurityViolation[] = []
  const report = (control: PodSecurityControl, setting: Pick<Setting<unknown>, 'at'>, message: string): void => {
    found.push({ control, level: podSecurityControls[control].level, at: setting.at ?? container.at, message })
  }
  const { pod, seccomp, apparmor, selinux, user, runAsNonRoot, hostProcess } = container
  // Admission looks at what the pod says for all of its containers too, also where each of them says otherwise.
  const own = pod?.declared
  const isInUserNamespace = minor >= since.userNamespaces && container.userNamespace.value === 'private'
  const isWindows = minor >= since.windows && container.os === 'windows'

  for (const one of both(own?.hostProcess, hostProcess))
    if (one.value) report('hostProcess', one, 'the container runs as a process of the Windows host')
  for (const [field, name] of [
    ['network', 'hostNetwork'],
    ['pid', 'hostPID'],
    ['ipc', 'hostIPC'],
  ] as const)
    if (container[field].value === 'host') report('hostNamespaces', container[field], `\`${name}\` is true`)
  if (container.privileged.value) report('privileged', container.privileged, 'the container is privileged')
  for (const one of container.capAdd)
    if (!baselineCapabilities.has(one.value)) report('capabilities', one, `the capability \`${one.value}\` is added`)
  for (const one of pod ? pod.volumes.filter(({ value }) => value.kind === 'hostPath') : [])
    report('hostPath', one, `the volume \`${one.value.name}\` is a folder of the host`)
  for (const one of container.ports)
    if (one.hostPort !== undefined && one.hostPort !== 0)
      report('hostPorts', one, `the port ${one.hostPort} of the host is taken`)
  if (minor >= since.hostProbes)
    for (const one of container.probeHosts)
      if (one.value !== '') report('hostProbes', one, `a probe or a handler asks the host \`${one.value}\``)
  for (const one of both(own?.apparmor, apparmor))
    if (one.value === 'unconfined') report('appArmor', one, 'AppArmor is unconfined')
  for (const one of both(own?.selinux, selinux)) {
    const { type, user, role } = one.value
    if (type !== undefined && type !== '' && !has(safeSelinuxTypes, type, minor))
      report('seLinux', one, `the SELinux type is \`${type}\``)
    if (user !== undefined && user !== '') report('seLinux', one, `the SELinux user is \`${user}\``)
    if (role !== undefined && role !== '') report('seLinux', one, `the SELinux role is \`${role}\``)
  }
  if (container.systemPaths.value === 'unmasked') {
    if (!isInUserNamespace) report('procMount', container.systemPaths, '/proc is not masked')
    report('procMountRequired', container.systemPaths, '/proc is not masked')
  }
  for (const one of both(own?.seccomp, seccomp))
    if (one.value === 'unconfined' && minor >= since.seccomp) report('seccomp', one, 'seccomp is unconfined')
  for (const one of container.sysctls)
    if (!has(safeSysctls, one.value.name, minor)) report('sysctls', one, `the sysctl \`${one.value.name}\` is set`)

  for (const one of pod?.volumes ?? [])
    if (!restrictedVolumes.has(one.value.kind))
      report('volumeTypes', one, `the volume \`${one.value.name}\` is of the kind \`${one.value.kind}\``)
  if (!isWindows && !container.noNewPrivileges.value)
    report('privilegeEscalation', container.noNewPrivileges, '`allowPrivilegeEscalation` is not false')
  if (!isInUserNamespace) {
    if (!runAsNonRoot.value) report('runAsNonRoot', runAsNonRoot, '`runAsNonRoot` is not true')
    else if (own?.runAsNonRoot?.value === false) report('runAsNonRoot', own.runAsNonRoot, '`runAsNonRoot` is false')
    if (minor >= since.runAsUser)
      for (const one of both(own?.user, user))
        if (one.value !== undefined && /^0+$/.test(one.value.split(':')[0]!)) report('runAsUser', one, '`runAsUser` is 0')
  }
  if (!isWindows && minor >= since.seccomp)
    for (const one of own?.seccomp?.value === 'unconfined' ? both(own.seccomp, seccomp) : [seccomp])
      if (one.value === 'unset' || one.value === 'unconfined')
        report('seccompRequired', one, one.value === 'unset' ? 'no seccomp profile is set' : 'seccomp is unconfined')
  if (!isWindows && minor >= since.capabilitiesDropped) {
    if (!container.capDrop.some(({ value }) => value === 'ALL'))
      report('capabilitiesDropped', { at: container.capDrop[0]?.at }, '`ALL` capabilities are not dropped')
    for (const one of container.capAdd)
      if (!restrictedCapabilities.has(one.value)) report('capabilitiesDropped', one, `the capability \`${one.value}\` is added`)
  }
  return found
}

/** The pod's and the container's; one where they are the same. */
const both = <T>(pod: Setting<T> | undefined, container: Setting<T>): readonly Setting<T>[] =>
  pod === undefined || samePlace(pod, container) ? [container] : [pod, container]

const samePlace = ({ at: a }: Pick<Setting<unknown>, 'at'>, { at: b }: Pick<Setting<unknown>, 'at'>): boolean =>
  a?.in === 'file' && b?.in === 'file' && a.path === b.path && a.span.start === b.span.start
