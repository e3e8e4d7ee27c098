/** Other images in a Compose file: `image`, images as build contexts, and the `build.args` that decide what a Dockerfile is built from. */
import type { Problem } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import type { Dockerfile } from '../../read/dockerfile/graph.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { asList, asMap, asScalar, fieldsOf, get } from '../../read/yaml/fields.ts'
import { isNull } from '../../read/yaml/scalars.ts'
import type { YamlNode, YamlScalar, YamlStream } from '../../read/yaml/tree.ts'
import { composePieces, type Environment, variablePiece } from './compose-pieces.ts'
import { DockerfilePieces } from './dockerfile-pieces.ts'
import { planUses, type Use } from './plan.ts'
import { leavesOf, type Piece, valueOf } from './template.ts'
import { type BaseChange, byHand, type Place, type Rewritten, unknownBase, type Wanted, wantedText } from './wanted.ts'
import { innerSpan, needsQuotes } from './yaml-value.ts'

/** What a service is built from. The paths are as written, after expansion. */
export type ComposeBuild = {
  readonly service: string
  readonly context: string
  readonly dockerfile: string
  /** Of the whole entry. */
  readonly span: Span
  readonly args: ReadonlyMap<
    string,
    { readonly path: string; readonly pieces: readonly Piece[]; readonly scalar: YamlScalar | undefined }
  >
}

type Candidate = { readonly plan: Use; readonly place: Place; readonly before: string; readonly scalars: readonly YamlScalar[] }

/** Arguments of all builds of one file, and characters of the Dockerfiles that are read for them: aliases make much of little text. */
const maxArguments = 100_000
const maxDockerfileText = 50_000_000

/** The builds of a file with arguments, for whoever reads their Dockerfiles; those that services share once. */
export const composeBuildsIn = ({ file, documents }: YamlStream, environment: Environment): readonly ComposeBuild[] => {
  const builds: ComposeBuild[] = []
  const seen = new Set<YamlNode>()
  let left = maxArguments
  const text = (node: YamlNode | undefined): string | undefined => {
    const scalar = asScalar(node)
    const pieces = scalar && !isNull(scalar) ? composePieces(scalar.value, scalar.span.start, environment) : undefined
    return pieces && valueOf(pieces)
  }
  for (const { name, map } of servicesIn(documents)) {
    const build = get(map, 'build')
    if (build?.kind !== 'map' || seen.has(build) || get(build, 'dockerfile_inline')) continue
    seen.add(build)
    const context = get(build, 'context') === undefined ? '.' : text(get(build, 'context'))
    const dockerfile = get(build, 'dockerfile') === undefined ? 'Dockerfile' : text(get(build, 'dockerfile'))
    if (context === undefined || dockerfile === undefined || left <= 0) continue
    const args = argsOf(get(build, 'args'), file.path, environment)
    left -= args.size
    if (args.size > 0) builds.push({ service: name, context, dockerfile, span: build.span, args })
  }
  return builds
}

const servicesIn = (documents: YamlStream['documents']): readonly { readonly name: string; readonly map: YamlNode }[] =>
  documents.flatMap(({ root }) => {
    const services = asMap(get(root, 'services'))
    return services ? [...fieldsOf(services).values()].map(({ name, value }) => ({ name, map: value })) : []
  })

