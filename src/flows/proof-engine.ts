/** What a proof asks of the engine at hand, through its own command line: builds and containers of ours, and nothing of the user's. */
import { dirname, join } from 'node:path'
import { type World, WorldError } from '../model/world.ts'

export type EngineLimits = {
  /** Milliseconds for one build. */
  readonly build: number
  /** Milliseconds for any other call. */
  readonly call: number
}

export type BuildFiles = {
  readonly context: string
  readonly dockerfile: string
  readonly ignore: string | undefined
  /** Files of the context that are others than in the user's folder: path in the context → text. */
  readonly changed: ReadonlyMap<string, string>
}

/** Everybody may interrupt a proof: it ends with this, and cleans up. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

const nameLength = 12
/** What a program that starts itself without end may have of this machine; the user's own flags come later, and win. */
const mostProcesses = 4096
/** Times that a removal is tried. */
const mostRemovals = 4

export class ProofEngine {
  readonly #world: World
  readonly #program: string
  readonly #limits: EngineLimits
  readonly #isInterrupted: () => boolean
  readonly #tag: string
  readonly #images = new Set<string>()
  readonly #containers = new Set<string>()
  builds = 0
  starts = 0

  constructor(world: World, program: string, id: string, limits: EngineLimits, isInterrupted: () => boolean) {
    this.#world = world
    this.#program = program
    this.#limits = limits
    this.#isInterrupted = isInterrupted
    this.#tag = `bulkhead-proof-${id.slice(0, nameLength)}`
  }

  /** Names of networks. */
  async networks(): Promise<readonly string[]> {
    const { code, out } = await this.#call(['network', 'ls', '--format', '{{.Name}}'])
    return code === 0 ? out.split('\n').filter(name => name !== '') : []
  }

