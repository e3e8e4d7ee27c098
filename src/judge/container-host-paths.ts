/** Paths of a host, and what a container gets with each of them. */
import type { Severity } from '../model/finding.ts'

/** `/var/run` is a link to `/run` in every current distribution (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html); macOS has `/private/var`. */
export const realHostPath = (path: string): string => {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path
  const link = /^\/var\/(run|lock)(?=\/|$)/.exec(clean)
  return link ? `/run${link[1] === 'lock' ? '/lock' : ''}${clean.slice(link[0].length)}` : clean
}

/** True when `path` is `folder` or below it. */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`)

type Engine = { readonly path: string | RegExp; readonly engine: string }

/** Sockets by which an engine, a runtime or the machine itself is commanded. */
const sockets: readonly Engine[] = [
  { path: '/run/docker.sock', engine: 'Docker' },
  { path: '/run/docker/containerd/containerd.sock', engine: 'containerd' },
  { path: '/run/containerd/containerd.sock', engine: 'containerd' },
  { path: '/run/crio/crio.sock', engine: 'CRI-O' },
  { path: '/run/cri-dockerd.sock', engine: 'cri-dockerd' },
  { path: '/run/podman/podman.sock', engine: 'Podman' },
  { path: '/run/k3s/containerd/containerd.sock', engine: 'k3s' },
  { path: '/run/k0s/containerd.sock', engine: 'k0s' },
  { path: '/run/buildkit/buildkitd.sock', engine: 'BuildKit' },
  { path: '/run/balena-engine.sock', engine: 'balenaEngine' },
  { path: '/run/dockershim.sock', engine: 'dockershim' },
  { path: '/run/frakti.sock', engine: 'Frakti' },
  { path: '/run/rkt', engine: 'rkt' },
  { path: '/run/systemd/private', engine: 'systemd' },
  { path: '/run/dbus/system_bus_socket', engine: 'D-Bus' },
  { path: '/run/libvirt/libvirt-sock', engine: 'libvirt' },
  { path: '/run/lxd.socket', engine: 'LXD' },
  { path: '/var/lib/lxd/unix.socket', engine: 'LXD' },
  { path: '/var/snap/lxd/common/lxd/unix.socket', engine: 'LXD' },
  { path: '/var/snap/microk8s/common/run/containerd.sock', engine: 'MicroK8s' },
  { path: /^\/run\/user\/\d+\/docker\.sock$/, engine: 'rootless Docker' },
  { path: /^\/run\/user\/\d+\/podman\/podman\.sock$/, engine: 'rootless Podman' },
  {
    path: /^\/(?:home|Users)\/[^/]+\/\.(?:docker\/run|docker\/desktop|colima\/default|orbstack\/run|rd)\/docker\.sock$/,
    engine: 'Docker',
  },
  { path: /(?:^|\/)(?:docker|containerd|podman|crio|buildkitd|cri-dockerd)\.sock$/, engine: 'a container engine' },
]

/** Folders in which such sockets are, up to `/run` itself. `/` and `/var` are worse for other reasons, see hostPathDanger. */
const socketFolders: readonly Engine[] = [
  { path: '/run', engine: 'Docker and other engines' },
  { path: '/run/docker', engine: 'containerd' },
  { path: '/run/docker/containerd', engine: 'containerd' },
  { path: '/run/containerd', engine: 'containerd' },
  { path: '/run/crio', engine: 'CRI-O' },
  { path: '/run/podman', engine: 'Podman' },
  { path: '/run/k3s', engine: 'k3s' },
  { path: '/run/k3s/containerd', engine: 'k3s' },
  { path: '/run/k0s', engine: 'k0s' },
  { path: '/run/buildkit', engine: 'BuildKit' },
  { path: '/run/systemd', engine: 'systemd' },
  { path: '/run/dbus', engine: 'D-Bus' },
  { path: '/run/libvirt', engine: 'libvirt' },
  { path: '/run/user', engine: 'rootless engines' },
  { path: '/var/lib/lxd', engine: 'LXD' },
  { path: '/var/snap/lxd/common/lxd', engine: 'LXD' },
  { path: '/var/snap/microk8s/common/run', engine: 'MicroK8s' },
  { path: /^\/run\/user\/\d+(?:\/podman)?$/, engine: 'rootless engines' },
]

const matches = (path: string, pattern: string | RegExp): boolean =>
  typeof pattern === 'string' ? path === pattern : pattern.test(path)

/** The engine whose socket a path of the host is, or holds; undefined for any other path. Windows' pipes too. */
export const engineAt = (
  path: string,
): { readonly engine: string; readonly through: 'socket' | 'folder'; readonly commands: 'engine' | 'system' } | undefined => {
  if (/^(?:\\\\|\/\/)\.[\\/]pipe[\\/](?:docker_engine|containerd-containerd|podman-machine-default)/i.test(path))
    return { engine: 'the engine', through: 'socket', commands: 'engine' }
  const real = realHostPath(path)
  const commands = (engine: string): 'engine' | 'system' => (/^(?:systemd|D-Bus|libvirt)$/.test(engine) ? 'system' : 'engine')
  const socket = sockets.find(one => matches(real, one.path))
  if (socket) return { engine: socket.engine, through: 'socket', commands: commands(socket.engine) }
  const folder = socketFolders.find(one => matches(real, one.path))
  return folder && { engine: folder.engine, through: 'folder', commands: commands(folder.engine) }
}

type Danger = {
  /** Itself and everything below; `exact`: only itself. */
  readonly path: string
  readonly exact?: true
  /** When it can be written to, and when it can only be read. */
  readonly writable: Severity
  readonly readable: Severity
  /** To follow “gives the container …”. */
  readonly gives: string
}

/** The first that fits counts. */
const dangers: readonly Danger[] = [
  {
    path: '/',
    exact: true,
    writable: 'critical',
    readable: 'critical',
    gives: 'the whole host, its keys and its engine’s socket included',
  },
  {
    path: '/etc/kubernetes',
    writable: 'critical',
    readable: 'critical',
    gives: 'the keys of the cluster, and pods that the kubelet starts by itself',
  },
  { path: '/etc/shadow', writable: 'critical', readable: 'high', gives: 'the passwords of the host' },
  { path: '/etc/ssh', writable: 'critical', readable: 'high', gives: 'the host’s own keys of SSH' },
  { path: '/etc/localtime', writable: 'low', readable: 'info', gives: 'the host’s time zone' },
  { path: '/etc/timezone', writable: 'low', readable: 'info', gives: 'the host’s time zone' },
  { path: '/etc/hostname', writable: 'medium', readable: 'info', gives: 'the host’s name' },
  { path: '/etc/machine-id', writable: 'medium', readable: 'info', gives: 'the host’s number' },
  { path: '/etc/resolv.conf', writable: 'medium', readable: 'info', gives: 'how the host resolves names' },
  { path: '/etc/ssl/certs', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/etc/pki/ca-trust', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/etc/ca-certificates', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/usr/share/zoneinfo', writable: 'low', readable: 'info', gives: 'the time zones' },
  { path: '/etc/hosts', writable: 'high', readable: 'low', gives: 'the names that the host resolves by itself' },
  { path: '/etc/passwd', writable: 'critical', readable: 'low', gives: 'the accounts of the host' },
  { path: '/etc/group', writable: 'critical', readable: 'low', gives: 'the groups of the host' },
  {
    path: '/etc',
    writable: 'critical',
    readable: 'high',
    gives: 'the host’s configuration: accounts, passwords, cron and systemd',
  },
  { path: '/root', writable: 'critical', readable: 'high', gives: 'root’s own files: SSH keys and credentials' },
  { path: '/home', exact: true, writable: 'high', readable: 'high', gives: 'everybody’s files: SSH keys and credentials' },
  { path: '/Users', exact: true, writable: 'high', readable: 'high', gives: 'everybody’s files: SSH keys and credentials' },
  {
    path: '/proc',
    writable: 'critical',
    readable: 'high',
    gives: 'every process of the host, and its kernel’s settings: core_pattern starts a program outside',
  },
  { path: '/sys/fs/cgroup', writable: 'high', readable: 'low', gives: 'the host’s control groups' },
  { path: '/sys/kernel/debug', writable: 'critical', readable: 'high', gives: 'the kernel’s tracing and debugging' },
  {
    path: '/sys',
    writable: 'critical',
    readable: 'medium',
    gives: 'the host’s devices and kernel: uevent_helper starts a program outside',
  },
  { path: '/dev/shm', writable: 'medium', readable: 'medium', gives: 'the shared memory of the host’s processes' },
  { path: '/dev', exact: true, writable: 'critical', readable: 'high', gives: 'the host’s disks and its memory, as devices' },
  { path: '/dev/log', writable: 'low', readable: 'low', gives: 'the host’s log' },
  { path: '/boot', writable: 'critical', readable: 'medium', gives: 'the kernel that the host starts with' },
  { path: '/lib/modules', writable: 'critical', readable: 'low', gives: 'the modules that the host’s kernel loads' },
  { path: '/usr/src', writable: 'medium', readable: 'info', gives: 'the sources that kernel modules are built of' },
  { path: '/lib', writable: 'critical', readable: 'low', gives: 'the libraries that the host’s programs load' },
  { path: '/lib64', writable: 'critical', readable: 'low', gives: 'the libraries that the host’s programs load' },
  { path: '/bin', writable: 'critical', readable: 'low', gives: 'the programs of the host' },
  { path: '/sbin', writable: 'critical', readable: 'low', gives: 'the programs of the host' },
  { path: '/usr', writable: 'critical', readable: 'low', gives: 'the programs of the host' },
  {
    path: '/var/lib/docker',
    writable: 'critical',
    readable: 'high',
    gives: 'the files, volumes and secrets of every other container',
  },
  { path: '/var/lib/containerd', writable: 'critical', readable: 'high', gives: 'the files of every other container' },
  { path: '/var/lib/containers', writable: 'critical', readable: 'high', gives: 'the files of every other container' },
  {
    path: '/run/containers',
    writable: 'critical',
    readable: 'high',
    gives: 'the state and the credentials of the host’s engine',
  },
  { path: '/var/lib/rancher', writable: 'critical', readable: 'critical', gives: 'the cluster’s keys and the files of its pods' },
  {
    path: '/var/lib/kubelet',
    writable: 'critical',
    readable: 'critical',
    gives: 'the tokens and secrets of all pods of the node, and the kubelet’s own key',
  },
  {
    path: '/var/lib/etcd',
    writable: 'critical',
    readable: 'critical',
    gives: 'everything that the cluster knows, secrets included',
  },
  { path: '/opt/cni', writable: 'critical', readable: 'low', gives: 'programs that the kubelet runs as root' },
  {
    path: '/var/log',
    writable: 'high',
    readable: 'medium',
    gives: 'the host’s logs: with a link in /var/log/pods any file can be asked of the kubelet',
  },
  { path: '/var/spool/cron', writable: 'critical', readable: 'low', gives: 'what the host runs by the clock' },
  {
    path: '/var',
    exact: true,
    writable: 'critical',
    readable: 'high',
    gives: 'the engine’s files, those of all other containers, and what cron runs',
  },
  {
    path: '/var/lib',
    exact: true,
    writable: 'critical',
    readable: 'high',
    gives: 'the engine’s files and those of all other containers',
  },
  { path: '/mnt', exact: true, writable: 'medium', readable: 'medium', gives: 'every disk that is mounted there' },
  { path: '/media', exact: true, writable: 'medium', readable: 'medium', gives: 'every disk that is mounted there' },
  { path: '/opt', exact: true, writable: 'high', readable: 'low', gives: 'programs that the host runs' },
  { path: '/srv', exact: true, writable: 'medium', readable: 'low', gives: 'everything that the host serves' },
  {
    path: '/tmp',
    exact: true,
    writable: 'medium',
    readable: 'low',
    gives: 'the files and sockets that other programs keep there',
  },
]

/** In somebody's home, wherever that is: `~/.ssh`, `$HOME/.aws`, `/home/ann/.kube`, `../.ssh`. */
const credentials =
  /(?:^|\/)\.(?:ssh|aws|azure|kube|gnupg|docker|config\/gcloud|netrc|npmrc|pypirc|git-credentials|password-store|config\/gh|vault-token)(?:\/|$)/

const wholeHome = /^(?:~|\$HOME|\$\{HOME\}|\/home\/[^/]+|\/Users\/[^/]+)$/

/** What a bind of this path gives away; undefined for a path of which nothing bad is known. */
export const hostPathDanger = (
  path: string,
  readOnly: boolean,
): { readonly severity: Severity; readonly gives: string; readonly path: string } | undefined => {
  const real = realHostPath(path)
  const found = dangers.find(one => (one.exact ? real === one.path : isBelow(real, one.path)))
  if (credentials.test(path) && (found === undefined || found.path === '/root'))
    return { severity: 'high', gives: 'keys and credentials of the person at this machine', path: real }
  if (found) return { severity: readOnly ? found.readable : found.writable, gives: found.gives, path: found.path }
  if (wholeHome.test(path)) return { severity: 'high', gives: 'all files of a person: SSH keys and credentials', path: real }
  if (/^[A-Za-z]:[\\/]?$/.test(path)) return { severity: 'critical', gives: 'the whole disk of the host', path }
  return undefined
}