/** As a mapping, or as a list of `NAME=value`. A name without a value is taken from the environment. */
const argsOf = (node: YamlNode | undefined, path: string, environment: Environment): ComposeBuild['args'] => {
  const args = new Map<string, { path: string; pieces: readonly Piece[]; scalar: YamlScalar | undefined }>()
  const fromEnvironment = (name: string, span: Span): void => {
    const known = environment(name)
    if (known) args.set(name, { path, pieces: [variablePiece(name, known, span)], scalar: undefined })
  }
  const add = (name: string, scalar: YamlScalar, from: number): void => {
    const value = scalar.value.slice(from)
    const inner = innerSpan(scalar)
    const at = inner ? inner.start + from : scalar.span.start
    const pieces = composePieces(value, at, environment)
    if (!pieces) return
    const isWritten = inner !== undefined
    args.set(name, { path, pieces: isWritten ? pieces : [{ kind: 'fixed', value: valueOf(pieces), outer: scalar.span }], scalar })
  }
  const map = asMap(node)
  for (const field of map ? fieldsOf(map).values() : []) {
    const scalar = asScalar(field.value)
    if (!scalar) continue
    if (isNull(scalar)) fromEnvironment(field.name, scalar.span)
    else add(field.name, scalar, 0)
  }
  for (const item of asList(node)?.items ?? []) {
    const scalar = asScalar(item)
    if (!scalar) continue
    const equals = scalar.value.indexOf('=')
    if (equals === -1) fromEnvironment(scalar.value, scalar.span)
    else add(scalar.value.slice(0, equals), scalar, equals + 1)
  }
  return args
}

/** As it was, and as it is after it was rewritten itself. */
export type BuiltDockerfile = { readonly before: Dockerfile; readonly now: Dockerfile }

export type ComposeFiles = {
  /** Files of one folder: they share its `.env`. */
  readonly streams: readonly YamlStream[]
  readonly environment: Environment
  /** Undefined where it cannot be read. */
  dockerfileOf(build: ComposeBuild): BuiltDockerfile | undefined
}

/**
 * What `.env` gives is changed there when all who use it want the same. Nothing is spelled out in place of a variable: whoever sets it means something by it.
 */
export const rewriteCompose = ({ streams, environment, dockerfileOf }: ComposeFiles, wanted: Wanted): Rewritten => {
  const problems: Problem[] = []
  const candidates = new Map<string, Candidate>()
  const take = (scalar: YamlScalar, from = 0): void => addScalar(scalar, from, environment, wanted, candidates, problems)
  let left = maxDockerfileText
  for (const stream of streams) {
    const { path } = stream.file
    for (const { map } of servicesIn(stream.documents)) {
      const build = get(map, 'build')
      const image = asScalar(get(map, 'image'))
      // Beside `build` it is the name of what is built.
      if (image && !isNull(image) && (!build || isNull(build))) take(image)
      const inline = get(build, 'dockerfile_inline')
      if (inline)
        problems.push(unknownBase({ path, span: inline.span }, 'a Dockerfile inside of a Compose file is not rewritten'))
      for (const scalar of contextsOf(get(build, 'additional_contexts'))) {
        const start = scalar.value.indexOf(imageContext)
        if (start !== -1) take(scalar, start + imageContext.length)
      }
    }
    for (const build of composeBuildsIn(stream, environment)) {
      const dockerfile = dockerfileOf(build)
      if (!dockerfile) continue
      left -= dockerfile.now.tree.text.length
      if (left < 0) {
        const message = 'this file builds more than can be looked through; which arguments decide the other bases is not known'
        problems.push(unknownBase({ path, span: build.span }, message))
        break
      }
      addBuild(dockerfile, build, path, wanted, candidates, problems)
    }
  }
  const all = [...candidates.values()]
  const planned = planUses(
    all.map(({ plan }) => plan),
    all.map(() => 0),
    'digest-here',
  )
  const changes: BaseChange[] = []
  for (const [i, { place, before, plan }] of all.entries()) {
    if (plan.after === undefined) continue
    const solution = planned.solutions[i]
    const isShared = solution?.splices.some(one => one.isShared) === true
    if (solution) changes.push({ ...place, before, after: plan.after, how: isShared ? 'argument' : 'here' })
    else {
      const why = 'what gives it is used for something else, too, or cannot be told apart'
      const what = before === plan.after ? `is to stay \`${before}\`` : `\`${before}\` is to become \`${plan.after}\``
      problems.push(byHand(place, `${what}, and ${why}: change it by hand`))
    }
  }
  const scalars = new Map(
    all.flatMap(one => one.scalars.map(scalar => [`${scalar.file.path}\0${scalar.span.start}`, scalar] as const)),
  )
  const edits = planned.edits.map(edit => {
    const scalar = scalars.get(`${edit.path}\0${edit.span.start}`)
    return scalar?.span.end === edit.span.end && needsQuotes(scalar, edit.text) ? { ...edit, text: `"${edit.text}"` } : edit
  })
  return { edits, changes, problems }
}