  /** Undefined: it was built. Else the end of what the builder said. `options`: of `docker build`, by the user. */
  async build(
    name: string,
    files: BuildFiles,
    options: readonly string[],
  ): Promise<{ readonly image: string; readonly error: string | undefined }> {
    const image = `${this.#tag}:${name}`
    this.builds++
    return this.#world.files.temporary(async folder => {
      const dockerfile = join(folder, 'Dockerfile')
      const { write } = this.#world.files
      await write(dockerfile, new TextEncoder().encode(files.dockerfile))
      // BuildKit reads the ignore file beside the Dockerfile first, wherever that is.
      if (files.ignore !== undefined) await write(`${dockerfile}.dockerignore`, new TextEncoder().encode(files.ignore))
      const context = files.changed.size === 0 ? files.context : await this.#copy(files, folder)
      this.#images.add(image)
      const { code, out } = await this.#call(['build', '-t', image, '-f', dockerfile, ...options, context], this.#limits.build, {
        DOCKER_BUILDKIT: '1',
        BUILDKIT_PROGRESS: 'plain',
      })
      if (code !== 0 && /buildx component is missing/.test(out))
        throw new WorldError(
          'failed',
          'the docker on PATH has no builder: its buildx component is missing (https://docs.docker.com/go/buildx/)',
        )
      return { image, error: code === 0 ? undefined : lastLines(out, 12) }
    })
  }

  /**
   * Hard links where that goes: a file that is written again is a new one, and the user's stays as it is. What a link leads out of the copy for is not what the
   * builder sees, and not ours to write.
   */
  async #copy({ context, changed }: BuildFiles, folder: string): Promise<string> {
    // With `/.`, a context that is a link is the folder that it leads to.
    const copyTo = (flags: string, to: string): Promise<{ readonly code: number; readonly out: string }> =>
      this.#run('cp', [flags, '--', `${context}/.`, to], this.#limits.call, { LC_ALL: 'C' })
    let to = join(folder, 'linked')
    // Not across file systems, and where the kernel protects them not to files of others.
    if ((await copyTo('-al', to)).code !== 0) {
      to = join(folder, 'copied')
      const copied = await copyTo('-a', to)
      // What we may not read, the builder may not either: it is there because the ignore file keeps it out, or the build says so.
      if (copied.code !== 0 && !isOnlyDenied(copied.out))
        throw new WorldError('failed', `the build context could not be copied: ${lastLines(copied.out, 3)}`)
    }
    const { real, write } = this.#world.files
    const top = await real(to)
    for (const [path, text] of changed) {
      const place = join(to, path)
      const found = await real(place).catch(() => real(dirname(place)).catch(() => ''))
      if (found === top || found.startsWith(`${top}/`)) await write(place, new TextEncoder().encode(text))
    }
    return to
  }

  /** The id of the container, or what the engine said. `env`: values of the variables that flags name. */
  async start(
    image: string,
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string } | { readonly error: string }> {
    const name = `${this.#tag}-${++this.starts}`
    this.#containers.add(name)
    const { code, out } = await this.#call(
      ['run', '-d', '--name', name, '--pids-limit', String(mostProcesses), ...flags, image],
      this.#limits.call,
      env,
    )
    return code === 0 ? { id: name } : { error: lastLines(out, 4) }
  }

  async state(container: string): Promise<{
    readonly isRunning: boolean
    readonly exitCode: number
    readonly health: string | undefined
    readonly status: string
  }> {
    const format =
      '{{.State.Running}}|{{.State.ExitCode}}|{{if .State.Health}}{{.State.Health.Status}}{{end}}|{{.State.Status}} {{.State.Error}}'
    const { code, out } = await this.#call(['inspect', '--type', 'container', '--format', format, container])
    // Neither "it ended" nor "it runs" was seen.
    if (code !== 0) throw new WorldError('failed', `the engine no longer tells of a container of the proof: ${lastLines(out, 2)}`)
    const [running = '', exit = '', health = '', status = ''] = out.trim().split('|')
    return {
      isRunning: running === 'true',
      exitCode: Number(exit),
      health: health === '' ? undefined : health,
      status: status.trim(),
    }
  }

  /** Where a published port is; undefined where it is not. */
  async published(container: string, port: number): Promise<number | undefined> {
    const { code, out } = await this.#call(['port', container, `${port}/tcp`])
    const found = code === 0 ? /:(\d+)\s*$/m.exec(out)?.[1] : undefined
    return found === undefined ? undefined : Number(found)
  }

  /** The end of what it printed. */
  async log(container: string): Promise<string> {
    const { out } = await this.#call(['logs', '--tail', '200', container])
    return lastLines(out, 60)
  }

  /** `A` added, `C` changed, `D` deleted; absolute paths. */
  async difference(container: string): Promise<readonly { readonly kind: string; readonly path: string }[]> {
    const { code, out } = await this.#call(['diff', container])
    if (code !== 0) return []
    return out.split('\n').flatMap(line => {
      const match = /^([ACD]) (\/.*)$/.exec(line)
      return match ? [{ kind: match[1]!, path: match[2]! }] : []
    })
  }

  /** Bytes; 0 where the engine does not tell. */
  async size(image: string): Promise<number> {
    const { out } = await this.#call(['image', 'inspect', '--format', '{{.Size}}', image])
    return Number(out.trim()) || 0
  }

  /** As far as the container itself has the means to tell. */
  async isFolder(container: string, path: string): Promise<boolean> {
    return (await this.#call(['exec', container, 'test', '-d', path])).code === 0
  }

  async remove(container: string): Promise<void> {
    const { code, out } = await this.#run(this.#program, ['rm', '-f', '-v', container])
    if (code === 0 || /no such container/i.test(out)) this.#containers.delete(container)
  }

  /** Of everything that is left over; what could not be removed is told. */
  async cleanUp(): Promise<readonly string[]> {
    // A terminal sends its Ctrl-C to the client as well: a second one would leave something behind.
    for (let time = 0; time < mostRemovals && this.#containers.size + this.#images.size > 0; time++) {
      for (const container of this.#containers) await this.remove(container)
      for (const image of this.#images) {
        const { code, out } = await this.#run(this.#program, ['image', 'rm', '-f', image])
        if (code === 0 || /no such image/i.test(out)) this.#images.delete(image)
      }
    }
    return [...this.#containers, ...this.#images]
  }

  async #call(
    args: readonly string[],
    timeout: number = this.#limits.call,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly out: string }> {
    if (this.#isInterrupted()) throw new Interrupted()
    const result = await this.#run(this.#program, args, timeout, env)
    if (this.#isInterrupted()) throw new Interrupted()
    const gone = result.code === 0 ? null : noEngine.exec(result.out)
    // No fault of any change.
    if (gone) throw new WorldError('failed', `no engine answers: ${gone[0].replace(/^ERROR: /, '')}`)
    return result
  }

  async #run(
    program: string,
    args: readonly string[],
    timeout: number = this.#limits.call,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly out: string }> {
    try {
      const { code, stdout, stderr } = await this.#world.processes.run(program, args, { timeout, ...(env ? { env } : {}) })
      const decoder = new TextDecoder()
      return { code, out: decoder.decode(stdout) + decoder.decode(stderr) }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      return { code: -1, out: error.message }
    }
  }
}

/** What the client says of itself; lines of a build's own steps begin with their number. */
const noEngine =
  /^(?:docker: |ERROR: )?(?:Cannot connect to the Docker daemon|error during connect|permission denied while trying to connect).*$/im

const isOnlyDenied = (said: string): boolean => {
  const lines = said.trim().split('\n')
  return lines[0] !== '' && lines.every(line => /permission denied/i.test(line))
}

/** Of what a builder said, the part that tells why it gave up. */
export const lastLines = (text: string, count: number): string =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '' && !/^-{5,}$|^#\d+ (?:DONE|CACHED|sha256:)/.test(line))
    .slice(-count)
    .join('\n')
