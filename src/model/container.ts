/**
 * A container as it would run: its effective privileges, each with the place where it was written. `docker run` lines, Compose services, Kubernetes pods and
 * live containers all become this one. Plain data.
 */
import type { Location } from './finding.ts'

/** No `at`: nobody wrote it, and the runtime's default holds. `at` spans the whole entry in a file: key and value, list item, flag and value. */
export type Setting<T> = { readonly value: T; readonly at?: Location }

export type ContainerForm = 'docker-run' | 'compose' | 'kubernetes' | 'engine'

/** `default`: the runtime's own profile. `localhost`: a named or given profile. `unset`: Kubernetes runs it unconfined unless its node says otherwise. */
export type Confinement = 'default' | 'unconfined' | 'localhost' | 'unset'

/**
 * `private`: its own. `host`: the host's. `default`: what the engine is set to. `none`, `shareable`: as Docker names them. `pod`: shared by the containers of a pod.
 * `container:NAME`, `service:NAME`: that one's. For networks also the name of a network.
 */
export type Namespace = string

export type Mount = {
  /** `bind`: a path of the host. `emptyDir`, `configMap` and so on: the kinds of Kubernetes' volumes stand in `volume`. */
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image' | 'npipe' | 'cluster' | 'other'
  /** Of a bind: the path on the host, cleaned of `.`, `..` and doubled slashes; relative ones and `~` as written. Else the volume's name. */
  readonly source: string | undefined
  readonly target: string
  readonly readOnly: boolean
  /** `rprivate` unless it was said otherwise. Kubernetes' Bidirectional is `rshared`, HostToContainer `rslave`. */
  readonly propagation: string
  /** For tmpfs: its options, such as `exec`, `size=64m`. `rro`: what is mounted below it is read-only as well. */
  readonly options: readonly string[]
  /** The kind of a Kubernetes volume: `hostPath`, `emptyDir`, `secret`, … */
  readonly volume?: string
  /** Of a persistentVolumeClaim: the name of the claim. */
  readonly claim?: string
  /** Of a hostPath: `Socket`, `File`, `DirectoryOrCreate`, … */
  readonly kind?: string
  readonly at: Location
  /** Where the volume itself is declared, when that is another place. */
  readonly declaredAt?: Location
}

export type Device = { readonly host: string; readonly target: string; readonly permissions: string; readonly at: Location }

export type Port = {
  /** Undefined: every address of the host. */
  readonly hostAddress: string | undefined
  /** Undefined: one that the engine chooses; or only `expose`d. */
  readonly hostPort: number | undefined
  readonly containerPort: number
  /** The last one of a range; else the same as the first. */
  readonly lastHostPort: number | undefined
  readonly protocol: string
  /** True when the port is reachable from outside of the host as it is written. */
  readonly published: boolean
  readonly at: Location
  /** Of the part of it that opens the port, where it stands on a line of its own. */
  readonly publishedAt?: Location
}

/** What a file says itself of a value: nothing stands for variables that are set elsewhere. `at`: the value alone, without its name. */
export type Written = { readonly value: string; readonly at: Location }

/** Words of a command, each with its place in those forms that have one for each. */
export type Words = Setting<readonly string[] | undefined> & { readonly places?: readonly Location[] }

export type EnvironmentVariable = {
  readonly name: string
  /** Undefined: taken from the caller's environment, a Secret, a ConfigMap, a file. */
  readonly value: string | undefined
  /** Where it comes from when it is not written here: `secretKeyRef`, `configMapKeyRef`, `fieldRef`, `env_file`, `host`. */
  readonly from?: string
  readonly written?: Written
  readonly at: Location
}

/** A hook or a build that runs beside the container with rights of its own: Compose's post_start, pre_stop, build. */
export type Hook = {
  readonly name: string
  readonly privileged: Setting<boolean>
  readonly user: Setting<string | undefined>
  /** Of a build: `host`, `none`, a network. */
  readonly network?: Setting<Namespace>
  readonly at: Location
}

export type HealthCheck = 'disabled' | 'defined' | 'image'

/** A pod's own part, the same object for all of its containers. */
export type Pod = {
  /** `Deployment`, `Pod`, … */
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: Setting<string | undefined>
  /** Undefined: the service account decides. */
  readonly automountToken: Setting<boolean | undefined>
  readonly shareProcessNamespace: Setting<boolean>
  readonly hostAliases: readonly Setting<string>[]
  /** Every volume's kind, also of those that nothing mounts. `hasToken`: a token of the service account for the cluster's API is projected into it. */
  readonly volumes: readonly Setting<{ readonly name: string; readonly kind: string; readonly hasToken?: true }>[]
  /** What its own securityContext says for all containers, also where each of them says otherwise: admission refuses a forbidden value there too. */
  readonly declared?: Partial<Pick<Container, 'user' | 'runAsNonRoot' | 'seccomp' | 'apparmor' | 'selinux' | 'hostProcess'>>
  readonly at: Location
}

