/**
 * The multi-stage split. What builds stays as the author wrote it, in a stage with a name; a final stage is put in behind the last step that builds: FROM something
 * small, the settings in force, packages that the program loads, COPY --from of what it needs. All that followed the last building step is then part of it, unchanged.
 */
import { type CommandAt, commandsOf, insertAt, lineEnd, replaceAt } from '../../judge/dockerfile-queries.ts'
import { createdUsers } from '../../judge/image-users.ts'
import { isStageName } from '../../judge/stage-names.ts'
import type { Edit } from '../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../read/dockerfile/graph.ts'
import { expandWord } from '../../read/dockerfile/read-dockerfile.ts'
import type { ImageReference } from '../../read/dockerfile/reference.ts'
import { nameOf } from '../../read/image/paths.ts'
import type { PackageRequest } from '../../read/shell/packages.ts'
import { hasOption } from '../../read/shell/queries.ts'
import type { Command } from '../../read/shell/script.ts'
import { distributionOf, type Family, nameOfImage, officialImage } from './image-choice.ts'
import { isOpenEnded, keyword, withoutStep } from './place.ts'
import { isEverywhere, type RunNeeds, runNeeds } from './run-needs.ts'
import { atRunTime, packageOfProgram, programsOfPackage } from './runtime-packages.ts'
import { absolutePath, type Effect, effectsOf, isWithin, wide } from './step-effects.ts'
import type { Applied, HardenSubject, LeftOut } from './transformation.ts'

export type ReadStep = { readonly step: Step; readonly effects: readonly Effect[] }

/** A final stage that stands on an image and builds in it. */
export type Scene = {
  readonly subject: HardenSubject
  readonly dockerfile: Dockerfile
  readonly stage: Stage
  readonly base: ImageReference
  readonly distribution: { readonly family: Family; readonly suite: string | undefined } | undefined
  /** At the end of the stage; `/` where none is set. */
  readonly workdir: string
  readonly needs: RunNeeds
  /** Up to the last step that builds, that one included. */
  readonly upper: readonly ReadStep[]
  /** Settings, and steps that only arrange what is there: they go on as they are, on the new base. */
  readonly lower: readonly ReadStep[]
}

export type Copied = { readonly from: string; readonly to: string }

export type SplitPlan = {
  /** `node:24-slim`, `scratch`. */
  readonly base: string
  /** undefined: nothing can be installed there, and nothing runs there but the program. */
  readonly family: 'debian' | 'alpine' | undefined
  readonly copies: readonly Copied[]
  /** Folders of which all is copied, or not needed: absolute. */
  readonly covered: readonly string[]
  /** Lines that end the building stage. */
  readonly finish?: readonly string[]
  /** Packages beside those that are found out: of libraries that the program loads. */
  readonly packages?: readonly string[]
  /** Lines of the final stage behind its packages. */
  readonly extra?: readonly string[]
  readonly isBuildVariable: (name: string) => boolean
  /** The program has certificates of its own, and asks nobody else. */
  readonly hasCertificates?: true
  /** Programs that the new base or what is copied brings. */
  readonly provides: (program: string) => boolean
  /** Packages of a language that are installed for all: true where the caller looked after them. */
  readonly takesGlobal?: (request: PackageRequest, command: Command) => boolean
  /** Other edits, outside of what is moved. */
  readonly edits?: readonly Edit[]
  readonly title?: string
  readonly risk?: string
  readonly check?: readonly string[]
}

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** Nobody has more; looking for one in another grows with their square. */
const mostCopies = 100
/** Steps of a stage: people write fifty. */
const mostSteps = 1000

/** Settings: they change no file. */
const settings = new Set([
  'ARG',
  'ENV',
  'LABEL',
  'EXPOSE',
  'VOLUME',
  'STOPSIGNAL',
  'HEALTHCHECK',
  'ENTRYPOINT',
  'CMD',
  'MAINTAINER',
  'SHELL',
  'USER',
  'WORKDIR',
])
/** Of them, what building does not need. */
const onlyRunning = new Set(['LABEL', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD', 'MAINTAINER'])
/** By these a RUN only arranges what is there. */
const arranging = new Set(['mkdir', 'chmod', 'chown', 'chgrp', 'touch', 'install', 'ln'])

/** Variables that official images set, of those that steps write to: https://hub.docker.com/_/php */
const ofImages: Readonly<Record<string, string>> = { PHP_INI_DIR: '/usr/local/etc/php', APACHE_CONFDIR: '/etc/apache2' }

/** A text with the values of the variables that are known at a step. */
export const valueIn = (step: Step, text: string): string =>
  text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? ''
    const value = step.before.variables.get(name)?.value
    return value ?? (Object.hasOwn(ofImages, name) ? ofImages[name]! : whole)
  })

