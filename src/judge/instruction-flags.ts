/** Which flags each instruction takes. BuildKit: frontend/dockerfile/instructions (parse.go, commands_runmount.go, commands_runnetwork.go, commands_runsecurity.go). */
export const flagsOf: Readonly<Record<string, readonly string[]>> = {
  FROM: ['platform'],
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['chown', 'chmod', 'link', 'keep-git-dir', 'checksum', 'unpack', 'exclude'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
}

/** May be given more than once. */
export const repeatable: ReadonlySet<string> = new Set(['mount', 'exclude', 'device'])

/** True or false, or nothing: `--link`, `--link=false`. */
export const booleans: ReadonlySet<string> = new Set(['link', 'parents', 'keep-git-dir', 'unpack'])

/** Keys of `RUN --mount`, by type; those of all types first. https://docs.docker.com/reference/dockerfile/#run---mount */
export const mountKeys: Readonly<Record<string, readonly string[]>> = {
  bind: ['type', 'target', 'dst', 'destination', 'source', 'src', 'from', 'rw', 'readwrite', 'ro', 'readonly'],
  cache: [
    'type',
    'target',
    'dst',
    'destination',
    'source',
    'src',
    'from',
    'id',
    'sharing',
    'mode',
    'uid',
    'gid',
    'ro',
    'readonly',
    'rw',
    'readwrite',
  ],
  tmpfs: ['type', 'target', 'dst', 'destination', 'size'],
  secret: ['type', 'target', 'dst', 'destination', 'source', 'src', 'id', 'required', 'mode', 'uid', 'gid', 'env'],
  ssh: ['type', 'target', 'dst', 'destination', 'id', 'required', 'mode', 'uid', 'gid'],
}
