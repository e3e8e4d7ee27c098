/** Whose machine an engine is on, and what can be seen of it there: dockerd's options, files, groups, audit rules. Nothing is run, nothing is changed. */
import type { DaemonOption, Host, HostFile } from '../model/daemon.ts'
import type { Problem } from '../model/finding.ts'
import { type World, WorldError } from '../model/world.ts'

const fileLimit = 4 * 1024 * 1024
const commandLimit = 256 * 1024
/** Process numbers go to four millions; no machine runs so many at once. */
const processLimit = 200_000

/** Files of /proc have no size: they are read until they end. Undefined when there is nothing to read. */
const readPseudo = (world: World, path: string, limit = commandLimit): string | undefined => {
  try {
    const file = world.files.open(path)
    try {
      const into = new Uint8Array(limit)
      return new TextDecoder().decode(into.subarray(0, file.read(0, into)))
    } finally {
      file.close()
    }
  } catch (error) {
    if (error instanceof WorldError) return undefined
    throw error
  }
}

/**
 * True when the engine runs on this very machine: a socket can be forwarded from another one, or handed into a container. Its name for the host and its
 * kernel are those of this process.
 */
export const isOnThisMachine = (world: World, name: string, kernel: string | undefined): boolean =>
  readPseudo(world, '/proc/sys/kernel/hostname')?.trim() === name &&
  readPseudo(world, '/proc/sys/kernel/osrelease')?.trim() === kernel

const switches = new Set(
  (
    'allow-nondistributable-artifacts-all cdi debug experimental host-gateway icc init ip-forward ip-masq ip6tables iptables ipv6 live-restore ' +
    'no-new-privileges no-proxy-all raw-logs rootless selinux-enabled tls tlsverify userland-proxy validate'
  ).split(' '),
)
/** Flags whose names in daemon.json are others (https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file). */
const listNames: Readonly<Record<string, string>> = {
  host: 'hosts',
  H: 'hosts',
  'insecure-registry': 'insecure-registries',
  'registry-mirror': 'registry-mirrors',
  'authorization-plugin': 'authorization-plugins',
  'default-ulimit': 'default-ulimits',
  'log-opt': 'log-opts',
  'storage-opt': 'storage-opts',
  'exec-opt': 'exec-opts',
  label: 'labels',
}

/** What dockerd was started with. A flag without `=` takes the next word, unless it is a switch. */
export const dockerdOptions = (words: readonly string[]): ReadonlyMap<string, DaemonOption> => {
  const found = new Map<string, DaemonOption>()
  for (let i = 0; i < words.length; i++) {
    const flag = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(words[i]!)
    if (!flag) continue
    const name = flag[1]!
    if (switches.has(name) || (name === 'D' && flag[2] === undefined)) {
      found.set(name === 'D' ? 'debug' : name, { value: flag[2] === undefined || /^(?:1|t|true)$/i.test(flag[2]), from: 'flag' })
      continue
    }
    const value = flag[2] ?? words[++i]
    if (value === undefined) continue
    const list = listNames[name]
    if (list === undefined) found.set(name, { value, from: 'flag' })
    else {
      const before = found.get(list)?.value
      found.set(list, { value: [...(Array.isArray(before) ? before : []), value], from: 'flag' })
    }
  }
  return found
}

/** The dockerd that listens on `socket` or keeps its files in `root`: its words. Undefined when its command line cannot be seen. */
const dockerdWords = (world: World, socket: string, root: string): readonly string[] | undefined => {
  let names: readonly string[]
  try {
    names = world.files.names('/proc')
  } catch (error) {
    if (error instanceof WorldError) return undefined
    throw error
  }
  const candidates: (readonly string[])[] = []
  for (const name of names.filter(one => /^\d+$/.test(one)).slice(0, processLimit)) {
    if (!/^dockerd/.test(readPseudo(world, `/proc/${name}/comm`, 64) ?? '')) continue
    const words = (readPseudo(world, `/proc/${name}/cmdline`) ?? '').split('\0').filter(word => word !== '')
    if (words.length > 0) candidates.push(words.slice(1))
  }
  const belongs = (words: readonly string[]): boolean => {
    const options = dockerdOptions(words)
    const hosts = options.get('hosts')?.value
    if (Array.isArray(hosts) && hosts.includes(`unix://${socket}`)) return true
    const dataRoot = options.get('data-root')?.value ?? options.get('graph')?.value
    return dataRoot === undefined ? candidates.length === 1 && hosts === undefined : dataRoot === root
  }
  // Socket activation: `-H fd://`, and the socket is systemd's.
  const activated = (words: readonly string[]): boolean =>
    /^(?:\/var)?\/run\/docker\.sock$/.test(socket) && words.some(word => word.includes('fd://'))
  return candidates.find(belongs) ?? candidates.find(activated)
}

