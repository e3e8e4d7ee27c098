/** harden: a Dockerfile and its build context → rule fixes and transformations, each read again after its edits → files, reasons, how to run it. */
import { basename, dirname, join, relative, resolve } from 'node:path'
import { applyEdits, planFixes } from '../change/fix.ts'
import { otherTargetsOf } from '../change/harden/beside.ts'
import { nameOfImage } from '../change/harden/image-choice.ts'
import { proposedRun } from '../change/harden/proposed-run.ts'
import { joinTitles } from '../change/harden/titles.ts'
import type { HardenSubject, ImageFacts, Transformation } from '../change/harden/transformation.ts'
import { imagesOf } from '../judge/dockerfile-queries.ts'
import type { BuildContext, DockerfileRule } from '../judge/dockerfile-rule.ts'
import type { RunningRule } from '../judge/run.ts'
import { type Edit, type Finding, type Problem, reaches, UsageError } from '../model/finding.ts'
import {
  type HardenChange,
  type Hardening,
  type HardenLeftOut,
  type HardenLevel,
  hardenLevels,
  type SeenNeeds,
} from '../model/hardening.ts'
import type { Project } from '../model/project.ts'
import { decode, encode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { type ComposeProject, readComposeProject } from '../read/compose/project.ts'
import { looksLikeCompose } from '../read/compose/recognise.ts'
import { readDockerIgnore } from '../read/dockerfile/dockerignore.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { looksLikeKubernetes } from '../read/kubernetes/looks-like-kubernetes.ts'
import { readProject } from '../read/project/read-project.ts'
import { discover, isManifestName } from './discover.ts'
import { ContextReader, dockerfileUnit, sizeLimit } from './dockerfile-unit.ts'
import { ruleNames } from './known-rules.ts'
import { chooseRules, type RuleOptions, type Rules, suppressionsFor } from './running-rules.ts'
import { findSettings } from './settings.ts'

export type HardenOptions = RuleOptions & {
  readonly path: string
  /** In place of what stands at `path`, for a Dockerfile that is not written yet. */
  readonly text?: string
  readonly level: HardenLevel
  /** Ids of transformations and rules that are left out. */
  readonly excluded: ReadonlySet<string>
  readonly transformations: Readonly<Record<string, Transformation>>
  readonly rules: Rules
  readonly version: string
  readonly config?: { readonly file: string } | 'none'
  /** The build context, where it is not the folder that is known to be. */
  readonly context?: string
  /** Files beside it that are not written yet: path → text. */
  readonly fresh?: ReadonlyMap<string, string>
  /** Paths that the program was seen to write to while it ran. */
  readonly learnt?: readonly string[]
  /** Images that nobody could get. */
  readonly missing?: ReadonlySet<string>
  /** What it was seen to run with. */
  readonly seen?: SeenNeeds
  /** What a registry, or the engine, knows of these names; undefined: nobody is asked. */
  readonly images?: (names: readonly string[]) => Promise<ReadonlyMap<string, ImageFacts>>
}

/** All transformations, one after the other, as often as any still changes something. */
const mostPasses = 6
/** One transformation, again and again until it has no more to do. */
const mostTimes = 40
/** Names that come up only when the first ones are known. */
const mostQuestions = 3
/** Files beside the Dockerfile that may build or run it. */
const mostBeside = 300
const besideLimit = 1024 * 1024

/** Throws UsageError for a Dockerfile that is not there, and for broken configuration. */
export const harden = async (world: World, options: HardenOptions): Promise<Hardening> => {
  const { path } = options
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  const bytes = options.text === undefined ? await readFile(world, path) : encode({ text: options.text, encoding: 'utf-8' })
  const original = decode(bytes)
  const names = ruleNames(options.rules)
  const settings = await findSettings(world, names, { ...options, paths: [path], inlineIgnores: options.inlineIgnores !== false })
  const contexts = new ContextReader(world, options.context)
  const problems: Problem[] = [...settings.problems]
  const first = readDockerfile(path, bytes)
  const context = await contexts.contextOf(path, new Map(), first)
  const fresh = options.fresh ?? new Map<string, string>()
  const unwritten = options.text === undefined ? [] : [path, ...fresh.keys()]
  const project = withFiles(withLearnt(await projectOf(world, context), options.learnt ?? []), unwritten, context)
  problems.push(...project.problems)
  const above = await contexts.composeFilesOf(path, first)
  const beside = context ? await filesBeside(world, context, above, problems) : new Map<string, string>()
  for (const [name, text] of project.texts) beside.set(join(context?.path ?? '', name), text)
  if (context?.ignore) beside.set(context.ignore.path, context.ignore.text)
  const chosen = chooseRules<DockerfileRule<unknown>>('dockerfile', options.rules, names, settings, options)(path)
  const judging = {
    suppressions: suppressionsFor(path, settings, names, options, today),
    facts: { today, allowedRegistries: settings.allowedRegistries },
    contexts,
  }
  const superseded = new Set(Object.values(options.transformations).flatMap(({ supersedes = [] }) => supersedes))
  const isFixer = ([id, { rule }]: readonly [string, RunningRule]): boolean =>
    !superseded.has(id) && !options.excluded.has(id) && (rule.fixes === 'safe' || rule.fixes === 'unsafe')
  // What only advises is asked once, at the end.
  const fixers = dockerfileUnit(path, bytes, { ...judging, rules: new Map([...chosen].filter(isFixer)) })
  const unit = dockerfileUnit(path, bytes, { ...judging, rules: chosen })
  const composes = composeReader(world)
  const surroundings = async (texts: ReadonlyMap<string, string>, dockerfile: Dockerfile): Promise<Surroundings> => ({
    context: await contexts.contextOf(path, texts, dockerfile),
    compose: await composes(new Map([...beside, ...texts])),
  })
  const run = async (images: ReadonlyMap<string, ImageFacts>): Promise<Run> => {
    const one = new Run({
      path,
      original: original.text,
      fresh,
      beside,
      project,
      level: options.level,
      today,
      images,
      ...(options.seen === undefined ? {} : { seen: options.seen }),
    })
    const allowed = Object.entries(options.transformations)
      .filter(([id, { level }]) => !options.excluded.has(id) && within(level, options.level))
      .sort(([a, { order }], [b, other]) => order - other.order || (a < b ? -1 : 1))
    const isWanted = (finding: Finding): boolean => isForLevel(finding, options.level)
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = one.version
      await one.fixRules(fixers.judge, isWanted, options.rules)
      for (const [id, transformation] of allowed) {
        await one.apply(id, transformation, surroundings)
      }
      if (one.version === before) break
    }
    return one
  }
  let images: ReadonlyMap<string, ImageFacts> = new Map(
    [...(options.missing ?? [])].map(name => [name, { digest: undefined, exists: false }]),
  )
  let done = await run(images)
  for (let question = 0; options.images && question < mostQuestions; question++) {
    const asked = [...imagesOf(done.dockerfile)]
      .filter(({ reference }) => reference.digest === undefined)
      .map(({ reference }) => nameOfImage(reference))
      .filter(name => !images.has(name))
    if (asked.length === 0) break
    images = new Map([...images, ...(await options.images([...new Set(asked)]))])
    done = await run(images)
  }
  const { findings } = await unit.judge(done.texts)
  // A transformation that was left out has said so.
  const isTold = (rule: string): boolean =>
    [...done.leftOut.keys()].some(id => options.transformations[id]?.supersedes?.includes(rule))
  for (const finding of findings)
    if (isLeft(finding, options.excluded) && !isTold(finding.rule)) done.leaves(finding, options.rules)
  const subject = done.subject(await surroundings(done.texts, done.dockerfile))
  for (const { container, main, target } of otherTargetsOf(subject))
    problems.push({
      kind: 'uncovered',
      code: 'harden-target',
      message: `the service \`${container.name}\` of ${main} builds the stage \`${target}\` of ${path}, and what is hardened here is the last one${subject.dockerfile.final?.name === undefined ? '' : `, \`${subject.dockerfile.final.name}\``}: where the other one ships, put it last`,
      at: { in: 'file', path: main, span: { start: 0, end: 0 } },
    })
  return {
    version: options.version,
    path,
    context: context?.path,
    level: options.level,
    files: [...done.texts]
      .map(([file, after]) => ({
        path: file,
        before: file === path ? (options.text === undefined ? original.text : undefined) : beside.get(file),
        after,
      }))
      .filter(({ before, after }) => before !== after)
      .sort((a, b) => (a.path === path ? -1 : b.path === path ? 1 : a.path < b.path ? -1 : 1)),
    changes: done.changes(),
    leftOut: [...done.leftOut.values()],
    proposed: { ...proposedRun(subject), env: [...done.env] },
    healthPaths: [...new Set(project.stacks.flatMap(({ healthPaths }) => healthPaths.map(({ value }) => value)))],
    problems: [...problems, ...done.problems],
  }
}

const within = (level: HardenLevel, limit: HardenLevel): boolean => hardenLevels.indexOf(level) <= hardenLevels.indexOf(limit)

/** Fixes that only make it look better are for those who want everything. */
const isForLevel = ({ severity, fix }: Finding, level: HardenLevel): boolean =>
  fix !== undefined &&
  (level === 'strict' || reaches(severity, 'low')) &&
  (fix.safety === 'safe' || (fix.safety === 'unsafe' && level !== 'safe'))

/** What nobody silenced, what an attacker can use, and what no edit of ours does. */
const isLeft = ({ rule, severity, suppressed }: Finding, excluded: ReadonlySet<string>): boolean =>
  !suppressed && !excluded.has(rule) && reaches(severity, 'medium')

type Start = Pick<HardenSubject, 'project' | 'level' | 'today' | 'images' | 'seen'> & {
  readonly path: string
  readonly original: string
  readonly fresh: ReadonlyMap<string, string>
  readonly beside: ReadonlyMap<string, string>
}

/** What only the flow can read. */
type Surroundings = { readonly context: BuildContext | undefined; readonly compose: ReadonlyMap<string, ComposeProject> }

/** Projects of Compose among files as they are: read again when one of these changes. */
const composeReader = (world: World): ((files: ReadonlyMap<string, string>) => Promise<ReadonlyMap<string, ComposeProject>>) => {
  let known: { readonly key: string; readonly projects: ReadonlyMap<string, ComposeProject> } | undefined
  return async files => {
    const yaml = [...files].filter(([path]) => isManifestName(basename(path)))
    const key = JSON.stringify(yaml)
    if (known?.key === key) return known.projects
    const projects = new Map<string, ComposeProject>()
    for (const [main, text] of yaml)
      if (looksLikeCompose(main, text) && !/\.override\.ya?ml$/.test(main))
        projects.set(
          main,
          await readComposeProject({
            main: [{ path: main, text }],
            env: name => world.env[name],
            workingFolder: resolve(dirname(main)),
            load: async (file, limit) => {
              const name = join(file)
              const own = files.get(name)
              if (own !== undefined) return { path: name, text: own }
              try {
                return (await world.files.stat(name))
                  ? { path: name, text: decode(await world.files.read(name, limit)).text }
                  : undefined
              } catch (error) {
                if (!(error instanceof WorldError)) throw error
                return error.code === 'not-found'
                  ? undefined
                  : { kind: 'failed', code: 'file-unreadable', message: error.message }
              }
            },
          }),
        )
    known = { key, projects }
    return projects
  }
}

/** The files on their way. */
class Run {
  readonly #start: Start
  /** Those that were changed, and the Dockerfile. */
  readonly texts: Map<string, string>
  readonly #changes = new Map<string, HardenChange>()
  readonly leftOut = new Map<string, HardenLeftOut>()
  readonly problems: Problem[] = []
  /** Variables that are no longer in the image. */
  readonly env = new Set<string>()
  readonly #broken = new Set<string>()
  /** Of which version a transformation said that it has nothing to do. */
  readonly #quiet = new Map<string, number>()
  #known: { readonly version: number; readonly subject: HardenSubject } | undefined
  /** The version of which no rule has a fix any more. */
  #fixed: number | undefined
  dockerfile: Dockerfile
  version = 0

  constructor(start: Start) {
    this.#start = start
    this.texts = new Map([[start.path, start.original], ...start.fresh])
    this.dockerfile = readDockerfile(start.path, start.original)
  }

  subject({ context, compose }: Surroundings): HardenSubject {
    const { project, level, today, images, seen, beside, path } = this.#start
    const files = new Map([...beside, ...this.texts])
    files.delete(path)
    return { dockerfile: this.dockerfile, project, context, compose, files, level, today, images, ...(seen ? { seen } : {}) }
  }

  /** Most transformations find the files as the one before did. */
  async #subjectNow(
    surroundings: (texts: ReadonlyMap<string, string>, dockerfile: Dockerfile) => Promise<Surroundings>,
  ): Promise<HardenSubject> {
    if (this.#known?.version !== this.version)
      this.#known = { version: this.version, subject: this.subject(await surroundings(this.texts, this.dockerfile)) }
    return this.#known.subject
  }

  changes(): readonly HardenChange[] {
    return [...this.#changes.values()]
  }

  async fixRules(
    judge: (texts: ReadonlyMap<string, string>) => Promise<{ readonly findings: readonly Finding[] }>,
    isWanted: (finding: Finding) => boolean,
    rules: Rules,
  ): Promise<void> {
    if (this.#fixed === this.version) return
    for (let time = 0; time < mostTimes; time++) {
      const { findings } = await judge(this.texts)
      const plan = planFixes(
        findings.filter(finding => !this.#broken.has(finding.rule) && isWanted(finding)),
        new Set(['safe', 'unsafe']),
      )
      if (plan.taken.length === 0) {
        this.#fixed = this.version
        return
      }
      const edits = [...plan.edits.values()].flat()
      if (!this.#take(edits)) {
        for (const { rule } of plan.taken) this.#breaks(rule)
        return
      }
      for (const { rule, fix } of plan.taken)
        this.#note({
          id: rule,
          title: fix!.title,
          why: rules[rule]?.why ?? '',
          safety: fix!.safety,
          risk: undefined,
          check: [],
          files: [...new Set(fix!.edits.map(edit => edit.path))],
        })
    }
  }

  async apply(
    id: string,
    transformation: Transformation,
    surroundings: (texts: ReadonlyMap<string, string>, dockerfile: Dockerfile) => Promise<Surroundings>,
  ): Promise<void> {
    if (this.#broken.has(id) || this.#quiet.get(id) === this.version) return
    for (let time = 0; time < mostTimes; time++) {
      const outcome = transformation.apply(await this.#subjectNow(surroundings))
      if (!outcome || 'leftOut' in outcome) this.#quiet.set(id, this.version)
      this.leftOut.delete(id)
      if (!outcome) return
      if ('leftOut' in outcome) {
        const { leftOut, title = transformation.title, check = [] } = outcome
        this.leftOut.set(id, { id, title, reason: leftOut, check })
        return
      }
      if (!this.#take(outcome.edits)) {
        this.#breaks(id)
        return
      }
      for (const name of outcome.env ?? []) this.env.add(name)
      this.#note({
        id,
        title: outcome.title ?? transformation.title,
        why: transformation.why,
        safety: transformation.safety,
        risk: outcome.risk,
        check: outcome.check ?? [],
        files: [...new Set(outcome.edits.map(edit => edit.path))],
      })
    }
    this.#breaks(id)
  }

  /** False, and nothing is changed, where the result would not parse any more, or nothing would change. */
  #take(edits: readonly Edit[]): boolean {
    const { path, beside } = this.#start
    const next = new Map(this.texts)
    for (const file of new Set(edits.map(edit => edit.path)))
      next.set(
        file,
        applyEdits(
          next.get(file) ?? beside.get(file) ?? '',
          edits.filter(edit => edit.path === file),
        ),
      )
    if ([...next].every(([file, text]) => text === (this.texts.get(file) ?? beside.get(file)))) return false
    const dockerfile = readDockerfile(path, next.get(path)!)
    if (dockerfile.tree.errors.length > this.dockerfile.tree.errors.length) return false
    for (const [file, text] of next) this.texts.set(file, text)
    this.dockerfile = dockerfile
    this.version++
    return true
  }

  #note(change: HardenChange): void {
    const known = this.#changes.get(change.id)
    this.#changes.set(
      change.id,
      known
        ? {
            ...known,
            title: known.title.toLowerCase().includes(change.title.toLowerCase())
              ? known.title
              : joinTitles([known.title, change.title]),
            risk: known.risk ?? change.risk,
            check: [...new Set([...known.check, ...change.check])],
            files: [...new Set([...known.files, ...change.files])],
          }
        : change,
    )
  }

  /** A finding that still stands. */
  leaves({ rule, message, fix }: Finding, rules: Rules): void {
    const known = this.leftOut.get(rule)
    const reason = known && known.reason !== message ? `${known.reason}; ${message}` : message
    const check = [...new Set([...(known?.check ?? []), ...(fix ? [fix.title] : [])])]
    this.leftOut.set(rule, { id: rule, title: rules[rule]?.summary ?? rule, reason, check })
  }

  #breaks(id: string): void {
    this.#broken.add(id)
    this.problems.push({
      kind: 'failed',
      code: 'harden-broke',
      message: `what ${id} wanted to change would break ${this.#start.path}, or has no end, and was left out. This is a bug in Bulkhead`,
      at: { in: 'file', path: this.#start.path, span: { start: 0, end: 0 } },
    })
  }
}

