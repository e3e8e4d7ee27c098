/** Other base images in files: Dockerfiles first, then what is built from them and what runs them. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { type BuiltDockerfile, type ComposeBuild, composeBuildsIn, rewriteCompose } from '../change/base/compose.ts'
import type { Environment, EnvironmentValue } from '../change/base/compose-pieces.ts'
import { rewriteDockerRuns } from '../change/base/docker-run.ts'
import { rewriteFrom } from '../change/base/dockerfile.ts'
import { rewriteKubernetes } from '../change/base/kubernetes.ts'
import { isKustomization, kustomizedNames, rewriteKustomization } from '../change/base/kustomization.ts'
import {
  type BaseChange,
  byHand,
  nameOf,
  type Place,
  type Rewritten,
  type Wanted,
  writeReference,
} from '../change/base/wanted.ts'
import { applyEdits } from '../change/fix.ts'
import { type Digest, type Problem, UsageError } from '../model/finding.ts'
import { decode, encode, type Text } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { readDotEnv } from '../read/compose/dotenv.ts'
import { isRemote } from '../read/compose/paths.ts'
import { looksLikeCompose } from '../read/compose/recognise.ts'
import { findDockerRuns, runFileKind } from '../read/docker-run/find-docker-run.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { parseReference } from '../read/dockerfile/reference.ts'
import { looksLikeKubernetes } from '../read/kubernetes/looks-like-kubernetes.ts'
import { readManifests } from '../read/kubernetes/read-manifests.ts'
import { readYaml, type YamlStream } from '../read/yaml/tree.ts'
import { type Discovery, discover, isDockerfileName, isManifestName, isScriptName } from './discover.ts'

export type RebaseOptions = {
  /** False: only say what would be done. */
  readonly write: boolean
  /** Undefined: digests come from `wanted` alone. */
  readonly pinning?: Pinning
}

/** Digests behind the new names. */
export type Pinning = {
  /** `everywhere`, or where a digest stood that goes away. */
  readonly where: 'everywhere' | 'where-pinned'
  /** Of a name with a tag. Rejects with UsageError where that cannot be known. */
  digestOf(name: string): Promise<Digest>
}

export type FileChange = { readonly path: string; readonly before: string; readonly after: string }

export type Rebased = {
  /** In the order of their paths. */
  readonly changes: readonly FileChange[]
  /** Each reference that is another one now. */
  readonly bases: readonly BaseChange[]
  readonly problems: readonly Problem[]
  /** Files that were looked into. */
  readonly files: number
}

const sizeLimit = 16 * 1024 * 1024
/** Of what the readers tell: where images may stand that were not found. */
const missedImages = new Set(
  'kubernetes-too-much kubernetes-no-kind kubernetes-no-containers kubernetes-pod-spec-patch yaml-template'.split(' '),
)
const environmentLimit = 1024 * 1024
/** Of a variable: longer ones are no part of a reference. */
const longestValue = 4096

/** Throws UsageError when nothing is there to look into. */
export const rebase = async (
  world: World,
  paths: readonly string[],
  wanted: Wanted,
  options: RebaseOptions,
): Promise<Rebased> => {
  const discovery = await discover(world, paths)
  const { pinning } = options
  const digests = new Map<string, Digest>()
  for (;;) {
    const unpinned = new Set<string>()
    const run = await rewritten(world, discovery, pinning ? pinnedBy(wanted, pinning, digests, unpinned) : wanted)
    if (pinning && unpinned.size > 0) {
      if (digests.size + unpinned.size > mostDigests)
        throw new UsageError(`more than ${mostDigests} images would be pinned`, 'name one tag')
      for (const name of unpinned) digests.set(name, await pinning.digestOf(name))
      continue
    }
    if (options.write) await run.write()
    return run.result()
  }
}

/** Registries are asked for so many. */
const mostDigests = 50

