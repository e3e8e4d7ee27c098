/** The real programs that tests speak to: a Docker Engine, a registry. Each is started on its own folder and port, and ended by `stop`. */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** True when all programs are on PATH (or in the folders for administrators' programs). */
export const has = (...programs: readonly string[]): boolean =>
  programs.every(program => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0)

const isRoot = process.getuid?.() === 0

/** Whether an engine of our own can be started: that needs its programs and root. */
export const hasEngine = isRoot && has('dockerd', 'containerd', 'runc')
export const hasRegistry = has('docker-registry')

export type Engine = {
  readonly socket: string
  readonly root: string
  /** Runs the client; gives what it printed. */
  docker(...args: readonly string[]): string
  /** The same beside other work. */
  dockerAsync(...args: readonly string[]): Promise<string>
  stop(): Promise<void>
}

const waitFor = async (isReady: () => boolean | Promise<boolean>, what: string, log: () => string): Promise<void> => {
  for (let i = 0; i < 300; i++) {
    if (await isReady()) return
    await sleep(100)
  }
  throw new Error(`${what} did not start:\n${log().slice(-2000)}`)
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}

/** Debian's client: other builds lack BuildKit's plug-in, or have it somewhere else. */
const client = '/usr/bin/docker'

/** `mirror`: a registry that is asked in the place of Docker Hub. */
export const startEngine = async ({ mirror }: { readonly mirror?: string } = {}): Promise<Engine> => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-engine-'))
  const socket = join(folder, 'docker.sock')
  const logFile = join(folder, 'log')
  const child = spawn(
    'sh',
    [
      '-c',
      `PATH=$PATH:/usr/sbin:/sbin; exec dockerd --data-root ${folder}/data --exec-root ${folder}/exec -H unix://${socket} ` +
        `--pidfile ${folder}/pid --iptables=false --bridge=none ` +
        `${mirror === undefined ? '' : `--registry-mirror ${mirror}`} >${logFile} 2>&1`,
    ],
    { stdio: 'ignore' },
  )
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '1', DOCKER_CONFIG: join(folder, 'config') }
  const log = (): string => readFileSync(logFile, 'utf8')
  await waitFor(() => spawnSync(client, ['info'], { env }).status === 0, 'dockerd', log)
  return {
    socket,
    root: join(folder, 'data'),
    docker: (...args) => execFileSync(client, args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' }),
    dockerAsync: (...args) =>
      promisify(execFile)(client, args, { env, maxBuffer: 64 * 1024 * 1024 }).then(
        ({ stdout }) => stdout,
        (error: { readonly stderr?: string }) => {
          throw new Error(`docker ${args.join(' ')} failed:\n${error.stderr?.slice(-3000) ?? error}`)
        },
      ),
    stop: async () => {
      // The bridge of a network stays on the machine when its engine is gone, and takes one of the few ranges of addresses.
      const ask = (...args: readonly string[]): string => spawnSync(client, args, { env, encoding: 'utf8' }).stdout ?? ''
      const containers = ask('ps', '-aq').split('\n').filter(Boolean)
      if (ask('network', 'ls', '-q', '--filter', 'type=custom') !== '') {
        if (containers.length > 0) ask('rm', '-f', ...containers)
        ask('network', 'prune', '-f')
      }
      await end(child)
      // Mounts of build steps may linger for a moment.
      spawnSync('sh', ['-c', `grep -o '${folder}[^ ]*' /proc/mounts | sort -r | xargs -r umount -l`])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

export type Registry = { readonly host: string; readonly folder: string; stop(): Promise<void> }

/** `data`: the folder of its images, which is then not removed. */
export const startRegistry = async (data?: string): Promise<Registry> => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-registry-'))
  const port = await freePort()
  const config = join(folder, 'config.yml')
  writeFileSync(
    config,
    `version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: ${data ?? `${folder}/data`}}, delete: {enabled: true}}
http: {addr: 127.0.0.1:${port}}
`,
  )
  // A pipe that nobody reads while a test waits for another program is full after some pushes, and the registry stands still.
  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'w')
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', log, log] })
  closeSync(log)
  const host = `127.0.0.1:${port}`
  const answers = (): Promise<boolean> =>
    fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    )
  await waitFor(answers, 'docker-registry', () => readFileSync(logFile, 'utf8'))
  return {
    host,
    folder,
    stop: async () => {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a program; gives what it printed. Throws with what it said on standard error. */
export const run = (
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    ...options,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...options.env },
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return stdout
}
