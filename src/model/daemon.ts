/** An engine and its host as plain data: what rules on daemons and hosts judge. Undefined, everywhere: nobody could say. */

/** One option of dockerd, by its name in daemon.json (https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file). */
export type DaemonOption = { readonly value: unknown; readonly from: 'file' | 'flag' }

export type DaemonSecurity = {
  readonly apparmor: boolean
  readonly selinux: boolean
  /** The name of its default profile: `default`, `builtin`, `unconfined`, a path. Undefined: the engine applies none. */
  readonly seccomp: string | undefined
  /** Root of containers is another user outside (userns-remap). */
  readonly userNamespaces: boolean
  readonly rootless: boolean
  /** The engine names it since 24.0; false on older ones says nothing. */
  readonly noNewPrivileges: boolean
}

export type Daemon = {
  readonly kind: 'docker' | 'podman'
  /** The host's name, as the engine tells it. */
  readonly name: string
  /** Versions as the engine tells them: `28.1.0`. */
  readonly engine: string | undefined
  readonly containerd: string | undefined
  readonly runc: string | undefined
  readonly kernel: string | undefined
  readonly os: 'linux' | 'windows'
  readonly cgroups: 1 | 2 | undefined
  readonly security: DaemonSecurity | undefined
  readonly root: string | undefined
  readonly loggingDriver: string | undefined
  readonly liveRestore: boolean | undefined
  readonly experimental: boolean | undefined
  readonly inSwarm: boolean | undefined
  readonly authorizationPlugins: readonly string[] | undefined
  /** Registries that are spoken to without TLS, or with any certificate; loopback is left out. */
  readonly insecureRegistries: readonly string[] | undefined
  /** Whether containers of the default bridge reach each other; undefined too where there is no such bridge. */
  readonly bridgeTalks: boolean | undefined
  /** Addresses on which the API is open to whoever reaches them, as the engine itself warns. */
  readonly openAddresses: readonly string[]
  /** daemon.json and the command line together; undefined when one of them could not be read: then an option that is absent says nothing. */
  readonly options: ReadonlyMap<string, DaemonOption> | undefined
}

/** Something of the engine in the file system of its host. */
export type HostFile = {
  readonly path: string
  readonly type: 'file' | 'directory' | 'socket' | 'other'
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export type Host = {
  /** Those that exist. */
  readonly files: readonly HostFile[]
  /** The group `docker`, as /etc/group has it; without a number where there is none. */
  readonly dockerGroup: { readonly gid: number | undefined; readonly members: readonly string[] } | undefined
  /** The engine's folder, and the mount point that it is on. */
  readonly root: { readonly path: string; readonly mountPoint: string } | undefined
  /** Paths that the rules of auditd watch; undefined when its rules could not be read. */
  readonly audited: readonly string[] | undefined
}
