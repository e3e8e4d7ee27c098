/** Linux capabilities: which ones a container has, and what each gives to whom has it. https://man7.org/linux/man-pages/man7/capabilities.7.html */
import type { Container } from '../model/container.ts'
import type { Severity } from '../model/finding.ts'

/** The set of Docker, containerd and CRI-O's forerunners. https://docs.docker.com/engine/security/#linux-kernel-capabilities */
export const dockerCapabilities: readonly string[] =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  )

/** Podman's smaller set. https://github.com/containers/common/blob/main/docs/containers.conf.5.md */
export const podmanCapabilities: readonly string[] =
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' ')

/** CRI-O's. https://github.com/cri-o/cri-o/blob/main/docs/crio.conf.5.md */
export const crioCapabilities: readonly string[] =
  'CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL'.split(' ')

/** What a capability beyond the default set gives, and how bad that is. Worded to follow “NAME”: “NAME lets the container …”. */
export const capabilityDangers: Readonly<Record<string, { readonly severity: Severity; readonly gives: string }>> = {
  ALL: { severity: 'critical', gives: 'do all that the host’s root may do with the kernel' },
  SYS_ADMIN: { severity: 'critical', gives: 'mount file systems and administer the kernel: most known ways out begin with it' },
  SYS_MODULE: { severity: 'critical', gives: 'load code into the host’s kernel' },
  SYS_RAWIO: { severity: 'critical', gives: 'read and write the host’s memory and its devices' },
  DAC_READ_SEARCH: { severity: 'critical', gives: 'open any file of the host by its number, past all permissions' },
  BPF: { severity: 'high', gives: 'run programs in the host’s kernel, and read what other processes do' },
  SYS_PTRACE: {
    severity: 'high',
    gives: 'read and change the memory of every process that it sees, and get past seccomp in old kernels',
  },
  SYS_BOOT: { severity: 'high', gives: 'restart the host, or load another kernel' },
  SYS_TIME: { severity: 'medium', gives: 'set the host’s clock, on which certificates, logs and tokens rely' },
  NET_ADMIN: { severity: 'high', gives: 'change routes, firewall and interfaces, and listen to the traffic of its network' },
  PERFMON: { severity: 'medium', gives: 'watch the kernel and other processes through performance counters' },
  SYSLOG: { severity: 'medium', gives: 'read the kernel’s messages and addresses, which exploits need' },
  MAC_ADMIN: { severity: 'high', gives: 'change the policies of AppArmor or Smack' },
  MAC_OVERRIDE: { severity: 'high', gives: 'ignore the policies of Smack' },
  AUDIT_CONTROL: { severity: 'high', gives: 'switch off the host’s audit log' },
  AUDIT_READ: { severity: 'medium', gives: 'read the host’s audit log' },
  CHECKPOINT_RESTORE: { severity: 'medium', gives: 'restore processes and choose their numbers' },
  LINUX_IMMUTABLE: { severity: 'medium', gives: 'take away the immutable and append-only marks of files' },
  NET_BROADCAST: { severity: 'low', gives: 'send and receive broadcasts' },
  NET_RAW: { severity: 'medium', gives: 'forge packets, and pose as its neighbours in the network' },
  SYS_NICE: { severity: 'low', gives: 'take processor time from everything else on the host' },
  SYS_RESOURCE: { severity: 'medium', gives: 'go beyond limits of resources and quotas' },
  SYS_PACCT: { severity: 'low', gives: 'switch process accounting' },
  SYS_TTY_CONFIG: { severity: 'medium', gives: 'hang up and configure terminals of the host' },
  IPC_LOCK: { severity: 'low', gives: 'lock memory, without a limit of its own' },
  IPC_OWNER: { severity: 'medium', gives: 'ignore the permissions of shared memory' },
  LEASE: { severity: 'low', gives: 'put leases on files' },
  WAKE_ALARM: { severity: 'low', gives: 'wake the host' },
  BLOCK_SUSPEND: { severity: 'low', gives: 'keep the host from sleeping' },
}

/** Every one that a list may name: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const allCapabilities: readonly string[] = [
  ...dockerCapabilities,
  ...Object.keys(capabilityDangers).filter(name => name !== 'ALL' && !dockerCapabilities.includes(name)),
]

/** What is left of the default set, with what was added. `all`: every one that the kernel knows. */
export const effectiveCapabilities = (container: Container): ReadonlySet<string> | 'all' => {
  if (container.privileged.value) return 'all'
  const added = container.capAdd.map(({ value }) => value)
  const dropped = new Set(container.capDrop.map(({ value }) => value))
  return container.form === 'kubernetes' ? ofRuntime(added, dropped) : ofEngine(added, dropped)
}

/** Docker looks for an added `ALL` first, and takes only names from it: https://github.com/moby/moby/blob/master/daemon/pkg/oci/caps/utils.go (TweakCapabilities) */
const ofEngine = (added: readonly string[], dropped: ReadonlySet<string>): ReadonlySet<string> | 'all' => {
  if (added.includes('ALL')) {
    const left = allCapabilities.filter(name => !dropped.has(name))
    return left.length === allCapabilities.length ? 'all' : new Set(left)
  }
  const kept = dropped.has('ALL') ? [] : dockerCapabilities.filter(name => !dropped.has(name))
  return new Set([...kept, ...added])
}

/**
 * containerd and CRI-O first add all, then drop all, then add by name; a name that is dropped is gone in the end.
 * https://github.com/containerd/containerd/blob/main/internal/cri/opts/spec_opts.go (WithCapabilities)
 */
const ofRuntime = (added: readonly string[], dropped: ReadonlySet<string>): ReadonlySet<string> | 'all' => {
  const isAll = added.includes('ALL') && !dropped.has('ALL')
  if (isAll && dropped.size === 0) return 'all'
  const base = dropped.has('ALL') ? [] : isAll ? allCapabilities : dockerCapabilities
  return new Set([...base, ...added.filter(name => name !== 'ALL')].filter(name => !dropped.has(name)))
}
