/** A Dockerfile and its build context as one thing to judge and to fix. */
import { basename, dirname, join, resolve } from 'node:path'
import type { BuildContext, DockerfileFacts } from '../judge/dockerfile-rule.ts'
import { judgeDockerfile, type RunningRule } from '../judge/run.ts'
import { secretsOf } from '../judge/secrets/redact-file.ts'
import { type Suppressions, suppress } from '../judge/suppress.ts'
import type { SourceFile } from '../model/report.ts'
import { decode, type Text } from '../model/text.ts'
import { type Entry, type World, WorldError } from '../model/world.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { type BuildFolder, buildFolderOf, type ComposeBuilds, namesOf, type Places } from './build-folder.ts'
import type { JudgedUnit, Unit } from './repair.ts'

export type DockerfileUnit = Unit & {
  /** As it was judged last. */
  dockerfile(): Dockerfile
}

export const dockerfileUnit = (
  path: string,
  bytes: Uint8Array,
  how: {
    readonly rules: ReadonlyMap<string, RunningRule>
    readonly suppressions: Suppressions
    readonly facts: Pick<DockerfileFacts, 'today' | 'allowedRegistries'>
    /** Undefined: what stands beside the file is unknown, as for standard input. */
    readonly contexts: ContextReader | undefined
  },
): DockerfileUnit => {
  const original = decode(bytes)
  let dockerfile: Dockerfile | undefined
  return {
    path,
    dockerfile() {
      dockerfile ??= readDockerfile(path, bytes)
      return dockerfile
    },
    textOf: file => (file === path ? original : how.contexts?.known(file)),
    written(file, now) {
      if (file !== path) how.contexts?.changed(file, now)
    },
    async judge(changed): Promise<JudgedUnit> {
      dockerfile = readDockerfile(path, changed.get(path) ?? bytes)
      const { text, lines, errors } = dockerfile.tree
      const context = await how.contexts?.contextOf(path, changed, dockerfile)
      const judged = await judgeDockerfile(dockerfile, how.rules, { ...how.facts, context })
      const suppressed = suppress(dockerfile, judged.findings, how.suppressions)
      const known = suppressed.findings.flatMap(({ redact }) => redact ?? [])
      const judgedFile = dockerfile
      let files: readonly SourceFile[] | undefined
      return {
        findings: suppressed.findings,
        problems: [...judged.problems, ...suppressed.problems],
        faults: errors.length,
        // Secrets are looked for when somebody shows the file.
        get files() {
          if (!files) {
            const { spans, values } = secretsOf(judgedFile, known)
            files = [{ path, text, lines, redact: spans, secrets: values }]
          }
          return files
        },
      }
    },
  }
}

/** A file over 16 MiB is none that people write. */
export const sizeLimit = 16 * 1024 * 1024

/** The build context of each Dockerfile: one listing per folder. */
export class ContextReader {
  readonly #world: World
  readonly #context: string | undefined
  readonly #folders = new Map<string, Promise<ReadonlySet<string> | undefined>>()
  readonly #builds = new Map<string, Promise<BuildFolder | undefined>>()
  readonly #compose: ComposeBuilds = new Map()
  readonly #places: Places = new Map()
  readonly #ignores = new Map<string, Text>()

  constructor(world: World, context: string | undefined) {
    this.#world = world
    this.#context = context
  }

  /** What is known already needs no second look. */
  know(listings: ReadonlyMap<string, readonly Entry[]>): void {
    for (const [folder, entries] of listings) this.#folders.set(join(folder), Promise.resolve(namesOf(entries)))
  }

  /** The ignore file as it was read, or as a fix left it. */
  known(path: string): Text | undefined {
    return this.#ignores.get(path)
  }

  /** A fix wrote, or would write, this ignore file. */
  changed(path: string, now: Text): void {
    this.#ignores.set(path, now)
  }

  /** `made`: ignore files as the fixes so far have them. `dockerfile`: as it was at first, since fixes take away what it copies. */
  async contextOf(path: string, made: ReadonlyMap<string, string>, dockerfile: Dockerfile): Promise<BuildContext | undefined> {
    const build = await this.#buildOf(path, dockerfile)
    const entries = build && (await this.#list(build.folder))
    if (!entries) return undefined
    const clean = join(build.folder).replace(/(?<=.)\/$/, '')
    const prefix = clean === '.' ? '' : clean
    // BuildKit looks for `<name of the Dockerfile>.dockerignore` beside it first: https://docs.docker.com/build/concepts/context/#filename-and-location
    const own = `${basename(path)}.dockerignore`
    const hasOwn = (await this.#list(dirname(path)))?.has(own) === true
    const file = hasOwn ? join(dirname(path), own) : join(prefix, '.dockerignore')
    if ((hasOwn || entries.has('.dockerignore')) && !this.#ignores.has(file)) {
      const bytes = await this.#world.files.read(file, sizeLimit).catch(error => {
        if (error instanceof WorldError) return undefined
        throw error
      })
      // What it keeps out nobody knows then, and no fix may write another in its place.
      if (!bytes) return undefined
      this.#ignores.set(file, decode(bytes))
    }
    const text = made.get(file) ?? this.#ignores.get(file)?.text
    return { path: prefix, entries, ignore: text === undefined ? undefined : { path: file, text }, isSeen: build.isSeen }
  }

  /** The Compose files beside and above a Dockerfile that build it. */
  async composeFilesOf(path: string, dockerfile: Dockerfile): Promise<readonly string[]> {
    await this.#buildOf(path, dockerfile)
    const asked = resolve(path)
    const builds = (await Promise.all(this.#compose.values())).flat()
    return [...new Set(builds.flatMap(({ dockerfile: built, file }) => (built === asked ? [file] : [])))].sort()
  }

  #buildOf(path: string, dockerfile: Dockerfile): Promise<BuildFolder | undefined> {
    if (this.#context !== undefined) return Promise.resolve({ folder: this.#context, isSeen: true })
    const look = { list: (folder: string) => this.#list(folder), builds: this.#compose, places: this.#places }
    const known = this.#builds.get(path) ?? buildFolderOf(this.#world, path, dockerfile, look)
    this.#builds.set(path, known)
    return known
  }

  #list(folder: string): Promise<ReadonlySet<string> | undefined> {
    // What is clean already needs not be cleaned.
    const own = this.#folders.get(folder)
    if (own) return own
    const clean = join(folder)
    const known = this.#folders.get(clean) ?? this.#namesIn(clean)
    this.#folders.set(clean, known)
    return known
  }

  async #namesIn(folder: string): Promise<ReadonlySet<string> | undefined> {
    try {
      return namesOf(await this.#world.files.list(folder))
    } catch (error) {
      // A context that cannot be listed is unknown to the rules, as for standard input.
      if (error instanceof WorldError) return undefined
      throw error
    }
  }
}
