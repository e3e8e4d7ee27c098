/** `bulkhead recommend --fix-dockerfile`: the recommended base image, written into the Dockerfile and the files beside it. */
import { basename, dirname, join, resolve } from 'node:path'
import { commitMessage } from '../change/base/commit-message.ts'
import { nameOf, type Wanted } from '../change/base/wanted.ts'
import { startOf } from '../change/harden/start.ts'
import { runCommands } from '../judge/dockerfile-queries.ts'
import { bestOf, nameBehindFrom } from '../model/best-candidate.ts'
import { UsageError } from '../model/finding.ts'
import type { Measured, Recommendation } from '../model/recommendation.ts'
import { lineStarts, positionAt } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import type { Dockerfile, Stage } from '../read/dockerfile/graph.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { type ImageReference, parseReference } from '../read/dockerfile/reference.ts'
import { talliesText } from '../show/recommend-text.ts'
import { isDockerfileName } from './discover.ts'
import { type Rebased, rebase } from './rebase.ts'

export type RecommendFixOptions = {
  readonly dockerfile: string
  /** One of the candidates; undefined: the best one. */
  readonly to: string | undefined
  /** Undefined: where a digest stood. */
  readonly pin: boolean | undefined
  readonly write: boolean
}

export type RecommendFix = {
  /** Undefined: there is nothing better. */
  readonly chosen: Measured | undefined
  readonly rebased: Rebased
  /** For the commit; '' where nothing changes. */
  readonly message: string
  /** What the reader should know, in sentences without a full stop. */
  readonly notes: readonly string[]
}

const dockerfileLimit = 1024 * 1024
const nothing: Rebased = { changes: [], bases: [], problems: [], files: 0 }

/** Throws UsageError, before anything is written. */
export const fixRecommended = async (
  world: World,
  report: Recommendation,
  options: RecommendFixOptions,
): Promise<RecommendFix> => {
  const { dockerfile: path } = options
  const dockerfile = readDockerfile(path, await readFile(world, path))
  const old = rootOf(dockerfile)
  const { name: about } = report.base
  const names = [about, ...report.answer.aliases].filter(name => name !== undefined)
  const isAbout = names.some(name => isSame(parseReference(name), old))
  // Whoever asked about an image that was built before the file was changed.
  const present = [report.candidates.find(one => isSame(parseReference(plainName(one.name)), old))].find(
    one => one !== undefined && one.kind !== 'refresh',
  )
  if (!isAbout && present && (options.to === undefined || isSame(parseReference(plainName(options.to)), old)))
    return {
      chosen: present,
      rebased: nothing,
      message: '',
      notes: [`${path} is FROM ${present.name} already: nothing to change`],
    }
  if (about === undefined)
    throw new UsageError(
      `${path} was not changed: the name of the base image is not known`,
      '--dockerfile FILE says what the image was built from',
    )
  if (!isAbout)
    throw new UsageError(
      `${path} was not changed: it is FROM ${written(old)}, and the recommendation is about ${about}`,
      'name the Dockerfile of this image, or ask about the Dockerfile itself',
    )
  const notes: string[] = []
  const chosen = options.to === undefined ? bestFor(report, dockerfile, old, path, notes) : candidateNamed(report, options.to)
  if (!chosen) {
    if (!report.candidates.some(one => one.measure && !one.isPresent))
      throw new UsageError(
        `${path} was not changed: nothing better than ${written(old)} is known`,
        report.candidates.some(one => !one.measure) ? '--to takes a candidate that was not looked into' : undefined,
      )
    return {
      chosen,
      rebased: nothing,
      message: '',
      notes: [...notes, `${path} stays as it is: of what was looked at, nothing is better than ${written(old)}`],
    }
  }
  if (options.to !== undefined) {
    const why = unfit(chosen, dockerfile, old)
    if (why !== undefined) notes.push(`${why}: the file has to be changed there, too`)
    if (chosen.isPartial) notes.push(`${chosen.name} could not be read as a whole`)
    if (!chosen.measure) notes.push(`${chosen.name} was not looked into: ${chosen.missing}`)
    if (chosen.newCritical.length > 0)
      notes.push(`${chosen.name} brings what ${about} does not have: ${chosen.newCritical.slice(0, 5).join(', ')}, critical`)
  }
  const elsewhere = new Set<string>()
  const wanted = wantedFor(chosen, old, options, (place, text) => {
    if (place.in === 'compose' || place.in === 'kubernetes' || place.in === 'kustomization') return true
    if (resolve(place.dockerfile ?? place.path) === resolve(path)) return true
    elsewhere.add(`${place.path} uses ${text}, too, and was left: bulkhead rebase changes it`)
    return false
  })
  const rebased = await rebase(world, [path, ...(await projectOf(world, path))], wanted, { write: options.write })
  const others = (dockerfile.stages.filter(one => isSibling(one, old)) as readonly Stage[]).map(
    one =>
      `${path}:${lineOf(dockerfile, one)}: FROM ${one.base.kind === 'image' ? one.base.text.value : ''} was left: another tag of the same image`,
  )
  const isChanged = rebased.bases.length > 0
  notes.push(...elsewhere, ...others)
  if (!isChanged && !rebased.problems.some(({ code }) => code === 'base-by-hand'))
    notes.push(
      chosen.kind === 'refresh'
        ? `${path} says ${written(old)} already, and needs no change: docker build --pull takes the newest one${old.digest === undefined ? '; --pin writes its digest' : ''}`
        : `${path} is as it shall be: nothing to change`,
    )
  return {
    chosen,
    rebased: {
      ...rebased,
      problems: rebased.problems.filter(
        ({ code, at }) =>
          code !== 'no-dockerfile' &&
          !(
            code === 'base-unknown' &&
            at?.in === 'file' &&
            isDockerfileName(basename(at.path)) &&
            resolve(at.path) !== resolve(path)
          ),
      ),
    },
    message: commitMessage(rebased.bases, whyText(report, chosen)),
    notes,
  }
}