export type LocalEngine = {
  readonly options: ReadonlyMap<string, DaemonOption> | undefined
  /** The daemon.json that holds, whether it is there or not. */
  readonly configuration: string
  readonly problems: readonly Problem[]
}

/** Options of an engine on this machine. Those of the command line win; dockerd refuses to start when both say the same thing. */
export const readLocalEngine = async (world: World, socket: string, root: string): Promise<LocalEngine> => {
  const words = dockerdWords(world, socket, root)
  if (words === undefined)
    return {
      options: undefined,
      configuration: '/etc/docker/daemon.json',
      problems: [uncovered('daemon-command', 'the command line of dockerd cannot be seen from here: its options are not judged')],
    }
  const flags = dockerdOptions(words)
  const named = flags.get('config-file')?.value
  const configuration = typeof named === 'string' ? named : '/etc/docker/daemon.json'
  const merged = new Map<string, DaemonOption>()
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(await world.files.read(configuration, fileLimit)))
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('it is no object')
    for (const [name, value] of Object.entries(parsed)) merged.set(name, { value, from: 'file' })
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof SyntaxError)) throw error
    // Most engines have none.
    if (!(error instanceof WorldError && error.code === 'not-found'))
      return {
        options: undefined,
        configuration,
        problems: [
          uncovered(
            'daemon-configuration',
            `${configuration} cannot be read (${error.message}): the options of dockerd are not judged`,
          ),
        ],
      }
  }
  for (const [name, option] of flags) merged.set(name, option)
  return { options: merged, configuration, problems: [] }
}

const uncovered = (code: string, message: string): Problem => ({ kind: 'uncovered', code, message })

/** Where packages and people put what belongs to Docker (https://docs.docker.com/engine/daemon/). */
export const hostPaths: readonly string[] = [
  '/usr/lib/systemd/system/docker.service',
  '/lib/systemd/system/docker.service',
  '/etc/systemd/system/docker.service',
  '/usr/lib/systemd/system/docker.socket',
  '/lib/systemd/system/docker.socket',
  '/etc/systemd/system/docker.socket',
  '/etc/docker',
  '/etc/docker/certs.d',
  '/etc/docker/daemon.json',
  '/etc/default/docker',
  '/etc/sysconfig/docker',
  '/run/docker.sock',
  '/run/containerd',
  '/run/containerd/containerd.sock',
  '/etc/containerd/config.toml',
  '/var/lib/docker',
  '/usr/bin/docker',
  '/usr/bin/dockerd',
  '/usr/sbin/dockerd',
  '/usr/bin/docker-containerd',
  '/usr/bin/containerd',
  '/usr/bin/containerd-shim',
  '/usr/bin/containerd-shim-runc-v1',
  '/usr/bin/containerd-shim-runc-v2',
  '/usr/bin/runc',
  '/usr/sbin/runc',
]

/** Certificates of registries: /etc/docker/certs.d/HOST/FILE. */
const certificateLimit = 1000

/** `also`: paths that this engine names itself: its socket, its folder, its configuration, its keys. */
export const readHost = async (
  world: World,
  also: readonly string[],
  root: string | undefined,
): Promise<{ readonly host: Host; readonly problems: readonly Problem[] }> => {
  const problems: Problem[] = []
  const files = new Map<string, HostFile>()
  const look = (path: string): void => {
    try {
      const found = followed(world, path)
      if (!found) return
      const { type, mode, uid, gid, inode } = found
      // `/lib` is a link to `/usr/lib` in most distributions: one file, told once.
      if (files.has(inode)) return
      const kind = type === 'file' || type === 'directory' ? type : /\.sock$/.test(path) ? 'socket' : 'other'
      files.set(inode, { path, type: kind, mode, uid, gid })
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      problems.push(uncovered('host-unreadable', `${path} cannot be looked at: ${error.message}`))
    }
  }
  for (const path of [...new Set([...also, ...hostPaths])]) look(path)
  for (const path of certificates(world, problems)) look(path)
  const group = await textOf(world, '/etc/group', problems)
  const mounts = readPseudo(world, '/proc/self/mountinfo', fileLimit)
  if (mounts === undefined)
    problems.push(uncovered('host-unreadable', '/proc/self/mountinfo cannot be read: partitions are not judged'))
  return {
    host: {
      files: [...files.values()],
      dockerGroup: group === undefined ? undefined : groupOf(group),
      root: root === undefined || mounts === undefined ? undefined : { path: root, mountPoint: mountPointOf(root, mounts) },
      audited: await auditedPaths(world, problems),
    },
    problems,
  }
}

