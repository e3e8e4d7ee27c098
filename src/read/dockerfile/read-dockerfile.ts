/** Bytes → what Dockerfile rules judge: the tree, the build graph, and the shell scripts inside. */
import type { Span } from '../../model/text.ts'
import { argvWord, readArgv } from '../shell/read-argv.ts'
import { readScript } from '../shell/read-script.ts'
import type { Script } from '../shell/script.ts'
import { expand } from './expand.ts'
import type { Base, Dockerfile, Expanded, Role, Stage, State, Step, Use, Variables } from './graph.ts'
import { joinPieces } from './logical.ts'
import { parse } from './parse.ts'
import { parseReference } from './reference.ts'
import type { Instruction, SyntaxTree, Word } from './syntax.ts'
import { lookupIn, platformArguments, Timeline } from './variables.ts'

/** Reads one Dockerfile. `path` is only a name. Never throws; what could not be parsed is in `tree.errors`. */
export const readDockerfile = (path: string, input: string | Uint8Array): Dockerfile => buildGraph(path, parse(input))

const posixShell: readonly string[] = ['/bin/sh', '-c']
const windowsShell: readonly string[] = ['cmd', '/S', '/C']

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type StageDraft = Mutable<Stage> & { steps: Step[]; uses: Use[] }

/** Stages, and what is in force at every instruction. Linear in the number of instructions. */
export const buildGraph = (path: string, tree: SyntaxTree): Dockerfile => {
  const globals = new Timeline()
  for (const name of platformArguments) globals.set({ name, value: undefined, by: 'predefined', at: undefined })
  const preamble: Step[] = []
  const steps: Step[] = []
  const stages: StageDraft[] = []
  const byName = new Map<string, StageDraft>()
  let stage: StageDraft | undefined
  let timeline = globals
  let state: State = emptyState(globals.moment())

  for (const instruction of tree.instructions) {
    if (instruction.name === 'FROM') {
      // A stage has its name only from its end on: FROM inside of it means an image of that name. A repeated name hides the earlier one.
      if (stage?.name !== undefined) byName.set(stage.name, stage)
      const globalScope = globals.moment()
      stage = openStage(instruction, stages.length, byName, globalScope, tree.escape)
      timeline = new Timeline(stage.base.kind === 'stage' ? stage.base.stage.end.variables : undefined)
      state =
        stage.base.kind === 'stage'
          ? stage.base.stage.end
          : { ...emptyState(timeline.moment()), shell: { value: defaultShell(stage, tree), at: undefined } }
      const step = new OneStep(instruction, stage, { ...emptyState(globalScope), shell: state.shell }, state, false)
      Object.assign(stage, { from: step, end: state })
      if (stage.baseWord) stage.uses.push({ how: 'from', target: stage.base, span: stage.baseWord.span, step })
      stages.push(stage)
      steps.push(step)
      continue
    }
    const before = state
    state = advance(before, instruction, timeline, stage ? globals.moment() : undefined, tree.escape)
    const step = new OneStep(instruction, stage, before, state, false)
    const added = [step]
    if (instruction.name === 'ONBUILD' && instruction.nested)
      added.push(new OneStep(instruction.nested, stage, before, before, true))
    steps.push(...added)
    if (stage) {
      stage.steps.push(...added)
      stage.end = state
    } else preamble.push(...added)
  }
  if (stage?.name !== undefined) byName.set(stage.name, stage)
  for (const one of stages) for (const step of one.steps) one.uses.push(...usesOf(step, stages, byName, tree.escape))
  const roles = assignRoles(stages)
  for (const one of stages) one.role = roles.get(one) ?? 'unused'
  return { path, tree, preamble, stages, steps, final: stages.at(-1) }
}

const emptyState = (variables: Variables): State => ({
  user: { value: undefined, at: undefined },
  workdir: { value: undefined, at: undefined },
  shell: { value: posixShell, at: undefined },
  variables,
})

const openStage = (
  instruction: Instruction,
  index: number,
  byName: ReadonlyMap<string, StageDraft>,
  scope: Variables,
  escape: string,
): StageDraft => {
  const [baseWord, asWord, nameWord] = instruction.words
  const isAs = asWord?.raw.toLowerCase() === 'as'
  const flag = instruction.flags.find(one => one.name === 'platform')
  const text = expandWord(baseWord ?? { raw: '', span: instruction.headSpan }, scope, escape)
  const base = resolveBase(text, byName)
  return {
    index,
    name: isAs ? nameWord?.raw.toLowerCase() : undefined,
    nameWord: isAs ? nameWord : undefined,
    asWord: isAs ? asWord : undefined,
    from: undefined as unknown as Step,
    baseWord,
    base,
    root: base.kind === 'stage' ? base.stage.root : base,
    platform:
      flag?.value === undefined || !flag.valueSpan
        ? undefined
        : { span: flag.span, raw: flag.value, expanded: expandWord({ raw: flag.value, span: flag.valueSpan }, scope, escape) },
    steps: [],
    uses: [],
    role: 'unused',
    end: undefined as unknown as State,
  }
}

