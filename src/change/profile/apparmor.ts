/** An AppArmor profile: https://gitlab.com/apparmor/apparmor/-/wikis/QuickProfileLanguage */
import type { CapabilityChoice } from './capabilities.ts'
import { cleanPath, isPlainPath, type ProfileSubject } from './subject.ts'
import type { WritableChoice } from './writable.ts'

/** As it is loaded: what `apparmor=` and `localhostProfile` name. */
export const apparmorName = ({ name }: Pick<ProfileSubject, 'name'>): string => `bulkhead-${name}`

/**
 * Programs may be read and started wherever they are, and written to is what is mounted for it. What the runtime hides in /proc and /sys is hidden once more,
 * for whoever unmounts what lies over it.
 */
export const apparmorProfile = (subject: ProfileSubject, capabilities: CapabilityChoice, writable: WritableChoice): string => {
  const name = apparmorName(subject)
  const { mounts, notes } = mountRules(subject)
  const line = (rule: string, why?: string): string =>
    `  ${rule}${why === undefined ? '' : ` # ${why.replace(/[^\x20-\x7e]/g, plainMark)}`}`
  const folder = (path: string, rights: string, why: string): readonly string[] => [
    line(`${path}/ rw,`, why),
    line(`${path}/** ${rights},`),
  ]
  const lines = [
    `# AppArmor profile for ${subject.name}. Load it with: apparmor_parser -r -W FILE`,
    '# The first lines are the form of AppArmor 3, in which "network unix" is a part of "network".',
    'abi <abi/3.0>,',
    '#include <tunables/global>',
    '',
    `profile ${name} flags=(attach_disconnected,mediate_deleted) {`,
    '  #include <abstractions/base>',
    '',
    line('network unix,', 'between processes of one host'),
    line('network inet stream,'),
    line('network inet dgram,'),
    line('network inet6 stream,'),
    line('network inet6 dgram,'),
    line('network netlink raw,', 'the C library lists interfaces and addresses by it'),
    '',
    ...(capabilities.add.length === 0
      ? ['  # No capability is allowed.']
      : capabilities.add.map(({ value, why }) => line(`capability ${value.toLowerCase()},`, why))),
    '',
    '  # Everything may be read and started; nothing is written but what is listed.',
    line('/ r,'),
    line('/** rix,', 'a started program keeps this profile'),
    ...writable.scratch.flatMap(({ value, why }) => folder(value, 'rwkl', why)),
    ...writable.volumes.flatMap(({ value, why }) => folder(value, 'rwkl', why)),
    ...mounts.flatMap(({ path, why }) => [line(`${path} rw,`, why), line(`${path}/{,**} rwkl,`)]),
    line('/dev/{null,zero,full,random,urandom,tty,ptmx,console,stdin,stdout,stderr} rw,'),
    line('/dev/{pts,fd}/** rw,'),
    line('/dev/{shm,mqueue}/ rw,', 'shared memory and message queues of its own'),
    line('/dev/{shm,mqueue}/** rwkl,'),
    line('owner @{PROC}/@{pid}/fd/** rw,', 'logs that are links to /dev/stdout'),
    line('owner @{PROC}/@{pid}/{oom_score_adj,comm} rw,'),
    line('owner @{PROC}/@{pid}/task/*/comm rw,', 'names of threads'),
    line('owner @{PROC}/@{pid}/attr/{,apparmor/}{current,exec} rw,', 'the runtime sets the profile by it'),
    '',
    '  # Mounts, and what the kernel shows and takes in /proc and /sys.',
    line('deny mount,'),
    line('deny umount,'),
    line('deny pivot_root,'),
    line('deny @{PROC}/{kcore,kmem,mem,kallsyms,keys,key-users,sched_debug,timer_list,timer_stats,sysrq-trigger} rwklx,'),
    line('deny @{PROC}/{acpi,scsi}/** rwklx,'),
    line('deny @{PROC}/sys/** wklx,'),
    line('deny @{PROC}/{bus,fs,irq}/** wklx,'),
    line('deny /sys/** wklx,'),
    line('deny /sys/{firmware,kernel/security,kernel/debug,kernel/tracing}/{,**} rwklx,'),
    '',
    '  # Signals from the runtime and among themselves; nobody traces others.',
    line('signal (receive) peer=unconfined,'),
    line('signal (receive) peer=runc,'),
    line('signal (receive) peer=crun,'),
    line('signal (receive) peer=containerd-default,'),
    line(`signal (send, receive) peer=${name},`),
    line('deny ptrace (trace, read) peer=unconfined,'),
    ...(notes.length > 0 ? ['', ...notes.map(note => `  # ${note}`)] : []),
    '}',
    '',
  ]
  return lines.join('\n')
}

/** What the file mounts already. */
const mountRules = ({
  container,
}: ProfileSubject): { readonly mounts: readonly { path: string; why: string }[]; readonly notes: readonly string[] } => {
  const mounts: { path: string; why: string }[] = []
  const notes: string[] = []
  for (const { target, readOnly } of container?.mounts ?? []) {
    const path = cleanPath(target)
    if (readOnly || path === '/') continue
    if (isPlainPath(path)) mounts.push({ path, why: 'the file mounts it for writing' })
    else notes.push('A mount whose path has unusual characters is not listed: add it by hand.')
  }
  return { mounts, notes }
}

/** The parser takes any bytes in comments; people's terminals do not. */
const plainMark = (mark: string): string => ({ '’': "'", '“': '"', '”': '"', '…': '...', '→': '->' })[mark] ?? '?'
