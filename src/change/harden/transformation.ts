/** One way to make a Dockerfile, or a file beside it, safer or smaller: one file each in `transformations/`. */
import type { BuildContext } from '../../judge/dockerfile-rule.ts'
import type { Edit, Safety } from '../../model/finding.ts'
import type { HardenLevel, SeenNeeds } from '../../model/hardening.ts'
import type { Project } from '../../model/project.ts'
import type { ComposeProject } from '../../read/compose/project.ts'
import type { Dockerfile } from '../../read/dockerfile/graph.ts'

/** What was found out about images before anything is changed; a name that is not there was not asked about. */
export type ImageFacts = {
  /** The digest of the index (or of the only manifest) that the registry serves under the name. */
  readonly digest: string | undefined
  /** The registry, the engine or the cache has it. */
  readonly exists: boolean
}

export type HardenSubject = {
  /** As changed so far. */
  readonly dockerfile: Dockerfile
  readonly project: Project
  readonly context: BuildContext | undefined
  /** Texts of the files beside it (Compose, Kubernetes, .dockerignore, server configurations), as changed so far: path → text. Paths as reported. */
  readonly files: ReadonlyMap<string, string>
  readonly level: HardenLevel
  /** ISO 8601 date. */
  readonly today: string
  /** By the name as a FROM line would have it: `node:24-slim`. */
  readonly images: ReadonlyMap<string, ImageFacts>
  /** The Compose projects among `files`, read again after every change: the path of the main file → the project. Reading them waits for files, so the flow does it. */
  readonly compose?: ReadonlyMap<string, ComposeProject>
  /** Undefined: it was not run. */
  readonly seen?: SeenNeeds
}

export type Applied = {
  /** To `dockerfile.path` and `files`; a path that does not exist: the span 0–0 creates it. */
  readonly edits: readonly Edit[]
  /** In place of the transformation's own title, with the names at hand. */
  readonly title?: string
  readonly risk?: string
  readonly check?: readonly string[]
  /** Names of variables that whoever starts the container has to give from now on. */
  readonly env?: readonly string[]
}

/** It would be right, and cannot be done safely: said, with what to check. */
export type LeftOut = { readonly leftOut: string; readonly title?: string; readonly check?: readonly string[] }

/**
 * The id is the file's name: `transformations/user.ts` is `user`. `apply` sees the files as earlier transformations left them, and is asked again until it gives
 * undefined (nothing to do) or LeftOut: what it has done it must see as done. It is a pure function of its subject.
 */
export type Transformation = {
  /** An imperative sentence without a full stop. */
  readonly title: string
  /** At most 400 characters, for a reader who has never met it. */
  readonly why: string
  /** The lowest level that does it. */
  readonly level: HardenLevel
  readonly safety: Exclude<Safety, 'manual'>
  /** Smaller ones first; what needs others to be done before comes after them. */
  readonly order: number
  /** Rules whose own fixes it takes the place of, where it applies or is left out. */
  readonly supersedes?: readonly string[]
  apply(subject: HardenSubject): Applied | LeftOut | undefined
}

export const transformation = (one: Transformation): Transformation => one
