/**
 * A seccomp profile: Docker's default one (https://github.com/moby/profiles, seccomp/default.json of 2026-05-06, commit 3c28324314729dbade8287e868eef6338c42807a,
 * Apache Licence 2.0, kept as it is beside this file) for one set of capabilities, without calls that services do not need, and with sockets of few families.
 *
 * Conditions on capabilities and machines are Docker's own. The form is that of the OCI runtime specification
 * (https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp), in which containerd and CRI-O read the profiles of Kubernetes' `localhostProfile`:
 * they pass over conditions, so that a call for those with SYS_ADMIN would be open to all. So there are none: what they say is worked out here.
 */
import source from './docker-seccomp.json' with { type: 'json' }

type Argument = { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }
type Conditions = { readonly arches?: readonly string[]; readonly caps?: readonly string[]; readonly minKernel?: string }
type SourceEntry = {
  readonly names: readonly string[]
  readonly action: string
  readonly errnoRet?: number
  readonly args?: readonly Argument[]
  readonly includes?: Conditions
  readonly excludes?: Conditions
}

export type SeccompEntry = Pick<SourceEntry, 'names' | 'action' | 'errnoRet' | 'args'>
export type SeccompProfile = {
  readonly defaultAction: string
  readonly defaultErrnoRet: number
  readonly architectures: readonly string[]
  readonly syscalls: readonly SeccompEntry[]
}

/** Calls that are taken out, and why. `unless`: capabilities that make no sense without them. */
export const refusedCalls: readonly {
  readonly calls: readonly string[]
  readonly why: string
  readonly unless?: readonly string[]
}[] = [
  { calls: ['userfaultfd'], why: 'stops the kernel in the middle of a copy, which exploits of races build on' },
  {
    calls: ['add_key', 'keyctl', 'request_key'],
    why: 'the kernel’s keys belong to no container: one reads those of others',
  },
  {
    calls: ['io_uring_enter', 'io_uring_register', 'io_uring_setup'],
    why: 'works past the filter of system calls, and has had many bugs; programs fall back to epoll',
  },
  { calls: ['perf_event_open'], why: 'watches other processes and the kernel', unless: ['PERFMON', 'SYS_ADMIN'] },
  { calls: ['bpf'], why: 'runs programs in the kernel', unless: ['BPF', 'SYS_ADMIN'] },
  {
    calls: ['kcmp', 'pidfd_getfd', 'process_madvise', 'process_vm_readv', 'process_vm_writev', 'ptrace'],
    why: 'reads and changes other processes: for debuggers, not for services',
    unless: ['SYS_PTRACE'],
  },
  { calls: ['kexec_file_load', 'kexec_load', 'reboot'], why: 'starts another kernel', unless: ['SYS_BOOT'] },
  { calls: ['delete_module', 'finit_module', 'init_module'], why: 'loads code into the kernel', unless: ['SYS_MODULE'] },
  {
    calls: [
      'fsconfig',
      'fsmount',
      'fsopen',
      'fspick',
      'mount',
      'mount_setattr',
      'move_mount',
      'open_tree',
      'open_tree_attr',
      'pivot_root',
      'umount',
      'umount2',
    ],
    why: 'mounts: what is mounted is the runtime’s business',
    unless: ['SYS_ADMIN'],
  },
  {
    calls: ['setns', 'unshare'],
    why: 'a user namespace of one’s own opens parts of the kernel that only root should reach',
    unless: ['SYS_ADMIN'],
  },
  { calls: ['fanotify_init', 'fanotify_mark'], why: 'watches all files of a file system', unless: ['SYS_ADMIN'] },
  {
    calls: ['name_to_handle_at', 'open_by_handle_at'],
    why: 'opens files by number, past the container’s root',
    unless: ['DAC_READ_SEARCH'],
  },
  { calls: ['modify_ldt'], why: 'segments for programs of 16 bits, with a history of bugs' },
  { calls: ['statmount', 'listmount'], why: 'shows where the host mounted what' },
  { calls: ['vmsplice'], why: 'puts pages of a program into pipes: a part of Dirty Pipe and its like' },
  { calls: ['remap_file_pages'], why: 'outdated since 2014' },
  { calls: ['memfd_secret'], why: 'hides memory from whoever looks into an incident' },
  {
    calls: ['quotactl', 'quotactl_fd', 'acct', 'swapon', 'swapoff'],
    why: 'administers the host',
    unless: ['SYS_ADMIN', 'SYS_PACCT'],
  },
]

