/** A Dockerfile, and the files beside it, made fit for production. Plain data. */
import type { Problem, Safety } from './finding.ts'

/** `safe`: nothing that can change what the program does. `balanced`: what rarely does, and can be proved. `strict`: all there is. */
export const hardenLevels = ['safe', 'balanced', 'strict'] as const
export type HardenLevel = (typeof hardenLevels)[number]

export type HardenChange = {
  /** Of the transformation (`user`, `multi-stage-node`), or of the rule whose fix it is (`dockerfile/apt-lists`). Excluding it leaves it out. */
  readonly id: string
  /** An imperative sentence without a full stop. */
  readonly title: string
  /** What an attacker can no longer do, or what gets smaller; for a reader who has never met it. */
  readonly why: string
  readonly safety: Safety
  /** What may go wrong. */
  readonly risk: string | undefined
  /** What to check by hand. */
  readonly check: readonly string[]
  readonly files: readonly string[]
}

/** What could not be done safely. */
export type HardenLeftOut = {
  readonly id: string
  readonly title: string
  readonly reason: string
  readonly check: readonly string[]
}

/** How the image is to be run: every flag is a privilege less. */
export type ProposedRun = {
  /** Numeric `uid:gid`; undefined: as the image says. */
  readonly user: string | undefined
  readonly readOnly: boolean
  /** Absolute paths that are writable, and forgotten. */
  readonly tmpfs: readonly string[]
  /** Absolute paths of data that stay: volumes. */
  readonly volumes: readonly string[]
  readonly capDrop: readonly string[]
  readonly capAdd: readonly string[]
  readonly noNewPrivileges: boolean
  readonly init: boolean
  /** Names of variables that must be given: secrets that stood in the image before. */
  readonly env: readonly string[]
  /** TCP ports in the container. */
  readonly ports: readonly number[]
}

/** With which of the flags it was seen to run, and what it was seen to need. */
export type SeenNeeds = Pick<ProposedRun, 'readOnly' | 'noNewPrivileges' | 'capAdd'> & { readonly capDrop: boolean }

/**
 * A tmpfs as `--tmpfs` and Compose have it. Where the image has the folder, the mount gets the folder's own mode whatever is asked for, and never its owner: so that is said
 * (https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go). /tmp is for everyone.
 */
export const tmpfsText = ({ user }: Pick<ProposedRun, 'user'>, path: string): string => {
  const [uid, gid] = (user ?? '').split(':')
  if (path === '/tmp' || uid === undefined || !/^\d+$/.test(uid)) return path
  return `${path}:uid=${uid}${gid === undefined ? '' : `,gid=${gid}`}`
}

/** Nothing but what a program cannot do without. */
export const leastRun: ProposedRun = {
  user: undefined,
  readOnly: true,
  tmpfs: ['/tmp'],
  volumes: [],
  capDrop: ['ALL'],
  capAdd: [],
  noNewPrivileges: true,
  init: false,
  env: [],
  ports: [],
}

export type Hardening = {
  readonly version: string
  readonly path: string
  readonly context: string | undefined
  readonly level: HardenLevel
  /** Each file that is changed; `before` is undefined for one that is made. */
  readonly files: readonly { readonly path: string; readonly before: string | undefined; readonly after: string }[]
  readonly changes: readonly HardenChange[]
  readonly leftOut: readonly HardenLeftOut[]
  readonly proposed: ProposedRun
  /** Paths that look like an answer to "are you well?", by the project's own files. */
  readonly healthPaths: readonly string[]
  readonly problems: readonly Problem[]
}

/** As words of `docker run`: https://docs.docker.com/reference/cli/docker/container/run/. Ports are left to whoever starts it. */
export const runFlags = (run: ProposedRun): readonly string[] => [
  ...(run.user === undefined ? [] : ['--user', run.user]),
  ...(run.readOnly ? ['--read-only'] : []),
  ...run.tmpfs.flatMap(path => ['--tmpfs', tmpfsText(run, path)]),
  ...run.volumes.flatMap(path => ['-v', path]),
  ...run.capDrop.flatMap(name => ['--cap-drop', name]),
  ...run.capAdd.flatMap(name => ['--cap-add', name]),
  ...(run.noNewPrivileges ? ['--security-opt', 'no-new-privileges'] : []),
  ...(run.init ? ['--init'] : []),
  ...run.env.flatMap(name => ['-e', name]),
]