const readFile = async (world: World, path: string): Promise<Uint8Array> => {
  try {
    return await world.files.read(path, sizeLimit)
  } catch (error) {
    if (error instanceof WorldError)
      throw new UsageError(error.message, 'name the Dockerfile; for a project without one there is `bulkhead init`')
    throw error
  }
}

const nothing: Project = { stacks: [], files: new Set(), closed: [], texts: new Map(), isCut: false, problems: [] }

const projectOf = async (world: World, context: BuildContext | undefined): Promise<Project> =>
  context
    ? readProject(world, context.path === '' ? '.' : context.path, context.ignore && readDockerIgnore(context.ignore.text))
    : nothing

const withLearnt = (project: Project, learnt: readonly string[]): Project => {
  const [first, ...others] = project.stacks
  if (!first || learnt.length === 0) return project
  const writes = [...first.writes, ...learnt.map(value => ({ value, by: 'what it was seen to do' }))]
  return { ...project, stacks: [{ ...first, writes }, ...others] }
}

/** Files that are going to be there are part of what the builder sees. */
const withFiles = (project: Project, paths: readonly string[], context: BuildContext | undefined): Project =>
  paths.length === 0
    ? project
    : { ...project, files: new Set([...project.files, ...paths.map(path => relative(context?.path ?? '', path))].sort()) }

/** Compose files and manifests in the context, and Compose files above it that build this image. */
const filesBeside = async (
  world: World,
  context: BuildContext,
  above: readonly string[],
  problems: Problem[],
): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  const top = context.path === '' ? '.' : context.path
  const { paths } = await discover(world, [top]).catch(error => {
    if (error instanceof UsageError) return { paths: [] }
    throw error
  })
  let looked = 0
  for (const path of new Set([...above, ...paths])) {
    if (!isManifestName(basename(path))) continue
    if (++looked > mostBeside) {
      problems.push({
        kind: 'uncovered',
        code: 'beside-too-many',
        message: `of the YAML files in ${top} only ${mostBeside} were looked at`,
        at: { in: 'file', path: dirname(path), span: { start: 0, end: 0 } },
      })
      break
    }
    const bytes = await world.files.read(path, besideLimit).catch(error => {
      if (error instanceof WorldError) return undefined
      throw error
    })
    const text = bytes && decode(bytes).text
    if (text !== undefined && (looksLikeCompose(path, text) || looksLikeKubernetes(text))) found.set(path, text)
  }
  return found
}