/** The working directory that an image sets: https://github.com/docker-library */
const startFolder = (reference: ImageReference): string =>
  ({ golang: '/go', php: '/var/www/html' })[officialImage(reference) ?? ''] ?? '/'

/** The final stage, taken apart; undefined where there is nothing to split, or it cannot be told what it stands on. */
export const sceneOf = (subject: HardenSubject): Scene | undefined => {
  const { dockerfile } = subject
  const stage = dockerfile.final
  if (
    stage?.base.kind !== 'image' ||
    stage.steps.length > mostSteps ||
    isOpenEnded(dockerfile) ||
    dockerfile.tree.errors.length > 0
  )
    return undefined
  const base = stage.base.reference
  const steps = stage.steps.filter(({ onbuild }) => !onbuild)
  const read = steps.map(step => ({
    step,
    effects: step.instruction.name === 'RUN' ? effectsOf(step, text => valueIn(step, text), startFolder(base)) : [],
  }))
  const last = read.findLastIndex(({ step, effects }) => step.instruction.name === 'RUN' && effects.some(isBuilding))
  if (last < 0) return undefined
  const { value } = stage.end.workdir
  const known = value?.known && value.absolute ? absolutePath(value.path, '/') : undefined
  const workdir = value === undefined ? startFolder(base) : (known ?? '/')
  const end = endOfBuild(read, last, workdir)
  return {
    subject,
    dockerfile,
    stage,
    base,
    distribution: distributionOf(base),
    workdir,
    needs: runNeeds(subject, stage),
    upper: read.slice(0, end + 1),
    lower: read.slice(end + 1),
  }
}

/** What chmod and chown do to the program is done before it is copied: in the final stage it would double its layer. */
const endOfBuild = (read: readonly ReadStep[], last: number, workdir: string): number => {
  let end = last
  for (const [i, { step, effects }] of read.entries()) {
    if (i <= last) continue
    const { name } = step.instruction
    if (name === 'COPY' || name === 'ADD') break
    if (name !== 'RUN') continue
    const isInside = effects.every(
      effect => effect.kind === 'nothing' || (effect.kind === 'path' && isWithin(effect.path, workdir)),
    )
    if (!isInside || wide.has(workdir)) break
    end = i
  }
  return end
}

const isBuilding = (effect: Effect): boolean =>
  effect.kind === 'inside' ||
  effect.kind === 'packages' ||
  effect.kind === 'global' ||
  effect.kind === 'unknown' ||
  (effect.kind === 'path' && !arranging.has(effect.by))

/** The commands of the upper steps, with their step. */
export const commandsAbove = (scene: Scene): readonly CommandAt[] =>
  scene.upper.flatMap(({ step }) =>
    step.instruction.name === 'RUN'
      ? step.scripts.flatMap(script => script.commands.map(command => ({ step, script, command })))
      : [],
  )

/** Where a COPY or ADD puts its files: absolute paths, or a reason why that is not known. */
export const targetsOf = ({ subject, dockerfile, base }: Scene, step: Step): readonly string[] | string => {
  const { words, heredocs, flags } = step.instruction
  const values = words.map(word => expandWord(word, step.before.variables, dockerfile.tree.escape))
  const last = values.at(-1)
  const { value: folder } = step.before.workdir
  const target = last?.known
    ? absolutePath(last.value, folder?.known ? folder.path : folder ? undefined : startFolder(base))
    : undefined
  if (!last || target === undefined) return `where \`${step.instruction.argument.text.slice(0, 60)}\` goes is not known`
  const sources = values.slice(0, -1)
  const isFolder = last.value.endsWith('/') || last.value === '.' || sources.length > 1 || wide.has(target)
  if (!wide.has(target)) return [target]
  const inTarget = (name: string): string => (target === '/' ? `/${name}` : `${target}/${name}`)
  const found: string[] = []
  for (const { value, known } of sources) {
    if (value.startsWith('<<')) {
      if (isFolder && heredocs[0]) found.push(inTarget(heredocs[0].name))
      continue
    }
    const isOther = flags.some(({ name }) => name === 'from') || /^[a-z]+:\/\//i.test(value)
    const source = known ? absolutePath(value, '/')?.slice(1) : undefined
    if (source === undefined) return `what \`${value}\` puts into ${target} is not known`
    if (isOther || subject.project.files.has(source)) found.push(inTarget(nameOf(source)))
    else {
      const prefix = source === '' ? '' : `${source}/`
      const names = new Set(
        [...subject.project.files].filter(file => file.startsWith(prefix)).map(file => file.slice(prefix.length).split('/')[0]!),
      )
      if (names.size === 0 || names.size > 8) return `what \`${value}\` puts into ${target} is not known`
      for (const name of names) found.push(inTarget(name))
    }
  }
  return found
}

