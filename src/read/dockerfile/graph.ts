/**
 * The build graph: which stage is built from what, what each instruction finds in force (user, working directory, shell, variables),
 * and which stages reach the image that ships. BuildKit's rules: frontend/dockerfile/dockerfile2llb.
 */
import type { Span } from '../../model/text.ts'
import type { Script } from '../shell/script.ts'
import type { ImageReference } from './reference.ts'
import type { Instruction, SyntaxTree, Word } from './syntax.ts'

/** A text after variable expansion. `known` is false when a part depends on something this file does not say (a base image's ENV, an ARG without default). */
export type Expanded = {
  readonly value: string
  readonly known: boolean
  /** Names of the variables used that have no value here, with where they are used. */
  readonly missing: readonly { readonly name: string; readonly span: Span }[]
}

export type Variable = {
  readonly name: string
  /** Undefined: declared without a value (`ARG X`), so only the person who builds knows it. */
  readonly value: string | undefined
  readonly by: 'arg' | 'env' | 'predefined'
  readonly at: Instruction | undefined
}

/** A setting in force: undefined `value` means that the base image decides. `at` is the instruction that set it. */
export type InForce<T> = { readonly value: T | undefined; readonly at: Instruction | undefined }

/** What an instruction finds in force. */
export type State = {
  /** As in USER, after expansion: `node`, `1000:1000`. */
  readonly user: InForce<Expanded>
  /** Absolute path after expansion; relative WORKDIRs are joined to the one before. `absolute` is false when no absolute one is known. */
  readonly workdir: InForce<{ readonly path: string; readonly known: boolean; readonly absolute: boolean }>
  /** Never undefined: Docker's default is /bin/sh -c (cmd /S /C on Windows bases). */
  readonly shell: { readonly value: readonly string[]; readonly at: Instruction | undefined }
  /** ENV and ARG in scope, those of the stages that this one is built FROM included. As in BuildKit the later of the two wins. */
  readonly variables: Variables
}

export type Variables = {
  get(name: string): Variable | undefined
  /** All names in scope, in no particular order. */
  names(): readonly string[]
}

/** One instruction in its stage. ONBUILD's nested instruction is a step of its own with `onbuild: true`, after its parent. */
export type Step = {
  readonly instruction: Instruction
  /** Undefined for instructions before the first FROM. */
  readonly stage: Stage | undefined
  readonly onbuild: boolean
  readonly before: State
  readonly after: State
  /**
   * The shell scripts of RUN (heredoc bodies included), CMD, ENTRYPOINT, HEALTHCHECK CMD. The JSON form is a script of one command
   * (`RUN ["apt-get", "install"]`), `["sh", "-c", "…"]` is looked into. Parsed when first asked for.
   */
  readonly scripts: readonly Script[]
}

export type Base =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'image'; readonly reference: ImageReference; readonly text: Expanded }
  /** Depends on a variable without a value, or is not a valid reference. */
  | { readonly kind: 'unknown'; readonly text: Expanded }

/** One stage or image that a stage takes something from. */
export type Use = {
  readonly how: 'from' | 'copy' | 'mount'
  readonly target: Base
  /** The words as written: `builder`, `0`, `nginx:1.25`. */
  readonly span: Span
  readonly step: Step
}

/**
 * `final`: the last stage. `inherited`: the final one is built FROM it. `copied`: files of it are copied into the final image (perhaps over
 * several stages), or a copied one is built FROM it. `used`: the final image needs it, but only through mounts. `unused`: it is not built at all
 * unless someone names it with `--target`.
 */
export type Role = 'final' | 'inherited' | 'copied' | 'used' | 'unused'

export type Stage = {
  readonly index: number
  /** Lower case, as BuildKit compares names. */
  readonly name: string | undefined
  readonly nameWord: Word | undefined
  /** `AS` as written. */
  readonly asWord: Word | undefined
  readonly from: Step
  /** The image word of FROM. */
  readonly baseWord: Word | undefined
  readonly base: Base
  /** The image at the bottom of the chain of FROM stages (`scratch`, `image` or `unknown`). */
  readonly root: Base
  /** `--platform=`, expanded. */
  readonly platform: { readonly span: Span; readonly raw: string; readonly expanded: Expanded } | undefined
  /** The steps after FROM, in order. */
  readonly steps: readonly Step[]
  readonly uses: readonly Use[]
  readonly role: Role
  /** After the last step. */
  readonly end: State
}

/** What Dockerfile rules judge. */
export type Dockerfile = {
  readonly path: string
  readonly tree: SyntaxTree
  /** Global ARGs, and whatever else stands before the first FROM. */
  readonly preamble: readonly Step[]
  readonly stages: readonly Stage[]
  /** All steps in order: preamble, FROMs, stages' steps, and those nested in ONBUILD. */
  readonly steps: readonly Step[]
  readonly final: Stage | undefined
}