const followed = (world: World, path: string) => {
  const found = world.files.inspect(path)
  if (found?.type !== 'link') return found
  const target = found.target.startsWith('/') ? found.target : `${path.slice(0, path.lastIndexOf('/'))}/${found.target}`
  const behind = world.files.inspect(target)
  return behind?.type === 'link' ? undefined : behind
}

const certificates = (world: World, problems: Problem[]): readonly string[] => {
  const top = '/etc/docker/certs.d'
  try {
    if (world.files.inspect(top)?.type !== 'directory') return []
    const found = world.files
      .names(top)
      .slice(0, certificateLimit)
      .flatMap(host => {
        const folder = `${top}/${host}`
        return world.files.inspect(folder)?.type === 'directory' ? world.files.names(folder).map(name => `${folder}/${name}`) : []
      })
    if (found.length > certificateLimit)
      problems.push(uncovered('host-too-much', `${top} has more than ${certificateLimit} files: the others were not looked at`))
    return found.slice(0, certificateLimit)
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    problems.push(uncovered('host-unreadable', `${top} cannot be looked at: ${error.message}`))
    return []
  }
}

const textOf = async (world: World, path: string, problems: Problem[]): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await world.files.read(path, fileLimit))
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    problems.push(uncovered('host-unreadable', `${path} cannot be read: ${error.message}`))
    return undefined
  }
}

/** https://man7.org/linux/man-pages/man5/group.5.html */
const groupOf = (text: string): Host['dockerGroup'] => {
  const found = /^docker:[^:\n]*:(\d+):([^\n]*)$/m.exec(text)
  if (!found) return { gid: undefined, members: [] }
  return {
    gid: Number(found[1]),
    members: found[2]!
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
  }
}

/**
 * Where the file system begins that a path is on (https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html). The engine mounts its own folder onto
 * itself, which is no partition: a mount of the same device as the one around it does not count. Spaces are written \\040.
 */
const mountPointOf = (path: string, mounts: string): string => {
  const around = mounts
    .split('\n')
    .map(line => line.split(' '))
    .map(([, , device = '', , point = '']) => ({ device, point: point.replaceAll('\\040', ' ') }))
    .filter(({ point }) => point === '/' || point === path || (point !== '' && path.startsWith(`${point}/`)))
    .sort((a, b) => a.point.length - b.point.length)
  const device = around.at(-1)?.device
  const first = around.findLastIndex(one => one.device !== device) + 1
  return around[first]?.point ?? '/'
}

/** `-w PATH`, and `-F path=`, `-F dir=` of rules for all calls: https://man7.org/linux/man-pages/man7/audit.rules.7.html */
const auditedPaths = async (world: World, problems: Problem[]): Promise<readonly string[] | undefined> => {
  const texts: string[] = []
  try {
    const folder = '/etc/audit/rules.d'
    const hasFolder = world.files.inspect(folder)?.type === 'directory'
    const names = hasFolder ? world.files.names(folder).filter(name => name.endsWith('.rules')) : []
    const paths = ['/etc/audit/audit.rules', ...names.map(name => `${folder}/${name}`)].filter(path => world.files.inspect(path))
    for (const path of paths) texts.push(new TextDecoder().decode(await world.files.read(path, fileLimit)))
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    problems.push(uncovered('host-unreadable', `the rules of auditd cannot be read: ${error.message}`))
    return undefined
  }
  return texts
    .flatMap(text => text.split('\n'))
    .filter(line => !line.trimStart().startsWith('#'))
    .flatMap(line =>
      [...line.matchAll(/(?:^|\s)(?:-w\s+|-F\s+(?:path|dir)=)(\S+)/g)].map(([, path]) => path!.replace(/(.)\/$/, '$1')),
    )
}