/** Address families by their number (https://github.com/torvalds/linux/blob/master/include/linux/socket.h) that a program may open sockets of. */
export const allowedFamilies: readonly { readonly number: number; readonly name: string; readonly why: string }[] = [
  { number: 1, name: 'AF_UNIX', why: 'between processes of one host' },
  { number: 2, name: 'AF_INET', why: 'IPv4' },
  { number: 10, name: 'AF_INET6', why: 'IPv6' },
  { number: 16, name: 'AF_NETLINK', why: 'the C library lists interfaces and addresses by it' },
]
const packetFamily = { number: 17, name: 'AF_PACKET' }

/** The machines that it is made for; those of 32 bits only where the image has such programs, for their `socketcall` hides the family from a filter. */
const machines = [
  { names: ['amd64'], architecture: 'SCMP_ARCH_X86_64' },
  { names: ['x86'], architecture: 'SCMP_ARCH_X86', of: '386' },
  { names: ['arm64'], architecture: 'SCMP_ARCH_AARCH64' },
  { names: ['arm'], architecture: 'SCMP_ARCH_ARM', of: 'arm' },
] as const

export type SeccompSubject = {
  /** Without `CAP_`. */
  readonly capabilities: readonly string[]
  /** Machines that programs of the image are made for, as images call them. */
  readonly machines: readonly string[]
}

export const seccompProfile = (subject: SeccompSubject): SeccompProfile => {
  const chosen = machines.filter(machine => !('of' in machine) || subject.machines.includes(machine.of))
  const arches = new Set<string>(chosen.flatMap(({ names }) => names))
  const capabilities = new Set(subject.capabilities.map(name => `CAP_${name}`))
  const has32 = chosen.some(machine => 'of' in machine)
  const refused = new Set(
    refusedCalls
      .filter(({ unless = [] }) => !unless.some(name => capabilities.has(`CAP_${name}`)))
      .flatMap(({ calls }) => calls)
      // A program of 32 bits keeps its thread's memory there.
      .filter(name => !(has32 && name === 'modify_ldt')),
  )
  if (!has32) refused.add('socketcall')
  const plain = new Set<string>()
  const limited: SeccompEntry[] = []
  for (const entry of source.syscalls as unknown as readonly SourceEntry[]) {
    if (!holds(entry, arches, capabilities)) continue
    const names = entry.names.filter(name => name !== 'socket' && !refused.has(name))
    if (names.length === 0) continue
    if (entry.action === 'SCMP_ACT_ALLOW' && (entry.args ?? []).length === 0) for (const name of names) plain.add(name)
    else
      limited.push({
        names,
        action: entry.action,
        ...(entry.errnoRet === undefined ? {} : { errnoRet: entry.errnoRet }),
        ...(entry.args ? { args: entry.args } : {}),
      })
  }
  const families = [...allowedFamilies, ...(capabilities.has('CAP_NET_RAW') ? [packetFamily] : [])]
  return {
    defaultAction: source.defaultAction,
    defaultErrnoRet: source.defaultErrnoRet,
    architectures: chosen.map(({ architecture }) => architecture),
    syscalls: [
      { names: [...plain].sort(), action: 'SCMP_ACT_ALLOW' },
      // A call that is open to all needs no conditions.
      ...limited.filter(({ names }) => !names.every(name => plain.has(name))),
      ...families.map(({ number }) => ({
        names: ['socket'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: number, op: 'SCMP_CMP_EQ' }],
      })),
    ],
  }
}

/** As Docker weighs them (https://github.com/moby/profiles/blob/main/seccomp/seccomp_linux.go): kernels before 4.8 are none that Docker runs on. */
const holds = ({ includes, excludes }: SourceEntry, arches: ReadonlySet<string>, capabilities: ReadonlySet<string>): boolean => {
  if (includes?.arches && !includes.arches.some(name => arches.has(name))) return false
  if (includes?.caps && !includes.caps.some(name => capabilities.has(name))) return false
  if (excludes?.arches && [...arches].every(name => excludes.arches!.includes(name))) return false
  return !excludes?.caps?.some(name => capabilities.has(name))
}

export const showSeccomp = (profile: SeccompProfile): string => `${JSON.stringify(profile, undefined, 2)}\n`