const readFile = async (world: World, path: string): Promise<Uint8Array> => {
  try {
    return await world.files.read(path, dockerfileLimit)
  } catch (error) {
    throw error instanceof WorldError ? new UsageError(error.message, '--fix-dockerfile names a Dockerfile') : error
  }
}

/** What the final stage is built on in the end. Throws UsageError. */
const rootOf = ({ final, path }: Dockerfile): ImageReference => {
  if (!final) throw new UsageError(`${path} has no FROM`, '--fix-dockerfile names a Dockerfile')
  const { root } = final
  if (root.kind === 'image') return root.reference
  throw new UsageError(
    root.kind === 'unknown'
      ? `${path} was not changed: which image \`${root.text.value}\` is depends on a variable that has no value in this file`
      : `${path} was not changed: it is FROM scratch`,
  )
}

const written = ({ familiar, tag, digest }: ImageReference): string =>
  tag === undefined && digest !== undefined ? `${familiar}@${digest.slice(0, 19)}…` : `${familiar}:${tag ?? 'latest'}`

/** Digests change with every build; what has only one is taken for the tag that somebody knows of it. */
const isSame = (one: ImageReference | undefined, old: ImageReference): boolean =>
  one !== undefined &&
  one.registry === old.registry &&
  one.repository === old.repository &&
  ((old.tag === undefined && old.digest !== undefined) || (one.tag ?? 'latest') === (old.tag ?? 'latest'))

/** Without what chose the source. */
const plainName = (name: string): string => name.replace(/^(?:docker|registry):/, '')

const candidateNamed = ({ candidates }: Recommendation, to: string): Measured => {
  const asked = parseReference(plainName(to))
  const found =
    candidates.find(({ name }) => name === to) ??
    candidates.find(({ name }) => asked && isSame(parseReference(plainName(name)), asked))
  if (found) return found
  throw new UsageError(
    `${to} is none of the candidates`,
    candidates.length === 0
      ? `--candidate ${to} has it looked into`
      : `they are ${candidates.map(({ name }) => name).join(', ')}; --candidate ${to} has it looked into, too`,
  )
}

