import type { Rule } from '../model/rule.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'

/** What Dockerfile rules may know besides the file. Gathered once, before the rules run; they never reach for the outside. */
export type DockerfileFacts = {
  /** The build context. Undefined for standard input, and where nobody can tell which folder it is. */
  readonly context: BuildContext | undefined
  /** ISO 8601 date of the run: `2026-11-24`. */
  readonly today: string
  /** From the configuration: registry patterns from which bases may come; undefined: all. */
  readonly allowedRegistries: readonly string[] | undefined
}

export type BuildContext = {
  /** Names in the top folder of the context: files, and folders with a final `/`. */
  readonly entries: ReadonlySet<string>
  /** The ignore file that applies (`<Dockerfile>.dockerignore` before `.dockerignore`), or undefined. */
  readonly ignore: { readonly path: string; readonly text: string } | undefined
  /** The path of the top folder, as paths are reported; '' for the working directory. */
  readonly path: string
  /** Something that the Dockerfile copies is there, or it was said which folder it is: else it may be another. */
  readonly isSeen: boolean
}

export type DockerfileRule<Options = undefined> = Rule<Dockerfile, Options, DockerfileFacts>

/** Gives a rule its types; returns it as it is. */
export const dockerfileRule = <Options = undefined>(rule: DockerfileRule<Options>): DockerfileRule<Options> => rule