/** `unpinned` gets the names whose digests are missing in `digests`. */
const pinnedBy =
  (wanted: Wanted, { where }: Pinning, digests: ReadonlyMap<string, Digest>, unpinned: Set<string>): Wanted =>
  (reference, place) => {
    const fresh = wanted(reference, place)
    if (!fresh || (where === 'where-pinned' && (reference.digest === undefined || fresh.digest !== undefined))) return fresh
    const tag = fresh.tag ?? 'latest'
    const name = writeReference({ name: fresh.name, tag })
    const digest = digests.get(name)
    if (digest === undefined) unpinned.add(name)
    return { name: fresh.name, ...(fresh.tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
  }

const rewritten = async (world: World, discovery: Discovery, wanted: Wanted): Promise<Rebasing> => {
  const run = new Rebasing(world, wanted)
  run.problems.push(...discovery.problems)
  for (const path of discovery.paths)
    await run.take(path, {
      isNamed: discovery.named.has(path),
      isScript: isScriptName(basename(path)) || discovery.scripts.has(path),
    })
  await run.composeFiles()
  run.tellOfNames()
  return run
}

class Rebasing {
  readonly problems: Problem[] = []
  readonly #world: World
  readonly #wanted: Wanted
  readonly #originals = new Map<string, Text>()
  readonly #after = new Map<string, string>()
  /** Absolute paths, as they were named. */
  readonly #named = new Map<string, string>()
  readonly #unwritten = new Set<string>()
  readonly #bases: BaseChange[] = []
  readonly #compose = new Map<string, YamlStream[]>()
  readonly #kustomized: { readonly name: string; readonly place: Place }[] = []
  #files = 0

  constructor(world: World, wanted: Wanted) {
    this.#world = world
    this.#wanted = wanted
  }

  async take(path: string, how: { readonly isNamed: boolean; readonly isScript: boolean }): Promise<void> {
    const isYaml = isManifestName(basename(path))
    const bytes = await this.#world.files.read(path, sizeLimit).catch(error => {
      if (!(error instanceof WorldError)) throw error
      // Found by its name alone, and too large to be looked at: nothing says that it is ours.
      const isStranger = (isYaml || how.isScript) && !how.isNamed && error.code === 'too-large'
      if (!isStranger) this.#failed(error.code === 'too-large' ? 'file-too-large' : 'file-unreadable', error.message, path)
      return undefined
    })
    if (!bytes) return
    const text = decode(bytes)
    const isDockerfile = isDockerfileName(basename(path)) || (!isYaml && !how.isScript && !this.#isOther(path, text.text))
    if (isDockerfile && bytes.includes(0)) {
      this.#failed('file-binary', `${path} is a binary file, not a Dockerfile`, path)
      return
    }
    this.#originals.set(path, text)
    this.#named.set(resolve(path), path)
    this.#files++
    if (isDockerfile) this.#took(rewriteFrom(readDockerfile(path, bytes), this.#wanted))
    else if (!this.#takeOther(path, text.text)) {
      this.#files--
      const message = `${path} holds no Compose services, no Kubernetes objects, and no command that starts a container`
      if (how.isNamed) this.#failed('file-unknown', message, path)
    }
  }

  /** YAML and scripts, whatever they are called. */
  #isOther(path: string, text: string): boolean {
    return (
      isKustomization(path, text) ||
      looksLikeKubernetes(text) ||
      looksLikeCompose(`${path}.yaml`, text) ||
      runFileKind(path, text) !== undefined
    )
  }

  #takeOther(path: string, text: string): boolean {
    if (isKustomization(path, text)) {
      const stream = this.#yaml(path, text)
      this.#took(rewriteKustomization(stream, this.#wanted))
      this.#kustomized.push(...kustomizedNames(stream))
      return true
    }
    if (looksLikeKubernetes(text)) {
      const read = readManifests(this.#yaml(path, text))
      this.problems.push(...read.problems.filter(({ code }) => missedImages.has(code)))
      this.#took(rewriteKubernetes(read, this.#wanted))
      return true
    }
    if (looksLikeCompose(isManifestName(basename(path)) ? path : `${path}.yaml`, text)) {
      const folder = dirname(path)
      this.#compose.set(folder, [...(this.#compose.get(folder) ?? []), this.#yaml(path, text)])
      return true
    }
    if (runFileKind(path, text) === undefined) return false
    const found = findDockerRuns(path, text)
    this.problems.push(
      ...found.problems.filter(
        ({ code }) => code === 'docker-run-script' || code === 'docker-run-too-large' || code.startsWith('yaml-'),
      ),
    )
    this.#took(rewriteDockerRuns(text, found, this.#wanted))
    return found.containers.length + found.problems.length > 0
  }

  #yaml(path: string, text: string): YamlStream {
    const stream = readYaml(path, text)
    this.problems.push(...stream.problems)
    return stream
  }

  /** Folder by folder: what stands in one shares its `.env`. */
  async composeFiles(): Promise<void> {
    for (const [folder, streams] of this.#compose) {
      const environment = await this.#environment(folder)
      const dockerfiles = new Map<string, BuiltDockerfile | undefined>()
      const pathOf = ({ context, dockerfile }: ComposeBuild): string => join(folder, context, dockerfile)
      for (const stream of streams)
        for (const build of composeBuildsIn(stream, environment)) {
          const path = pathOf(build)
          if (!dockerfiles.has(path)) dockerfiles.set(path, await this.#dockerfile(path, build, stream.file.path))
        }
      this.#took(rewriteCompose({ streams, environment, dockerfileOf: build => dockerfiles.get(pathOf(build)) }, this.#wanted))
    }
  }

  /** As it will be: the arguments of a build go with what the Dockerfile says then. */
  async #dockerfile(
    path: string,
    { context, dockerfile, span, service }: ComposeBuild,
    from: string,
  ): Promise<BuiltDockerfile | undefined> {
    const uncovered = (message: string): undefined => {
      this.problems.push({ kind: 'uncovered', code: 'base-unknown', message, at: { in: 'file', path: from, span } })
      return undefined
    }
    if (isRemote(context) || isAbsolute(context) || isAbsolute(dockerfile))
      return uncovered(`which arguments of \`${service}\` decide its base stands in a Dockerfile that is not in this tree`)
    const named = this.#named.get(resolve(path)) ?? path
    const known = this.#originals.get(named)?.text
    try {
      const before = readDockerfile(path, known ?? (await this.#world.files.read(path, sizeLimit)))
      const after = this.#after.get(named)
      return { before, now: after === undefined ? before : readDockerfile(path, after) }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      return uncovered(`which arguments of \`${service}\` decide its base is not known: ${error.message}`)
    }
  }

  async #environment(folder: string): Promise<Environment> {
    const path = join(folder, '.env')
    const bytes = await this.#world.files.read(path, environmentLimit).catch(error => {
      if (!(error instanceof WorldError)) throw error
      if (error.code !== 'not-found') this.#failed('file-unreadable', error.message, path)
      return undefined
    })
    if (!bytes) return () => undefined
    const text = decode(bytes)
    this.#originals.set(path, text)
    const values = new Map<string, EnvironmentValue>()
    for (const { name, value, span } of readDotEnv(text.text, () => undefined).entries) {
      if (value === undefined || value.length > longestValue) continue
      const written = text.text.slice(span.start, span.end)
      const sign = /[=:][ \t]*["']?/.exec(written)
      const start = span.start + (sign ? sign.index + sign[0].length : 0)
      const isExact =
        sign !== null && value !== '' && text.text.slice(start, start + value.length) === value && !written.includes('$')
      values.set(name, { value, path, span: isExact ? { start, end: start + value.length } : undefined })
    }
    return name => values.get(name)
  }

  #took({ edits, changes, problems }: Rewritten): void {
    this.problems.push(...problems)
    this.#bases.push(...changes)
    for (const path of new Set(edits.map(edit => edit.path))) {
      const before = this.#originals.get(path)
      const own = edits.filter(edit => edit.path === path)
      if (before) this.#after.set(path, applyEdits(before.text, own))
    }
  }

  /** Kustomize finds images by the names that manifests have. */
  tellOfNames(): void {
    const renamed = new Map<string, string>()
    for (const { in: where, before, after } of this.#bases) {
      const [old, fresh] = [parseReference(before), parseReference(after)]
      if (where === 'kubernetes' && old && fresh && nameOf(before, old) !== nameOf(after, fresh))
        renamed.set(nameOf(before, old), nameOf(after, fresh))
    }
    for (const { name, place } of this.#kustomized) {
      const fresh = renamed.get(name)
      if (fresh !== undefined)
        this.problems.push(
          byHand(place, `manifests name \`${fresh}\` instead of \`${name}\` now, so that this entry no longer finds them`),
        )
    }
  }

  async write(): Promise<void> {
    for (const [path, after] of this.#after) {
      const { encoding } = this.#originals.get(path)!
      try {
        await this.#world.files.write(path, encode({ text: after, encoding }))
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        this.#failed('file-unwritable', error.message, path)
        this.#after.delete(path)
        this.#unwritten.add(path)
      }
    }
  }

  #failed(code: string, message: string, path: string): void {
    this.problems.push({ kind: 'failed', code, message, at: { in: 'file', path, span: { start: 0, end: 0 } } })
  }

  result(): Rebased {
    const changes = [...this.#after]
      .map(([path, after]) => ({ path, before: this.#originals.get(path)!.text, after }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
    return {
      changes,
      // What could not be written has not changed.
      bases: this.#bases.filter(({ path }) => !this.#unwritten.has(path)),
      problems: this.problems,
      files: this.#files,
    }
  }
}