/** Left behind with what built: caches, keys, lists of packages. */
const leftBehind =
  /^\/(?:tmp|var\/tmp|var\/cache|var\/lib\/apt|etc\/apt|usr\/share\/keyrings|etc\/apk|root\/\.(?:npm|npmrc|ssh|cache|gitconfig|netrc|cargo|m2|gradle|nuget|docker|config|yarnrc(?:\.yml)?|pip)|root\/\.bash\w*|proc|sys|dev|etc\/sudoers(?:\.d)?)(?:\/|$)/

export type Packages = { readonly names: readonly string[]; readonly reason: string | undefined }

/** The distribution’s packages that the program needs where it runs, as they are written. */
export const packagesAtRun = (scene: Scene, plan: Pick<SplitPlan, 'family' | 'provides'>): Packages => {
  const { distribution, needs, upper } = scene
  const names = new Map<string, string>()
  const on = distribution?.family === 'alpine' ? 'alpine' : 'debian'
  const isForeign = upper.some(({ step }) =>
    step.scripts.some(({ text }) => /sources\.list|add-apt-repository|apt-key|nodesource|\/etc\/apk\/repositories/.test(text)),
  )
  for (const { effects } of upper) {
    for (const effect of effects) {
      if (effect.kind !== 'packages') continue
      const { request, command } = effect
      const isTemporary = request.manager === 'apk' && hasOption(command, '-t', '--virtual')
      for (const { name, kind, word, version } of request.packages) {
        if (request.action === 'remove' || kind === 'removal') {
          names.delete(name)
          continue
        }
        if (isTemporary) continue
        if (kind !== 'name') return { names: [], reason: `which packages \`${word.raw}\` stands for is not known` }
        const isStarted = programsOfPackage(name).some(program => needs.programs.has(program))
        const needed = isStarted ? [name] : atRunTime(name, on, distribution?.suite)
        if (needed === undefined) return { names: [], reason: `which library of \`${name}\` the program loads is not known` }
        if (isForeign && needed.length > 0 && needed[0] === name)
          return { names: [], reason: `\`${name}\` may come from a package repository that the step adds` }
        for (const one of needed) names.set(one, one === name && version !== undefined ? word.raw : one)
        if (command.context.some(kind => kind !== 'group') && needed.length > 0)
          return { names: [], reason: `\`${name}\` is installed on a condition` }
      }
    }
  }
  for (const program of needs.programs) {
    if (
      isEverywhere(program) ||
      plan.provides(program) ||
      [...names.keys()].some(name => programsOfPackage(name).includes(program))
    )
      continue
    if (needs.scripts.some(({ path }) => nameOf(path) === program)) continue
    const name = on === 'debian' ? packageOfProgram(program) : undefined
    if (name === undefined)
      return { names: [], reason: `\`${program}\` is started where the program runs, and where it comes from is not known` }
    names.set(name, name)
  }
  return { names: [...names.values()], reason: undefined }
}

const installLines = (scene: Scene, family: 'debian' | 'alpine', names: readonly string[]): readonly string[] => {
  const run = keyword(scene.dockerfile, 'RUN')
  const { escape } = scene.dockerfile.tree
  if (family === 'alpine') return [`${run} apk add --no-cache ${names.join(' ')}`]
  return [
    `${run} apt-get update ${escape}`,
    `    && apt-get install -y --no-install-recommends ${names.join(' ')} ${escape}`,
    '    && rm -rf /var/lib/apt/lists/*',
  ]
}