/** The best one that the file can be built on as it is. */
const bestFor = (
  report: Recommendation,
  dockerfile: Dockerfile,
  old: ImageReference,
  path: string,
  notes: string[],
): Measured | undefined => {
  const passed: string[] = []
  const chosen = bestOf(report, one => {
    const why = isName(one)
      ? unfit(one, dockerfile, old)?.concat(` (--to ${one.name} takes it all the same)`)
      : 'it is no name that can stand behind FROM'
    if (why !== undefined) passed.push(`${one.name} would leave less, and was passed over: ${why}`)
    return why === undefined
  })
  notes.push(...passed.map(text => `${path}: ${text}`))
  return chosen
}

/** An archive cannot stand behind FROM. */
const isName = ({ name }: Measured): boolean =>
  nameBehindFrom(name) !== undefined && parseReference(plainName(name)) !== undefined

/** Package managers that Alpine does not have. */
const foreignManagers: ReadonlySet<string> = new Set(
  'apt apt-get apt-cache dpkg add-apt-repository dnf microdnf yum zypper'.split(' '),
)

/** https://docs.docker.com/reference/dockerfile/#shell-and-exec-form */
const isShellForm = ({ name, json, argument: { text } }: Stage['steps'][number]['instruction']): boolean =>
  /^(?:CMD|ENTRYPOINT)$/.test(name)
    ? json === undefined
    : name === 'HEALTHCHECK' && !/^\s*NONE\s*$/i.test(text) && !/\bCMD\s+\[/i.test(text)

/** Images whose ENTRYPOINT is the runtime: https://github.com/GoogleContainerTools/distroless#entrypoints, https://edu.chainguard.dev/chainguard/chainguard-images/ */
const startsRuntime = /^(?:gcr\.io\/distroless\/(?:nodejs|python3|java)|cgr\.dev\/chainguard\/(?:node|python|jre)\b)/
const runtimes = /^(?:\/\S*\/)?(?:node|nodejs|python[\d.]*|java)$/

/** Why the stages that are built on the old image cannot be built on this one; undefined where nothing is known against it. */
const unfit = ({ kind, name }: Measured, dockerfile: Dockerfile, old: ImageReference): string | undefined => {
  const isOn = (stage: Stage): boolean => stage.root.kind === 'image' && isSame(stage.root.reference, old)
  const steps = dockerfile.stages.filter(isOn).flatMap(one => one.steps.filter(step => step.instruction.name === 'RUN'))
  const own = new Set<unknown>(steps)
  const runs = runCommands(dockerfile).filter(({ step }) => own.has(step))
  const line = (offset: number): number => positionAt(lineStarts(dockerfile.tree.text), offset).line
  const [first] = steps
  if ((kind === 'distroless' || kind === 'hardened') && first)
    return `line ${line(first.instruction.span.start)} has a RUN, which needs a shell, and ${name} has none`
  const started =
    (kind === 'distroless' || kind === 'hardened') && dockerfile.final && isOn(dockerfile.final) ? dockerfile.final : undefined
  const shellForm = started?.steps.find(({ instruction }) => isShellForm(instruction))
  if (shellForm) {
    const { name: keyword, span } = shellForm.instruction
    return `line ${line(span.start)} has ${keyword} without brackets, which needs a shell, and ${name} has none`
  }
  if (started && startsRuntime.test(name)) {
    const { entrypoint, cmd } = startOf(started)
    const word = entrypoint ? undefined : cmd?.instruction.json?.values[0]
    if (cmd && word !== undefined && runtimes.test(word))
      return `line ${line(cmd.instruction.span.start)} has a CMD that begins with ${word}, which the ENTRYPOINT of ${name} is already`
  }
  // UBI minimal has microdnf, and no other.
  const foreign = runs.find(
    ({ command: { name: one } }) => foreignManagers.has(one) && (kind !== 'minimal' || one !== 'microdnf'),
  )
  if ((kind === 'alpine' || kind === 'minimal') && foreign)
    return `line ${line(foreign.step.instruction.span.start)} runs ${foreign.command.name}, which ${name} does not have`
  return undefined
}

/** Another tag of the same image. */
const isSibling = ({ base }: Stage, old: ImageReference): boolean =>
  base.kind === 'image' &&
  base.reference.registry === old.registry &&
  base.reference.repository === old.repository &&
  !isSame(base.reference, old)

const lineOf = ({ tree }: Dockerfile, { from }: Stage): number =>
  positionAt(lineStarts(tree.text), from.instruction.span.start).line

const wantedFor = (
  chosen: Measured,
  old: ImageReference,
  { pin }: RecommendFixOptions,
  isOurs: (place: Parameters<Wanted>[1], text: string) => boolean,
): Wanted => {
  const text = plainName(chosen.name)
  const fresh = parseReference(text)
  if (!fresh || !isName(chosen))
    throw new UsageError(`${chosen.name} is no name that can stand behind FROM`, 'push it to a registry, and name it there')
  return (reference, place) => {
    const isOld = isSame(reference, old) && (old.tag !== undefined || old.digest === undefined || reference.digest === old.digest)
    if (!isOld || !isOurs(place, written(reference))) return undefined
    const isPinned = fresh.digest !== undefined || pin === true || (pin !== false && reference.digest !== undefined)
    const digest = isPinned ? (fresh.digest ?? chosen.pin) : undefined
    if (isPinned && digest === undefined)
      throw new UsageError(
        `${place.path} was not changed: ${pin ? '--pin asks for a digest' : `it pins ${written(reference)}`}, and the digest of ${text} is not known: only its registry tells it, and it was not read from there`,
        '--no-pin leaves the digest out',
      )
    return {
      name: nameOf(text, fresh),
      ...(fresh.tag === undefined ? {} : { tag: fresh.tag }),
      ...(digest === undefined ? {} : { digest }),
    }
  }
}

/** Levels above a Dockerfile in which its project's top is looked for. */
const mostLevels = 10
const composeName = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/

/** The folder of the Dockerfile; and Compose files above it, up to the top of the repository: they may build it with arguments. */
const projectOf = async (world: World, path: string): Promise<readonly string[]> => {
  const folder = dirname(path)
  // Whatever lies in the root of a file system is no project.
  if (dirname(resolve(folder)) === resolve(folder)) return []
  const above: string[] = []
  for (let level = 0, here = folder; level <= mostLevels; level++, here = join(here, '..')) {
    const entries = await world.files.list(here).catch(error => {
      if (error instanceof WorldError) return []
      throw error
    })
    if (level > 0) above.push(...entries.filter(({ name }) => composeName.test(name)).map(({ name }) => join(here, name)))
    if (entries.some(({ name }) => name === '.git')) return [folder, ...above]
    if (dirname(resolve(here)) === resolve(here)) break
  }
  return [folder]
}

/** For whoever reads the commit. */
const whyText = ({ image, base, own, version, at }: Recommendation, chosen: Measured): string | undefined => {
  const { measure, predicted, newCritical } = chosen
  if (!measure) return undefined
  const isWhole = image !== undefined && predicted !== undefined && own !== undefined
  const [before, after] = isWhole ? [image.measure, predicted] : [base.measure, measure]
  const what = isWhole ? 'in the whole image' : 'in the base image'
  const now = before ? `; now there are ${talliesText(before)}` : ''
  const brings = newCritical.length === 0 ? '' : ` New: ${newCritical.slice(0, 5).join(', ')} (critical).`
  return `What would remain ${what}: ${talliesText(after)}${now}.${brings} As of ${at.slice(0, 10)}, by bulkhead ${version}.`
}