export type Container = {
  readonly form: ContainerForm
  /** As a person calls it: `web`, `Deployment/web › app`, `docker run nginx`. */
  readonly name: string
  readonly role: 'main' | 'init' | 'ephemeral'
  /** It does one thing, is waited for, and is gone: `docker run --rm` without `-d`. */
  readonly isThrowAway?: boolean
  /** Where it is declared: the service's name, the container's item, the word `docker`. */
  readonly at: Location
  readonly os: 'linux' | 'windows'
  readonly pod: Pod | undefined

  readonly image: Setting<string | undefined>
  /** Compose: the folder that it is built from. */
  readonly build: Setting<string> | undefined
  /** Compose: `build.args`. They stay in the image's history. */
  readonly buildArguments: readonly EnvironmentVariable[]
  readonly pullPolicy: Setting<string | undefined>
  readonly entrypoint: Words
  readonly command: Words

  /** `1000`, `1000:1000`, `app`; undefined: the image's. */
  readonly user: Setting<string | undefined>
  /** What the image's configuration says, where the image is known; '' is root. */
  readonly imageUser: string | undefined
  /** Kubernetes' promise that the kubelet checks. */
  readonly runAsNonRoot: Setting<boolean>
  readonly groups: readonly Setting<string>[]

  readonly privileged: Setting<boolean>
  /** Upper case, without `CAP_`; `ALL`. */
  readonly capAdd: readonly Setting<string>[]
  readonly capDrop: readonly Setting<string>[]
  readonly noNewPrivileges: Setting<boolean>
  readonly seccomp: Setting<Confinement> & { readonly profile?: string }
  readonly apparmor: Setting<Confinement> & { readonly profile?: string }
  /** `type`, `user`, `role`, `level` as written; `disabled` for `label=disable`. */
  readonly selinux: Setting<{
    readonly disabled: boolean
    readonly type?: string
    readonly user?: string
    readonly role?: string
    readonly level?: string
  }>
  /** The parts of /proc and /sys that the runtime hides: `systempaths=unconfined`, `procMount: Unmasked`. */
  readonly systemPaths: Setting<'masked' | 'unmasked'>
  readonly readOnlyRoot: Setting<boolean>

  readonly pid: Setting<Namespace>
  readonly ipc: Setting<Namespace>
  readonly uts: Setting<Namespace>
  readonly network: Setting<Namespace>
  readonly userNamespace: Setting<Namespace>
  readonly cgroup: Setting<Namespace>
  readonly networks: readonly Setting<string>[]
  readonly cgroupParent: Setting<string | undefined>
  readonly runtime: Setting<string | undefined>

  readonly mounts: readonly Mount[]
  readonly volumesFrom: readonly Setting<string>[]
  readonly devices: readonly Device[]
  /** As Docker writes them: `b 8:* rwm`. */
  readonly deviceRules: readonly Setting<string>[]
  /** GPUs and other devices that a driver brings. */
  readonly deviceRequests: readonly Setting<string>[]
  readonly sysctls: readonly Setting<{ readonly name: string; readonly value: string }>[]
  /** Compose's `use_api_socket`. */
  readonly apiSocket: Setting<boolean>

  /** Bytes, cores, processes; 0 or less: without limit, as Docker reads it. Undefined: not said. */
  readonly memory: Setting<number | undefined>
  readonly memoryRequest: Setting<number | undefined>
  readonly cpus: Setting<number | undefined>
  readonly cpuRequest: Setting<number | undefined>
  readonly pids: Setting<number | undefined>
  readonly ulimits: readonly Setting<{ readonly name: string; readonly soft: number; readonly hard: number }>[]
  readonly oomKillDisable: Setting<boolean>
  readonly oomScoreAdjust: Setting<number | undefined>

  readonly ports: readonly Port[]
  readonly environment: readonly EnvironmentVariable[]
  readonly labels: readonly Setting<{ readonly name: string; readonly value: string; readonly written?: Written }>[]
  readonly secrets: readonly Setting<string>[]
  readonly healthcheck: Setting<HealthCheck>
  readonly livenessProbe: Setting<boolean>
  readonly readinessProbe: Setting<boolean>
  /** `host` fields of probes and lifecycle handlers (https://kubernetes.io/docs/concepts/security/pod-security-standards/, since 1.34). */
  readonly probeHosts: readonly Setting<string>[]
  /** `no`, `always`, `on-failure`, `unless-stopped`, with `:5` for a number of tries. */
  readonly restart: Setting<string | undefined>
  readonly logging: Setting<string | undefined>
  readonly extraHosts: readonly Setting<string>[]
  readonly hooks: readonly Hook[]
  /** Names of other services or containers: depends_on, links. */
  readonly needs: readonly Setting<string>[]
  /** Windows' privileged containers. */
  readonly hostProcess: Setting<boolean>
  /** Compose: a provider program that runs instead of a container. */
  readonly provider: Setting<string | undefined>
  /** Compose: places of the project whose text lacks what variables without a value would bring; the names of those. */
  readonly unset?: readonly Setting<readonly string[]>[]
  /** Compose files from elsewhere that it was made of. */
  readonly remoteSources: readonly Setting<string>[]
}