/** Edits that split the scene as planned, or why it is left out. */
export const splitStage = (scene: Scene, plan: SplitPlan): Applied | LeftOut => {
  const { dockerfile, stage, upper, lower, needs } = scene
  const { text } = dockerfile.tree
  const newline = lineEnd(dockerfile)
  if (stage.steps.some(({ onbuild, instruction }) => onbuild || instruction.name === 'ONBUILD'))
    return leftOut('the stage has ONBUILD, which works where it stands')
  if (needs.unread.length > 0)
    return leftOut(
      `\`${needs.unread[0]}\` starts first, and what it needs could not be read`,
      `Look at what ${needs.unread[0]} starts`,
    )
  const isBare = plan.family === undefined
  const shelled = lower.find(({ step }) => step.instruction.name === 'RUN')
  if (isBare && (needs.usesShell || shelled)) return leftOut('it needs a shell where it runs')

  // What was written elsewhere comes along, or stops it all.
  const copies: Copied[] = [...plan.copies]
  const isCovered = (path: string): boolean =>
    leftBehind.test(path) ||
    plan.covered.some(folder => isWithin(path, folder)) ||
    copies.some(({ from }) => isWithin(path, from))
  const globals: Step[] = []
  for (const { step, effects } of upper) {
    const { name } = step.instruction
    if (name === 'COPY' || name === 'ADD') {
      const targets = targetsOf(scene, step)
      if (typeof targets === 'string') return leftOut(targets)
      if (copies.length > mostCopies) return leftOut(`files lie in more than ${mostCopies} places`)
      for (const path of targets) {
        if (isCovered(path)) continue
        copies.push({ from: path, to: path })
      }
      continue
    }
    for (const effect of effects) {
      if (effect.kind === 'unknown')
        return leftOut(
          `what \`${effect.name.slice(0, 60)}\` leaves in the image is not known`,
          'Split by hand: name the stage, and copy from it what the program needs',
        )
      if (effect.kind === 'inside' && !isCovered(effect.folder))
        return leftOut(`a step works in ${effect.folder}, and what of it the program needs is not known`)
      if (effect.kind === 'global' && !plan.takesGlobal?.(effect.request, effect.command)) {
        if (step.scripts.some(({ commands }) => commands.length > 1))
          return leftOut(`what \`${effect.request.program}\` installs for all stands in a step with other commands`)
        globals.push(step)
      }
      if (effect.kind !== 'path' || isCovered(effect.path)) continue
      if (effect.isLink) return leftOut(`${effect.path} is a link, which COPY would follow`)
      if (wide.has(effect.path)) {
        if (effect.by === 'chmod' || effect.by === 'chown' || effect.by === 'mkdir') continue
        return leftOut(`what \`${effect.by}\` puts into ${effect.path} is not known`)
      }
      copies.push({ from: effect.path, to: effect.path })
    }
  }
  if (copies.length > mostCopies) return leftOut(`files lie in more than ${mostCopies} places`)
  const packages = packagesAtRun(scene, plan)
  if (packages.reason !== undefined && !isBare) return leftOut(packages.reason)
  const all = [...new Set([...packages.names, ...(plan.packages ?? [])])]
  const names = plan.hasCertificates && all.every(name => name === 'ca-certificates') ? [] : all

  const users = usersAbove(scene)
  if (typeof users === 'string') return leftOut(users)
  if (isBare && users.length > 0) return leftOut('a user is created, for which the small base has no program')

  const buildName = ['build', 'builder', 'compile', 'build-stage'].find(name => !isStageName(dockerfile, name))
  if (buildName === undefined || !stage.baseWord) return leftOut('no name for the building stage is free')

  const edits: Edit[] = [...(plan.edits ?? [])]
  if (stage.nameWord) edits.push(replaceAt(dockerfile, stage.nameWord.span, buildName))
  else edits.push(insertAt(dockerfile, stage.baseWord.span.end, ` ${keyword(dockerfile, 'AS')} ${buildName}`))

  const lines: string[] = []
  const add = (...more: readonly string[]): void => {
    lines.push(...more)
  }
  add(fromLine(scene, plan.base))
  const kept = settingsAbove(scene, plan)
  for (const { step, isMoved } of kept.filter(({ step }) => step.instruction.name === 'ARG' || step.instruction.name === 'SHELL'))
    add(...textOf(dockerfile, step, isMoved))
  if (names.length > 0 && plan.family) add(...installLines(scene, plan.family, names))
  for (const step of users) add(...textOf(dockerfile, step, false))
  for (const step of globals) add(...textOf(dockerfile, step, false))
  if (plan.extra) add(...plan.extra)
  for (const { step, isMoved } of kept) {
    if (step.instruction.name !== 'ARG' && step.instruction.name !== 'SHELL' && step.instruction.name !== 'USER')
      add(...textOf(dockerfile, step, isMoved))
    if (isMoved) edits.push(withoutStep(dockerfile, step))
  }
  const copy = keyword(dockerfile, 'COPY')
  for (const { from, to } of outermost(copies)) {
    const owner = ownerOf(scene, from)
    const quoted = /\s/.test(from + to)
    const words = quoted ? `["${from}", "${to}"]` : `${from} ${to}`
    add(`${copy} --from=${buildName}${owner === undefined ? '' : ` --chown=${owner}`} ${words}`)
  }
  const user = kept.find(({ step }) => step.instruction.name === 'USER')
  if (user) add(...textOf(dockerfile, user.step, false))

  const { end } = upper.at(-1)!.step.instruction.span
  const isLined = text[end - 1] === '\n'
  const finish = (plan.finish ?? []).map(line => `${line}${newline}`).join('')
  edits.push(insertAt(dockerfile, end, `${isLined ? '' : newline}${finish}${newline}${lines.join(newline)}${newline}`))
  return {
    edits,
    ...(plan.title === undefined ? {} : { title: plan.title }),
    ...(plan.risk === undefined ? {} : { risk: plan.risk }),
    check: plan.check ?? [],
  }
}

