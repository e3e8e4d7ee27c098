/** Which files belong together: those of one Compose project, and the streams of Kubernetes objects that know of each other; scripts stand alone. */
import { basename, dirname, join } from 'node:path'
import { decode, type Text } from '../model/text.ts'
import type { World } from '../model/world.ts'
import { looksLikeCompose } from '../read/compose/recognise.ts'
import { runFileKind } from '../read/docker-run/find-docker-run.ts'
import { looksLikeKubernetes } from '../read/kubernetes/looks-like-kubernetes.ts'
import { mergeManifests } from '../read/kubernetes/read-manifests.ts'
import { environmentFiles } from './environment-files.ts'
import {
  composeUnit,
  type KubernetesStream,
  kubernetesUnit,
  type ManifestRules,
  readScriptRuns,
  readStream,
  scriptUnit,
} from './manifest-unit.ts'
import type { Unit } from './repair.ts'

/** Collects the files of a run; then each project and stream is a unit. */
export class ManifestFiles {
  readonly #world: World
  readonly #how: ManifestRules
  readonly #compose = new Map<string, Text>()
  readonly #streams: { readonly text: Text; readonly stream: KubernetesStream }[] = []

  readonly #scripts: Unit[] = []

  constructor(world: World, how: ManifestRules) {
    this.#world = world
    this.#how = how
  }

  /** False when the file is none of ours. `isYaml`: its name says so; else its text alone has to. */
  async take(path: string, bytes: Uint8Array, isYaml: boolean): Promise<boolean> {
    const text = decode(bytes)
    const kind = runFileKind(path, text.text)
    // What a script writes to a file may look like a manifest.
    if (kind !== undefined && kind !== 'github' && kind !== 'ci') return this.#takeScript(path, text)
    if (looksLikeKubernetes(text.text)) {
      this.#streams.push({ text, stream: readStream(path, text.text) })
      return true
    }
    if (looksLikeCompose(isYaml ? path : `${path}.yaml`, text.text)) {
      this.#compose.set(join(path), text)
      return true
    }
    return kind !== undefined && this.#takeScript(path, text)
  }

  async #takeScript(path: string, text: Text): Promise<boolean> {
    const files = await environmentFiles(this.#world, path, text.text)
    const script = readScriptRuns(path, text.text, undefined, name => files.get(name))
    if (script.runs.containers.length + script.runs.problems.length === 0) return false
    this.#scripts.push(scriptUnit(text, script, this.#how))
    return true
  }

  /** In the order of their paths. */
  *units(): Generator<Unit> {
    const declared = mergeManifests(this.#streams.map(({ stream }) => stream.read.manifests))
    const streams = this.#streams.map(({ text, stream }) => kubernetesUnit(text, stream, () => declared, this.#how))
    yield* [...streams, ...this.#scripts, ...this.#projects()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** An override beside its file is a part of that project (https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/); other files are projects. */
  #projects(): readonly Unit[] {
    const known: ReadonlyMap<string, Text> = new Map(this.#compose)
    return [...this.#compose.keys()].flatMap(path => {
      if (isOverride(path) && [...this.#compose.keys()].some(other => isBaseOf(other, path))) return []
      return [composeUnit(this.#world, [path], known, this.#how)]
    })
  }
}

const isOverride = (path: string): boolean => /^(?:docker-)?compose\.override\.ya?ml$/.test(basename(path))
const isBaseOf = (base: string, override: string): boolean =>
  dirname(base) === dirname(override) &&
  /^(?:docker-)?compose\.ya?ml$/.test(basename(base)) &&
  basename(override).startsWith(basename(base).replace(/\.ya?ml$/, '.'))