/** https://github.com/compose-spec/compose-spec/blob/main/build.md#additional_contexts */
const imageContext = 'docker-image://'

const contextsOf = (node: YamlNode | undefined): readonly YamlScalar[] => {
  const map = asMap(node)
  const nodes = map ? [...fieldsOf(map).values()].map(({ value }) => value) : (asList(node)?.items ?? [])
  return nodes.flatMap(one => asScalar(one) ?? [])
}

const addScalar = (
  scalar: YamlScalar,
  from: number,
  environment: Environment,
  wanted: Wanted,
  candidates: Map<string, Candidate>,
  problems: Problem[],
): void => {
  const place: Place = { path: scalar.file.path, span: scalar.span, in: 'compose' }
  const key = `${scalar.file.path} ${scalar.span.start}`
  if (candidates.has(key)) return
  const inner = innerSpan(scalar)
  const text = scalar.value.slice(from)
  const pieces = composePieces(text, inner ? inner.start + from : 0, environment)
  if (!pieces) {
    problems.push(unknownBase(place, `which image \`${text.slice(0, 80)}\` is depends on a variable that has no value here`))
    return
  }
  const before = valueOf(pieces)
  const reference = parseReference(before)
  if (!reference) {
    problems.push(unknownBase(place, `\`${before.slice(0, 80)}\` is no reference to an image`))
    return
  }
  const after = wantedText(before, reference, wanted(reference, place))
  if (after !== undefined && !inner) {
    problems.push(byHand(place, `\`${before}\` is to become \`${after}\`, and it is not written in one piece: change it by hand`))
    return
  }
  candidates.set(key, { plan: { path: place.path, word: scalar.span, pieces, after }, place, before, scalars: [scalar] })
}

/** The bases that the arguments of a build decide: what was wanted of them as they were, reached from where the Dockerfile is now. */
const addBuild = (
  { before, now }: BuiltDockerfile,
  build: ComposeBuild,
  path: string,
  wanted: Wanted,
  candidates: Map<string, Candidate>,
  problems: Problem[],
): void => {
  const old = new DockerfilePieces(before, build.args)
  const pieces = new DockerfilePieces(now, build.args)
  const names = new Set<string>()
  for (const [index, stage] of before.stages.entries()) {
    const was = stage.baseWord && old.ofGiven(stage.baseWord)
    const baseWord = now.stages[index]?.baseWord
    const isStage = was !== undefined && names.has(was.value.toLowerCase())
    if (stage.name !== undefined) names.add(stage.name)
    if (!was || !baseWord || isStage || was.value === 'scratch') continue
    const deciding = leavesOf(path, was.pieces).filter(({ argument, span }) => argument && span)
    const reference = parseReference(was.value)
    if (deciding.length === 0 || !reference) continue
    const first = deciding.find(leaf => leaf.path === path) ?? deciding[0]!
    const place: Place = { path: first.path, span: first.span!, in: 'build-argument', dockerfile: before.path }
    const target = wantedText(was.value, reference, wanted(reference, place)) ?? was.value
    const found = pieces.ofGiven(baseWord)
    if (!found) continue
    if (leavesOf(path, found.pieces).every(({ argument }) => !argument)) {
      // The Dockerfile names it itself now.
      if (found.value !== target)
        problems.push(
          byHand(
            place,
            `this made \`${was.value}\` of what the Dockerfile says, which is now \`${found.value}\` whatever is given`,
          ),
        )
      continue
    }
    const after = found.value === target ? undefined : target
    const scalars = [...build.args.values()].flatMap(({ scalar }) => scalar ?? [])
    const plan: Use = { path, word: first.span!, pieces: found.pieces, after }
    const key = `build ${deciding.map(({ path: file, span }) => `${file} ${span!.start}`).join(' ')} ${was.value} ${found.value}`
    if (!candidates.has(key)) candidates.set(key, { plan, place, before: was.value, scalars })
  }
}