const resolveBase = (text: Expanded, byName: ReadonlyMap<string, StageDraft>): Base => {
  if (!text.known) return { kind: 'unknown', text }
  const stage = byName.get(text.value.toLowerCase())
  if (stage) return { kind: 'stage', stage }
  if (text.value === 'scratch') return { kind: 'scratch' }
  const reference = parseReference(text.value)
  return reference ? { kind: 'image', reference, text } : { kind: 'unknown', text }
}

/** Expands one word in a scope; positions of missing variables are exact as long as the word has no continuation inside. */
export const expandWord = (word: Word, variables: Variables, escape: string): Expanded => {
  const { value, known, missing } = expand(word.raw, escape, lookupIn(variables))
  const exact = word.span.end - word.span.start === word.raw.length
  return {
    value,
    known,
    missing: missing.map(({ name, start, end }) => ({
      name,
      span: exact ? { start: word.span.start + start, end: word.span.start + end } : word.span,
    })),
  }
}

/** Windows images start with cmd. Whether an image is one can only be told from its name, the platform, or the backtick as escape character. */
const defaultShell = (stage: StageDraft, tree: SyntaxTree): readonly string[] => {
  const platform = stage.platform?.expanded
  if (platform?.known && /^windows\b/i.test(platform.value)) return windowsShell
  if (platform?.known && /^linux\b/i.test(platform.value)) return posixShell
  const name = stage.baseWord?.raw.toLowerCase() ?? ''
  if (/windows|nanoserver/.test(name)) return windowsShell
  return tree.escape === '`' ? windowsShell : posixShell
}