/** A container of which nothing but its place is said: the defaults of Docker. Readers fill in what they find. */
export const blankContainer = (form: ContainerForm, name: string, at: Location): Container => ({
  form,
  name,
  role: 'main',
  at,
  os: 'linux',
  pod: undefined,
  image: { value: undefined },
  build: undefined,
  buildArguments: [],
  pullPolicy: { value: undefined },
  entrypoint: { value: undefined },
  command: { value: undefined },
  user: { value: undefined },
  imageUser: undefined,
  runAsNonRoot: { value: false },
  groups: [],
  privileged: { value: false },
  capAdd: [],
  capDrop: [],
  noNewPrivileges: { value: false },
  seccomp: { value: form === 'kubernetes' ? 'unset' : 'default' },
  apparmor: { value: 'default' },
  selinux: { value: { disabled: false } },
  systemPaths: { value: 'masked' },
  readOnlyRoot: { value: false },
  pid: { value: 'private' },
  ipc: { value: form === 'kubernetes' ? 'pod' : 'private' },
  uts: { value: 'private' },
  network: { value: form === 'kubernetes' ? 'pod' : 'default' },
  userNamespace: { value: 'default' },
  cgroup: { value: 'default' },
  networks: [],
  cgroupParent: { value: undefined },
  runtime: { value: undefined },
  mounts: [],
  volumesFrom: [],
  devices: [],
  deviceRules: [],
  deviceRequests: [],
  sysctls: [],
  apiSocket: { value: false },
  memory: { value: undefined },
  memoryRequest: { value: undefined },
  cpus: { value: undefined },
  cpuRequest: { value: undefined },
  pids: { value: undefined },
  ulimits: [],
  oomKillDisable: { value: false },
  oomScoreAdjust: { value: undefined },
  ports: [],
  environment: [],
  labels: [],
  secrets: [],
  healthcheck: { value: 'image' },
  livenessProbe: { value: false },
  readinessProbe: { value: false },
  probeHosts: [],
  restart: { value: undefined },
  logging: { value: undefined },
  extraHosts: [],
  hooks: [],
  needs: [],
  hostProcess: { value: false },
  provider: { value: undefined },
  remoteSources: [],
})

/** A capability as the kernel's headers name it, without `CAP_`: `cap_sys_admin` → `SYS_ADMIN`. */
export const capabilityName = (text: string): string => text.trim().toUpperCase().replace(/^CAP_/, '')

/**
 * What would be right, in words that every form understands; `change/container/` turns it into an edit of the form at hand.
 * `remove`: what stands at the place goes: the whole entry, list item, flag. `set`: the field is written, or its value replaced. `change`: a part of what stands there.
 */
export type Wish =
  | { readonly do: 'remove'; readonly at: Location }
  | { readonly do: 'set'; readonly field: 'noNewPrivileges' | 'readOnlyRoot' | 'runAsNonRoot'; readonly value: true }
  | { readonly do: 'set'; readonly field: 'automountToken' | 'privileged'; readonly value: false }
  | { readonly do: 'set'; readonly field: 'seccomp'; readonly value: 'default' }
  | { readonly do: 'set'; readonly field: 'user' | 'restart' | 'pullPolicy'; readonly value: string }
  | { readonly do: 'set'; readonly field: 'memory' | 'cpus' | 'pids'; readonly value: number }
  /** Added to what is there. */
  | { readonly do: 'add'; readonly field: 'capDrop' | 'capAdd' | 'tmpfs'; readonly value: readonly string[] }
  | { readonly do: 'change'; readonly what: 'readOnly'; readonly at: Location }
  /** Without the options that let programs be started, change their user, or be devices. */
  | { readonly do: 'change'; readonly what: 'tmpfs'; readonly at: Location }
  /** The propagation `rprivate` is the runtime's own: what says another one goes. */
  | { readonly do: 'change'; readonly what: 'propagation' | 'hostAddress'; readonly at: Location; readonly value: string }