const outermost = (copies: readonly Copied[]): readonly Copied[] => {
  const seen = new Set<string>()
  return copies.filter(({ from, to }, i) => {
    const key = `${from} ${to}`
    if (seen.has(key)) return false
    seen.add(key)
    return !copies.some((other, j) => i !== j && other.from !== from && other.from === other.to && isWithin(from, other.from))
  })
}

const fromLine = (scene: Scene, base: string): string => {
  const { dockerfile, stage } = scene
  const word = stage.baseWord!.raw
  const before = nameOfImage(scene.base)
  // `node:${VERSION}` stays a variable.
  const suffix = scene.base.digest === undefined && base.startsWith(`${before}-`) ? base.slice(before.length) : undefined
  // The same image keeps its digest, too.
  const image = base === before ? word : suffix !== undefined && !/["'\\`]/.test(word) ? `${word}${suffix}` : base
  const platform = stage.platform && !/BUILDPLATFORM/.test(stage.platform.raw) ? `--platform=${stage.platform.raw} ` : ''
  const name = stage.nameWord ? ` ${stage.asWord?.raw ?? 'AS'} ${stage.nameWord.raw}` : ''
  return `${keyword(dockerfile, 'FROM')} ${platform}${image}${name}`
}

/** What an official image has anyway. */
const isRootUser = ({ instruction }: Step): boolean => /^(?:root|0)(?::(?:root|0))?$/.test(instruction.argument.text.trim())

type Kept = { readonly step: Step; readonly isMoved: boolean }

/** What of the settings above the split the final stage says too. */
const settingsAbove = ({ dockerfile, upper, lower }: Scene, plan: SplitPlan): readonly Kept[] => {
  const found: Kept[] = []
  const lastOf = (name: string): Step | undefined => upper.findLast(({ step }) => step.instruction.name === name)?.step
  const [workdir, user, shell] = [lastOf('WORKDIR'), lastOf('USER'), lastOf('SHELL')]
  for (const { step } of upper) {
    const { name, pairs } = step.instruction
    if (!settings.has(name)) continue
    if (onlyRunning.has(name)) found.push({ step, isMoved: true })
    else if (name === 'ENV') {
      if (!pairs.every(({ key, value }) => isBuildOnly(key, value?.raw) || plan.isBuildVariable(key)))
        found.push({ step, isMoved: false })
    } else if (name === 'ARG' || step === workdir || (step === user && !isRootUser(step)) || step === shell)
      found.push({ step, isMoved: false })
  }
  const texts = [
    ...found.filter(({ step }) => step.instruction.name !== 'ARG').map(({ step }) => step),
    ...lower.map(({ step }) => step),
  ].map(step => dockerfile.tree.text.slice(step.instruction.span.start, step.instruction.span.end))
  const used = new Set(texts.flatMap(text => [...text.matchAll(/\$\{?(\w+)/g)].map(match => match[1]!)))
  const runs = lower.some(
    ({ step }) =>
      step.instruction.name === 'RUN' ||
      ((step.instruction.name === 'CMD' || step.instruction.name === 'ENTRYPOINT') && !step.instruction.json),
  )
  return found.filter(({ step }) => {
    const { name, pairs } = step.instruction
    if (name === 'SHELL') return runs || plan.family !== undefined
    return name !== 'ARG' || pairs.some(({ key }) => used.has(key))
  })
}

/** Variables of tools that only build. */
const isBuildOnly = (name: string, value = ''): boolean =>
  // What is built for production does not run for developing.
  (name === 'NODE_ENV' && /^["']?(?:development|test)\b/.test(value)) ||
  /^(?:DEBIAN_FRONTEND|DEBCONF_\w+|APT_\w+|MAKEFLAGS|CFLAGS|CXXFLAGS|LDFLAGS|CC|CXX|npm_config_\w+|NPM_CONFIG_\w+|PIP_\w+|CI)$/.test(
    name,
  )

/** The lines of a step; moved ones with the comments above them. A relative WORKDIR is written out. */
const textOf = (dockerfile: Dockerfile, step: Step, withComments: boolean): readonly string[] => {
  const { instruction } = step
  if (instruction.name === 'WORKDIR') {
    const { value } = step.after.workdir
    if (value?.known && !/^["']?[/$]/.test(instruction.argument.text)) return [`${keyword(dockerfile, 'WORKDIR')} ${value.path}`]
  }
  const start = withComments ? (instruction.comments[0] ?? instruction).span.start : instruction.span.start
  return [dockerfile.tree.text.slice(start, instruction.span.end).replace(/\r?\n$/, '')]
}

/** The steps that create the users who are named below the split, or in force at it; a reason where such a step does more. */
const usersAbove = (scene: Scene): readonly Step[] | string => {
  const { upper, lower, stage } = scene
  const created = createdUsers(stage)
  const steps = upper.filter(({ effects }) => effects.some(({ kind }) => kind === 'users'))
  if (steps.length === 0) return []
  const named = [
    stage.end.user.value?.value ?? '',
    ...[...upper, ...lower].flatMap(({ step }) =>
      step.instruction.flags.filter(({ name }) => name === 'chown').map(({ value }) => value ?? ''),
    ),
  ]
  // Whose the program is, is said again where it is copied.
  for (const { step } of upper) for (const { command } of commandsOf(step, 'chown')) named.push(command.operands[0]?.text ?? '')
  const inScripts = lower.some(({ effects }) => effects.some(effect => effect.kind === 'path' && effect.by === 'chown'))
  if (!inScripts && !named.some(value => created.some(user => value.split(':')[0] === user))) return []
  const mixed = steps.find(({ effects }) => effects.some(effect => isBuilding(effect)))
  if (mixed) return 'a step that creates a user also does something else'
  return steps.map(({ step }) => step)
}

/** Whom the author gave what is copied: by the last `--chown` of a COPY into it, or by chown. */
const ownerOf = ({ upper, dockerfile }: Scene, path: string): string | undefined => {
  let owner: string | undefined
  for (const { step } of upper) {
    const { name, flags, words } = step.instruction
    if (name === 'COPY' || name === 'ADD') {
      const flag = flags.find(one => one.name === 'chown')
      const target = expandWord(
        words.at(-1) ?? { raw: '', span: step.instruction.span },
        step.before.variables,
        dockerfile.tree.escape,
      )
      const folder = step.before.workdir.value?.known ? step.before.workdir.value.path : '/'
      const full = absolutePath(target.value, folder)
      if (flag?.value !== undefined && full !== undefined && isWithin(full, path)) owner = flag.value
      continue
    }
    for (const script of step.scripts) {
      for (const command of script.commands) {
        if (command.name !== 'chown' || !hasOption(command, '-R', '--recursive')) continue
        const [who, ...what] = command.operands
        const folder = step.before.workdir.value?.known ? step.before.workdir.value.path : '/'
        if (who?.literal && what.some(word => absolutePath(valueIn(step, word.text), folder) === path)) owner = who.text
      }
    }
  }
  return owner
}
