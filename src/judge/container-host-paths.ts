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
  readonly path: string | RegExp
  readonly exact?: true
  /** When it can be written to, and when it can only be read. */
  readonly writable: Severity
  readonly readable: Severity
  /** To follow “gives the container …”. */
  readonly gives: string
  /** Instead, when it can be written to. */
  readonly givesWriter?: string
  /** How a writer becomes root on the host, where that is so. */
  readonly leads?: string
  /** What differs on a node of Kubernetes. */
  readonly onNode?: Partial<Pick<Danger, 'writable' | 'readable' | 'gives' | 'givesWriter' | 'leads'>>
}

const changedProgram = 'a changed program, which root starts sooner or later'
const configuration = 'the configuration of one program of the host'
const containersFiles = {
  writable: 'critical',
  readable: 'high',
  gives: 'the files of every other container',
  leads: 'a changed program in a container that may do more',
} as const

/** The first that fits counts. */
const dangers: readonly Danger[] = [
  {
    path: '/',
    exact: true,
    writable: 'critical',
    readable: 'critical',
    gives: 'the whole host, its keys and its engine’s socket included',
    leads: 'a line in cron, a key in authorized_keys, a changed program',
  },
  {
    path: '/etc/kubernetes',
    writable: 'critical',
    readable: 'critical',
    gives: 'the keys of the cluster',
    givesWriter: 'the keys of the cluster, and pods that the kubelet starts by itself',
    leads: 'a pod of its own in manifests/, with the whole node',
  },
  {
    path: '/etc/rancher',
    writable: 'critical',
    readable: 'critical',
    gives: 'the key of the cluster’s administrator',
    leads: 'whatever that administrator may do',
  },
  {
    path: /^\/etc\/g?shadow-?$/,
    writable: 'critical',
    readable: 'high',
    gives: 'the passwords of the host',
    leads: 'a password of its own for root',
  },
  {
    path: '/etc/ssh',
    writable: 'critical',
    readable: 'high',
    gives: 'the host’s own keys of SSH',
    givesWriter: 'the host’s own keys of SSH, and who may log in',
    leads: 'a line in sshd_config that lets its own key in',
  },
  { path: '/etc/localtime', writable: 'low', readable: 'info', gives: 'the host’s time zone' },
  { path: '/etc/timezone', writable: 'low', readable: 'info', gives: 'the host’s time zone' },
  { path: '/etc/hostname', writable: 'medium', readable: 'info', gives: 'the host’s name' },
  { path: '/etc/machine-id', writable: 'medium', readable: 'info', gives: 'the host’s number' },
  { path: '/etc/resolv.conf', writable: 'medium', readable: 'info', gives: 'how the host resolves names' },
  {
    path: /^\/etc\/(?:[a-z]+-release|debian_version|issue|services|protocols)$/,
    writable: 'low',
    readable: 'info',
    gives: 'which system the host is',
  },
  { path: '/etc/ssl/certs', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/etc/pki/ca-trust', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/etc/ca-certificates', writable: 'high', readable: 'info', gives: 'whom the host trusts' },
  { path: '/usr/share/zoneinfo', writable: 'low', readable: 'info', gives: 'the time zones' },
  {
    path: /^\/etc\/(?:letsencrypt|ssl|pki)(?:\/|$)/,
    writable: 'high',
    readable: 'high',
    gives: 'the private keys of the host’s TLS certificates',
  },
  {
    path: /^\/etc\/(?:wireguard|openvpn|ipsec\.d|ipsec\.secrets)(?:\/|$)/,
    writable: 'high',
    readable: 'high',
    gives: 'the keys of the host’s private networks',
  },
  { path: '/etc/hosts', writable: 'high', readable: 'low', gives: 'the names that the host resolves by itself' },
  {
    path: /^\/etc\/passwd-?$/,
    writable: 'critical',
    readable: 'low',
    gives: 'the accounts of the host',
    leads: 'an account of its own with the number 0',
  },
  {
    path: /^\/etc\/group-?$/,
    writable: 'critical',
    readable: 'low',
    gives: 'the groups of the host',
    leads: 'an account in the group of the engine, or of sudo',
  },
  {
    path: /^\/etc\/(?:cron(?:tab|\.[^/]*)?|anacrontab|at\.allow)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'what the host runs by the clock',
    leads: 'a line of its own there',
  },
  {
    path: /^\/etc\/(?:sudoers|sudoers\.d|doas\.conf|pam\.d|security|polkit-1)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'who may become root on the host',
    leads: 'a line that lets any user become root',
  },
  {
    path: /^\/etc\/(?:systemd|init|init\.d|inittab|rc\.local|rc[0-6S]?\.d|rc\.d|dbus-1|udev|xinetd\.d|update-motd\.d|logrotate\.d|apt|dpkg|dnf|yum|NetworkManager|network|networkd-dispatcher|dhcp|acpi|modprobe\.d|modules-load\.d|modules|binfmt\.d|sysctl\.d|sysctl\.conf|tmpfiles\.d)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'what the host starts by itself',
    leads: 'a command of its own, which the host runs as root',
  },
  {
    path: /^\/etc\/(?:ld\.so[^/]*|profile|profile\.d|environment|bash\.bashrc|bashrc|zsh|alternatives)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'what every program or shell of the host loads',
    leads: 'a command or a library of its own, which root loads',
  },
  {
    path: /^\/etc\/(?:docker|containerd|crio|containers)(?:\/|$)/,
    writable: 'critical',
    readable: 'medium',
    gives: 'how the host’s engine runs, and its credentials',
    leads: 'a runtime of its own, which the engine starts as root',
  },
  {
    path: '/etc/cni',
    writable: 'critical',
    readable: 'medium',
    gives: 'the settings and credentials of the node’s network plugins',
    givesWriter: 'which programs the kubelet runs as root for the network, and their credentials',
    leads: 'the name of another program',
  },
  {
    path: '/etc',
    exact: true,
    writable: 'critical',
    readable: 'high',
    gives: 'the host’s configuration: accounts, passwords, cron and systemd',
    leads: 'a line in cron, an account with the number 0',
  },
  { path: '/etc', writable: 'medium', readable: 'low', gives: configuration },
  {
    // What a person works on there is no file of root's own: those begin with a dot.
    path: /^\/root(?:\/\..*)?$/,
    writable: 'critical',
    readable: 'high',
    gives: 'root’s own files: SSH keys and credentials',
    leads: 'a key in authorized_keys, a line in a profile',
  },
  { path: '/home', exact: true, writable: 'high', readable: 'high', gives: 'everybody’s files: SSH keys and credentials' },
  { path: '/Users', exact: true, writable: 'high', readable: 'high', gives: 'everybody’s files: SSH keys and credentials' },
  {
    path: '/proc',
    exact: true,
    writable: 'critical',
    readable: 'high',
    gives: 'every process of the host, and the files and secrets of those that run as its own user',
    givesWriter: 'every process of the host, and its kernel’s settings: core_pattern starts a program outside',
  },
  {
    path: /^\/proc\/(?:sys|sysrq-trigger)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'the settings of the host’s kernel',
    givesWriter: 'the settings of the host’s kernel: core_pattern starts a program outside',
  },
  { path: /^\/proc\/(?:\d+|self)(?:\/|$)/, writable: 'high', readable: 'high', gives: 'a process of the host, with its files' },
  {
    path: /^\/proc\/(?:kcore|kallsyms|kmsg)$/,
    writable: 'high',
    readable: 'high',
    gives: 'the memory or the log of the host’s kernel',
  },
  { path: '/proc', writable: 'low', readable: 'info', gives: 'figures of the host’s kernel' },
  { path: '/sys/fs/cgroup', writable: 'high', readable: 'low', gives: 'the host’s control groups' },
  { path: '/sys/fs/bpf', writable: 'high', readable: 'low', gives: 'the BPF programs and maps of the host' },
  { path: '/sys/fs', exact: true, writable: 'high', readable: 'low', gives: 'the host’s control groups and its BPF programs' },
  { path: '/sys/kernel/debug', writable: 'critical', readable: 'high', gives: 'the kernel’s tracing and debugging' },
  { path: '/sys/kernel/tracing', writable: 'critical', readable: 'high', gives: 'the kernel’s tracing and debugging' },
  { path: '/sys/kernel/security', writable: 'high', readable: 'low', gives: 'the policies of the host’s AppArmor and the like' },
  {
    path: /^\/sys(?:\/kernel(?:\/uevent_helper)?)?$/,
    writable: 'critical',
    readable: 'medium',
    gives: 'what devices the host has, and how its kernel is set',
    givesWriter: 'the host’s devices and kernel: uevent_helper starts a program outside',
  },
  {
    path: '/sys',
    writable: 'medium',
    readable: 'low',
    gives: 'what is known of the host’s devices',
    givesWriter: 'the host’s devices: it may detach and change them',
  },
  { path: '/dev/shm', writable: 'medium', readable: 'medium', gives: 'the shared memory of the host’s processes' },
  { path: '/dev', exact: true, writable: 'critical', readable: 'high', gives: 'the host’s disks and its memory, as devices' },
  { path: '/dev/log', writable: 'low', readable: 'low', gives: 'the host’s log' },
  {
    path: '/boot',
    writable: 'critical',
    readable: 'medium',
    gives: 'the kernel that the host starts with',
    leads: 'a kernel of its own at the next start',
  },
  {
    path: /^(?:\/opt\/cni|\/usr\/libexec\/kubernetes)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'programs that the kubelet runs as root',
    leads: 'a changed program, which the kubelet runs for the next pod',
  },
  {
    path: /^(?:\/usr)?\/lib\/modules(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'the modules that the host’s kernel loads',
    leads: 'a changed module, which the kernel loads',
  },
  { path: '/usr/src', writable: 'medium', readable: 'info', gives: 'the sources that kernel modules are built of' },
  {
    path: /^(?:\/usr(?:\/local)?)?\/(?:lib|lib32|lib64)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'the libraries that the host’s programs load',
    leads: 'a changed library, which root’s programs load',
  },
  {
    path: /^(?:\/usr(?:\/local)?)?\/(?:bin|sbin|libexec)(?:\/|$)/,
    writable: 'critical',
    readable: 'low',
    gives: 'the programs of the host',
    leads: changedProgram,
  },
  {
    path: /^\/usr(?:\/local)?$/,
    writable: 'critical',
    readable: 'low',
    gives: 'the programs of the host',
    leads: changedProgram,
  },
  { path: '/usr', writable: 'medium', readable: 'info', gives: 'files of programs of the host' },
  {
    path: '/var/lib/docker',
    ...containersFiles,
    gives: 'the files, volumes and secrets of every other container',
  },
  { path: '/var/lib/containerd', ...containersFiles },
  { path: '/var/lib/containers', ...containersFiles },
  {
    path: '/run/containers',
    writable: 'critical',
    readable: 'high',
    gives: 'the state and the credentials of the host’s engine',
    leads: 'a changed file of a container that may do more',
  },
  {
    path: '/var/lib/rancher',
    writable: 'critical',
    readable: 'critical',
    gives: 'the cluster’s keys and the files of its pods',
    leads: 'a manifest of its own, which the cluster applies',
  },
  {
    path: /^\/var\/lib\/kubelet\/(?:plugins|plugins_registry|device-plugins|pod-resources)(?:\/|$)/,
    writable: 'high',
    readable: 'low',
    gives: 'the sockets of the kubelet’s plugins',
    givesWriter: 'the sockets of the kubelet’s plugins: it may pose as one, and sees the secrets of volumes',
  },
  {
    path: '/var/lib/kubelet/pods',
    writable: 'critical',
    readable: 'critical',
    gives: 'the tokens and secrets of all pods of the node',
    leads: 'the token of a pod that may do more',
  },
  {
    path: '/var/lib/kubelet',
    writable: 'critical',
    readable: 'critical',
    gives: 'the tokens and secrets of all pods of the node, and the kubelet’s own key',
    leads: 'the token of a pod that may do more',
  },
  {
    path: '/var/lib/etcd',
    writable: 'critical',
    readable: 'critical',
    gives: 'everything that the cluster knows, secrets included',
    leads: 'a right that it writes for itself',
  },
  {
    path: /^\/var\/log(?:\/(?:pods|containers))?$/,
    writable: 'medium',
    readable: 'medium',
    gives: 'the host’s logs, and what its programs wrote into them',
    givesWriter: 'the host’s logs: it reads them, and takes its traces out',
    onNode: {
      writable: 'high',
      givesWriter: 'the node’s logs: with a link in /var/log/pods any file can be asked of the kubelet',
    },
  },
  { path: '/var/log', writable: 'low', readable: 'low', gives: 'logs of the host' },
  {
    path: '/var/spool/cron',
    writable: 'critical',
    readable: 'low',
    gives: 'what the host runs by the clock',
    leads: 'a line of its own there',
  },
  {
    path: '/var',
    exact: true,
    writable: 'critical',
    readable: 'high',
    gives: 'the engine’s files and those of all other containers',
    givesWriter: 'the engine’s files, those of all other containers, and what cron runs',
    leads: 'a line in spool/cron',
  },
  {
    path: '/var/lib',
    exact: true,
    ...containersFiles,
    gives: 'the engine’s files and those of all other containers',
  },
  { path: '/mnt', exact: true, writable: 'medium', readable: 'medium', gives: 'every disk that is mounted there' },
  { path: '/media', exact: true, writable: 'medium', readable: 'medium', gives: 'every disk that is mounted there' },
  { path: '/opt', exact: true, writable: 'high', readable: 'low', gives: 'programs that the host runs', leads: changedProgram },
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

export type HostPathDanger = {
  readonly severity: Severity
  /** To follow “gives the container …”. */
  readonly gives: string
  /** How a writer becomes root on the host, where that is so. */
  readonly leads?: string
}

/** What a bind of this path gives away; undefined for a path of which nothing bad is known. `isNode`: the host runs a kubelet. */
export const hostPathDanger = (path: string, readOnly: boolean, isNode = false): HostPathDanger | undefined => {
  const real = realHostPath(path)
  const found = dangers.find(one =>
    typeof one.path === 'string' ? (one.exact ? real === one.path : isBelow(real, one.path)) : one.path.test(real),
  )
  if (credentials.test(path) && (found === undefined || real.startsWith('/root/')))
    return { severity: 'high', gives: 'keys and credentials of the person at this machine' }
  if (found) {
    const { writable, readable, gives, givesWriter = gives, leads } = isNode ? { ...found, ...found.onNode } : found
    return readOnly ? { severity: readable, gives } : { severity: writable, gives: givesWriter, ...(leads ? { leads } : {}) }
  }
  if (wholeHome.test(path)) return { severity: 'high', gives: 'all files of a person: SSH keys and credentials' }
  if (/^[A-Za-z]:[\\/]?$/.test(path))
    return {
      severity: 'critical',
      gives: 'the whole disk of the host',
      ...(readOnly ? {} : { leads: 'a changed program or task of the system' }),
    }
  return undefined
}