/** What is in force after an instruction. `globals` is given inside stages only. */
const advance = (
  state: State,
  instruction: Instruction,
  timeline: Timeline,
  globals: Variables | undefined,
  escape: string,
): State => {
  const { variables } = state
  switch (instruction.name) {
    case 'ARG': {
      for (const pair of instruction.pairs) {
        const inherited = globals?.get(pair.key)
        if (pair.value) {
          const { value, known } = expandWord(pair.value, timeline.moment(), escape)
          timeline.set({ name: pair.key, value: known ? value : undefined, by: 'arg', at: instruction })
        } else if (inherited)
          timeline.set({ ...inherited, by: inherited.by === 'predefined' ? 'predefined' : 'arg', at: instruction })
        else if (!variables.get(pair.key)) timeline.set({ name: pair.key, value: undefined, by: 'arg', at: instruction })
      }
      return { ...state, variables: timeline.moment() }
    }
    case 'ENV': {
      // All values of one ENV see the variables as they were before it.
      for (const pair of instruction.pairs) {
        const expanded = pair.value && expandWord(pair.value, variables, escape)
        timeline.set({ name: pair.key, value: expanded?.known ? expanded.value : undefined, by: 'env', at: instruction })
      }
      return { ...state, variables: timeline.moment() }
    }
    case 'USER': {
      const word = { raw: instruction.argument.text, span: instruction.argumentSpan }
      if (word.raw === '') return state
      return { ...state, user: { value: expandWord(word, variables, escape), at: instruction } }
    }
    case 'WORKDIR': {
      const word = { raw: instruction.argument.text, span: instruction.argumentSpan }
      if (word.raw === '') return state
      const { value, known } = expandWord(word, variables, escape)
      const before = state.workdir.value
      const absolute = /^(?:[/\\]|[a-zA-Z]:)/.test(value)
      // A variable in front may hold an absolute path: nothing is known then.
      const hidden = !known && /^["']?\$/.test(word.raw)
      const joined = absolute || !before ? value : `${before.path.replace(/\/$/, '')}/${value}`
      // Linux takes no path of more than 4096 bytes (PATH_MAX), and joining without end would not be linear.
      const tooLong = joined.length > 4096
      const path = tooLong ? value : joined
      return {
        ...state,
        workdir: {
          value: {
            path,
            known: known && !tooLong && (absolute || before?.known === true),
            absolute: absolute || hidden || before?.absolute === true,
          },
          at: instruction,
        },
      }
    }
    case 'SHELL':
      return instruction.json && instruction.json.values.length > 0
        ? { ...state, shell: { value: instruction.json.values, at: instruction } }
        : state
    default:
      return state
  }
}

/** COPY --from=, RUN --mount=from=. Names are looked up among all stages (BuildKit also takes later ones), then numbers, then images. */
const usesOf = (step: Step, stages: readonly StageDraft[], byName: ReadonlyMap<string, StageDraft>, escape: string): Use[] => {
  const { instruction } = step
  const uses: Use[] = []
  const add = (how: Use['how'], value: string, span: Span): void => {
    uses.push({ how, target: resolveSource(value, span, step, stages, byName, escape), span, step })
  }
  for (const flag of instruction.flags) {
    if (instruction.name === 'COPY' && flag.name === 'from' && flag.value && flag.valueSpan)
      add('copy', flag.value, flag.valueSpan)
    if (instruction.name === 'RUN' && flag.name === 'mount') {
      for (const field of flag.fields)
        if (field.key === 'from' && field.value && field.valueSpan) add('mount', field.value, field.valueSpan)
    }
  }
  return uses
}

const resolveSource = (
  value: string,
  span: Span,
  step: Step,
  stages: readonly StageDraft[],
  byName: ReadonlyMap<string, StageDraft>,
  escape: string,
): Base => {
  const text = expandWord({ raw: value, span }, step.before.variables, escape)
  if (!text.known) return { kind: 'unknown', text }
  if (/^\d+$/.test(text.value)) {
    const stage = stages[Number(text.value)]
    return stage ? { kind: 'stage', stage } : { kind: 'unknown', text }
  }
  return resolveBase(text, byName)
}

const assignRoles = (stages: readonly StageDraft[]): Map<Stage, Role> => {
  const roles = new Map<Stage, Role>()
  const final = stages.at(-1)
  if (!final) return roles
  roles.set(final, 'final')
  // (No generator function inside a function: V8 makes a hidden class for each one created, which keeps this graph alive until a full collection.)
  for (let { base } = final as Stage; base.kind === 'stage'; base = base.stage.base) roles.set(base.stage, 'inherited')
  const spread = (role: 'copied' | 'used', follows: (use: Use) => boolean): void => {
    const queue = [...roles.keys()]
    for (let stage = queue.pop(); stage; stage = queue.pop()) {
      for (const use of stage.uses) {
        if (use.target.kind !== 'stage' || roles.has(use.target.stage) || !follows(use)) continue
        roles.set(use.target.stage, role)
        queue.push(use.target.stage)
      }
    }
  }
  spread('copied', use => use.how !== 'mount')
  spread('used', () => true)
  return roles
}

class OneStep implements Step {
  readonly instruction: Instruction
  readonly stage: Stage | undefined
  readonly onbuild: boolean
  readonly before: State
  readonly after: State
  private read: readonly Script[] | undefined = undefined

  constructor(instruction: Instruction, stage: Stage | undefined, before: State, after: State, onbuild: boolean) {
    this.instruction = instruction
    this.stage = stage
    this.onbuild = onbuild
    this.before = before
    this.after = after
  }

  get scripts(): readonly Script[] {
    this.read ??= readScripts(this.instruction, this.before.shell.value)
    return this.read
  }
}

const withCommand = new Set(['RUN', 'CMD', 'ENTRYPOINT'])

const readScripts = (instruction: Instruction, shell: readonly string[]): readonly Script[] => {
  const owner = instruction.name === 'HEALTHCHECK' ? instruction.nested : instruction
  if (!owner || (instruction.name !== 'HEALTHCHECK' && !withCommand.has(instruction.name))) return []
  const { argument, json, heredocs } = owner
  if (json) {
    const words = json.ranges.map(({ start, end }) =>
      argvWord(argument.text.slice(start, end), (from, to) => argument.spanOf(start + from, start + to)),
    )
    return words.length > 0 ? [readArgv(words, json.span)] : []
  }
  if (argument.text === '') return []
  const [only] = heredocs
  if (only && heredocs.length === 1 && only.span.start === owner.argumentSpan.start && only.span.end === owner.argumentSpan.end) {
    // `RUN <<EOF`: the body is the script.
    return [script([{ text: only.content, offset: only.body.start }], only.body, shell)]
  }
  const pieces = argument.pieces()
  for (const heredoc of heredocs) {
    // The shell reads the line, then the bodies, as if all had stood in a file.
    pieces.push(
      { text: '\n', offset: Math.max(0, heredoc.body.start - 1) },
      { text: heredoc.content, offset: heredoc.body.start },
    )
    if (heredoc.end) pieces.push({ text: heredoc.name, offset: heredoc.end.start })
  }
  return [script(pieces, owner.argumentSpan, shell)]
}

const script = (
  pieces: readonly { readonly text: string; readonly offset: number }[],
  span: Span,
  shell: readonly string[],
): Script => {
  const text = joinPieces(pieces.filter(piece => piece.text !== ''))
  return readScript({ text: text.text, spanOf: (start, end) => text.spanOf(start, end), span, shell })
}
