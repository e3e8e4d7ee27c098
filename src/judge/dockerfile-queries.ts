/** What many Dockerfile rules ask of the subject, and the small words to build a fix with. */
import type { Edit, Fix, Safety } from '../model/finding.ts'
import { remembered } from '../model/remember.ts'
import type { Span } from '../model/text.ts'
import type { Base, Dockerfile, Stage, Step, Use } from '../read/dockerfile/graph.ts'
import type { ImageReference } from '../read/dockerfile/reference.ts'
import type { Flag, FlagField } from '../read/dockerfile/syntax.ts'
import type { Command, Script } from '../read/shell/script.ts'

export type CommandAt = { readonly step: Step; readonly script: Script; readonly command: Command }

/** Made once for each Dockerfile, since a hundred rules ask: steps by instruction, commands of RUN by name. */
type Index = {
  readonly steps: ReadonlyMap<string, readonly Step[]>
  commands: { readonly all: readonly CommandAt[]; readonly byName: ReadonlyMap<string, readonly number[]> } | undefined
}
const noCommands: readonly CommandAt[] = []
const noSteps: readonly Step[] = []

const indexOf = remembered((dockerfile: Dockerfile): Index => {
  const steps = new Map<string, Step[]>()
  for (const step of dockerfile.steps) {
    const same = steps.get(step.instruction.name)
    if (same) same.push(step)
    else steps.set(step.instruction.name, [step])
  }
  return { steps, commands: undefined }
})

/** The commands of all RUN instructions (ONBUILD RUN too), in order; with names, only those. */
export const runCommands = (dockerfile: Dockerfile, ...names: readonly string[]): readonly CommandAt[] => {
  const index = indexOf(dockerfile)
  if (!index.commands) {
    const all: CommandAt[] = []
    const byName = new Map<string, number[]>()
    for (const step of index.steps.get('RUN') ?? []) {
      for (const at of commandsOf(step)) {
        const same = byName.get(at.command.name)
        if (same) same.push(all.length)
        else byName.set(at.command.name, [all.length])
        all.push(at)
      }
    }
    index.commands = { all, byName }
  }
  const { all, byName } = index.commands
  if (names.length === 0) return all
  if (!names.some(name => byName.has(name))) return noCommands
  const found: number[] = []
  for (const name of names) for (const at of byName.get(name) ?? []) found.push(at)
  if (names.length > 1) found.sort((a, b) => a - b)
  return found.map(at => all[at]!)
}

/** The commands of one step's scripts; with names, only those. */
export function* commandsOf(step: Step, ...names: readonly string[]): Generator<CommandAt> {
  for (const script of step.scripts) {
    for (const command of script.commands) if (names.length === 0 || names.includes(command.name)) yield { step, script, command }
  }
}

/** All steps with one of these instruction names, in order, those nested in ONBUILD too. */
export const stepsNamed = (dockerfile: Dockerfile, ...names: readonly string[]): readonly Step[] => {
  const { steps } = indexOf(dockerfile)
  let only: readonly Step[] = noSteps
  let lists = 0
  for (const name of names) {
    const list = steps.get(name)
    if (!list) continue
    only = list
    lists++
  }
  return lists < 2 ? only : dockerfile.steps.filter(({ instruction }) => names.includes(instruction.name))
}

/** Every image taken from outside this file: FROM, COPY --from, RUN --mount=from. */
export function* imagesOf(
  dockerfile: Dockerfile,
): Generator<{ readonly use: Use; readonly stage: Stage; readonly reference: ImageReference }> {
  for (const stage of dockerfile.stages) {
    for (const use of stage.uses) if (use.target.kind === 'image') yield { use, stage, reference: use.target.reference }
  }
}

/** The stages whose file system ships: the final one, then those it is built FROM, downwards. */
export const shippedStages = (dockerfile: Dockerfile): readonly Stage[] => {
  const stages: Stage[] = []
  for (
    let base: Base | undefined = dockerfile.final && { kind: 'stage', stage: dockerfile.final };
    base?.kind === 'stage';
    base = base.stage.base
  ) {
    stages.push(base.stage)
  }
  return stages
}

/** The steps that make up a stage's file system, oldest first: those of the stages it is built FROM, then its own. ONBUILD's nested steps are left out. */
export const lineage = remembered((stage: Stage): readonly Step[] => {
  const chain: Stage[] = []
  for (let base: Base = { kind: 'stage', stage }; base.kind === 'stage'; base = base.stage.base) chain.push(base.stage)
  return chain.reverse().flatMap(one => one.steps.filter(step => !step.onbuild))
})

export const flagNamed = (step: Step, name: string): Flag | undefined => step.instruction.flags.find(flag => flag.name === name)

export type Mount = {
  readonly flag: Flag
  /** `bind` when not said. */
  readonly type: string
  /** Without a final `/`; undefined when not said. */
  readonly target: string | undefined
  field(...keys: readonly string[]): FlagField | undefined
}

/** The `--mount` flags of a RUN. */
export const mountsOf = (step: Step): readonly Mount[] =>
  step.instruction.flags
    .filter(flag => flag.name === 'mount')
    .map(flag => {
      const field = (...keys: readonly string[]): FlagField | undefined => flag.fields.find(one => keys.includes(one.key))
      const target = field('target', 'dst', 'destination')?.value
      return {
        flag,
        type: field('type')?.value ?? 'bind',
        target: target === undefined ? undefined : target.replace(/(?<=.)\/$/, ''),
        field,
      }
    })

/** True when a cache or tmpfs mount of this RUN covers the path (is it, or a parent of it): what is written there does not stay in the layer. */
export const isMountedAway = (step: Step, path: string): boolean =>
  mountsOf(step).some(
    ({ type, target }) =>
      (type === 'cache' || type === 'tmpfs') && target !== undefined && (path === target || path.startsWith(`${target}/`)),
  )

export const replaceAt = (dockerfile: Dockerfile, span: Span, text: string): Edit => ({ path: dockerfile.path, span, text })
export const insertAt = (dockerfile: Dockerfile, offset: number, text: string): Edit => ({
  path: dockerfile.path,
  span: { start: offset, end: offset },
  text,
})
export const removeAt = (dockerfile: Dockerfile, span: Span): Edit => ({ path: dockerfile.path, span, text: '' })

/** The span of some word with the blanks before it: what to remove so that no double blank stays. */
export const withBlanksBefore = (dockerfile: Dockerfile, span: Span): Span => {
  let { start } = span
  while (start > 0 && (dockerfile.tree.text[start - 1] === ' ' || dockerfile.tree.text[start - 1] === '\t')) start--
  return { start, end: span.end }
}

/** The end of line that this file uses. */
export const lineEnd = (dockerfile: Dockerfile): string => (/\r\n/.test(dockerfile.tree.text.slice(0, 4096)) ? '\r\n' : '\n')

export const fixBy = (safety: Safety, title: string, ...edits: readonly Edit[]): Fix => ({ title, safety, edits })

/** How the file writes its instructions: the majority decides, and capitals when there is none. */
export const isMostlyLowerCase = remembered((dockerfile: Dockerfile): boolean => {
  const words = dockerfile.tree.instructions.map(({ keyword }) => keyword.raw).filter(raw => raw !== '')
  const lower = words.filter(raw => raw === raw.toLowerCase()).length
  return lower > words.filter(raw => raw === raw.toUpperCase()).length
})
