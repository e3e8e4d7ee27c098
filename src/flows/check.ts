/** check: paths → Dockerfiles → findings, and with `fix` → repaired files. */
import { basename, relative, resolve, sep } from 'node:path'
import type { ContainerRule } from '../judge/container-rule.ts'
import type { DockerfileRule } from '../judge/dockerfile-rule.ts'
import type { RunningContainerRule } from '../judge/judge-container.ts'
import type { ManifestRule } from '../judge/manifest-rule.ts'
import { byPosition, type RunningRule } from '../judge/run.ts'
import { hasSecret, hideSecrets } from '../judge/secrets/redact-file.ts'
import { noted, suppress } from '../judge/suppress.ts'
import type { Breakout, ContainerBreakouts } from '../model/breakout.ts'
import { type Finding, type Problem, reaches, type Safety, type Severity, UsageError } from '../model/finding.ts'
import type { CheckReport, RuleInfo, SourceFile } from '../model/report.ts'
import { type Encoding, encode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { discover, isDockerfileName, isManifestName, isScriptName } from './discover.ts'
import { ContextReader, dockerfileUnit, sizeLimit } from './dockerfile-unit.ts'
import { missingFrom } from './known-folders.ts'
import { ruleNames } from './known-rules.ts'
import type { ManifestFiles } from './manifest-files.ts'
import { repair, type Unit } from './repair.ts'
import { chooseRules, type RuleOptions, type Rules, suppressionsFor } from './running-rules.ts'
import { findSettings, type Settings } from './settings.ts'
import { foldTemplates } from './templates.ts'

export type CheckOptions = RuleOptions & {
  readonly paths: readonly string[]
  /** Judge this instead of paths. */
  readonly input?: { readonly name: string; readonly bytes: Uint8Array }
  /** Which fixes to apply; undefined: none. `write: false` only shows what would change. */
  readonly fix?: { readonly allowed: ReadonlySet<Safety>; readonly write: boolean }
  /** A configuration file; `none`: not even those that stand beside the files. */
  readonly config?: { readonly file: string } | 'none'
  readonly shellcheck?: 'auto' | 'on' | 'off'
  /** The build context, when it is not the Dockerfile's own folder. */
  readonly context?: string
}

export type Change = { readonly path: string; readonly before: string; readonly after: string; readonly created: boolean }

export type CheckOutcome = {
  readonly report: CheckReport
  /** What the fixes changed, or would change. */
  readonly changes: readonly Change[]
  readonly settings: Settings
}

/** Throws UsageError for wrong arguments and broken configuration; everything else that goes wrong is a Problem in the report. */
export const check = async (world: World, rules: Rules, version: string, options: CheckOptions): Promise<CheckOutcome> => {
  const names = ruleNames(rules)
  const settings = await findSettings(world, names, options)
  const running = chooseRules<DockerfileRule<unknown>>('dockerfile', rules, names, settings, options) satisfies (
    path: string,
  ) => ReadonlyMap<string, RunningRule>
  const onContainers = chooseRules<ContainerRule<unknown>>('container', rules, names, settings, options) satisfies (
    path: string,
  ) => ReadonlyMap<string, RunningContainerRule>
  const onManifests = chooseRules<ManifestRule<unknown>>('manifests', rules, names, settings, options)
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  const files = new Map<string, SourceFile>()
  const findings: Finding[] = []
  const breakouts: ContainerBreakouts[] = []
  const problems: Problem[] = [...settings.problems]
  const applied: CheckReport['applied'][number][] = []
  const changes: Change[] = []
  const contexts = new ContextReader(world, options.context)
  const forShellcheck: Dockerfile[] = []
  const program = await findShellcheck(world, options)

  /** Judges one, applies its fixes, and takes what is left into the report. */
  const checkUnit = async (unit: Unit): Promise<void> => {
    const first = await unit.judge(new Map())
    let result = first
    if (options.fix) {
      const repaired = await repair(unit, first, options.fix.allowed)
      problems.push(...repaired.problems)
      const done = new Map<string, string>()
      for (const [file, after] of repaired.texts) {
        const old = unit.textOf(file)
        const encoding = old?.encoding ?? 'utf-8'
        const written = writable(after, encoding)
        if (!written) {
          problems.push(
            failed(
              'fix-not-encodable',
              `a fix of ${file} cannot be written in the encoding of the file; nothing was changed`,
              file,
            ),
          )
          continue
        }
        if (options.fix.write) {
          try {
            await world.files.write(file, written)
          } catch (error) {
            if (!(error instanceof WorldError)) throw error
            problems.push(failed('file-unwritable', error.message, file))
            // What belongs together is not half done: the unit's own file comes first.
            break
          }
        }
        unit.written?.(file, { text: after, encoding })
        changes.push({ path: file, before: old?.text ?? '', after, created: old === undefined })
        done.set(file, after)
      }
      // What could not be written is not fixed, and its findings stand.
      applied.push(
        ...repaired.applied
          .filter(finding => finding.fix?.edits.every(edit => done.has(edit.path)))
          .map(finding => ({ path: unit.path, rule: finding.rule, title: finding.fix?.title ?? '' })),
      )
      // What is shown after --fix is what is left; with --diff the file is as it was, and so are its findings.
      if (options.fix.write && repaired.texts.size > 0)
        result = done.size === repaired.texts.size ? repaired.result : await unit.judge(done)
    }
    const secrets = new Set([...first.files, ...result.files].flatMap(file => file.secrets))
    const all = [...secrets].sort((a, b) => b.length - a.length)
    for (const file of result.files) if (!files.has(file.path)) files.set(file.path, { ...file, secrets: all })
    findings.push(...withoutSecrets(result.findings, all))
    breakouts.push(...waysWithoutSecrets(result.breakouts ?? [], all))
    problems.push(...result.problems.map(problem => ({ ...problem, message: hideSecrets(problem.message, all) })))
  }

  const checkDockerfile = async (path: string, bytes: Uint8Array): Promise<void> => {
    if (bytes.includes(0)) {
      problems.push(failed('file-binary', `${path} is a binary file, not a Dockerfile`, path))
      return
    }
    const unit = dockerfileUnit(path, bytes, {
      rules: running(path),
      suppressions: suppressionsFor(path, settings, names, options, today),
      facts: { today, allowedRegistries: settings.allowedRegistries },
      contexts: options.input && !options.context ? undefined : contexts,
    })
    await checkUnit(unit)
    if (program !== undefined) forShellcheck.push(unit.dockerfile())
  }

  // What reads Compose, Kubernetes and shells is loaded when something may be such a file.
  let manifests: ManifestFiles | undefined
  const judgedPaths = new Set<string>()
  let isMissing: ((path: string) => boolean) | undefined
  const isManifest = async (path: string, bytes: Uint8Array, isYaml: boolean): Promise<boolean> => {
    manifests ??= new (await import('./manifest-files.ts')).ManifestFiles(world, {
      rulesFor: onContainers,
      fileRulesFor: onManifests,
      suppressionsFor: file => suppressionsFor(file, settings, names, options, today),
      isJudged: file => judgedPaths.has(resolve(file)),
      isMissing: file => isMissing?.(file) ?? false,
      facts: { today, allowedRegistries: settings.allowedRegistries, imageOf: () => undefined },
    })
    return manifests.take(path, bytes, isYaml)
  }
  if (options.input) {
    const { name, bytes } = options.input
    // The name is often the one that standard input has by default, and says nothing.
    if (!(await isManifest(name, bytes, isManifestName(basename(name))))) await checkDockerfile(name, bytes)
  } else {
    const discovery = await discover(world, options.paths, {
      excluded: path => settings.isExcluded(path),
      gitignore: options.inlineIgnores !== false,
    })
    problems.push(...discovery.problems)
    contexts.know(discovery.listings)
    // Fixes may add files.
    if (options.fix?.write !== true) isMissing = missingFrom(discovery.listings)
    for (const path of discovery.paths) judgedPaths.add(resolve(path))
    let judged = 0
    for await (const { path, bytes, error } of readAll(world, discovery.paths)) {
      const isYaml = isManifestName(basename(path))
      const isScript = isScriptName(basename(path)) || discovery.scripts.has(path)
      const isNamed = discovery.named.has(path)
      if (!bytes) {
        // Found by its name alone, and too large to be looked at: nothing says that it is ours.
        if ((isYaml || isScript) && !isNamed && error.code === 'too-large') {
          if (/\.ya?ml$/i.test(path))
            problems.push({ ...failed('file-too-large', `${error.message}: it was not looked at`, path), kind: 'uncovered' })
          continue
        }
        problems.push(failed(error.code === 'too-large' ? 'file-too-large' : 'file-unreadable', error.message, path))
        judged++
      } else if (!isDockerfileName(basename(path)) && (await isManifest(path, bytes, isYaml))) judged++
      else if (!isYaml && !isScript && (isDockerfileName(basename(path)) || !isNamed || mayBeDockerfile(path, bytes))) {
        await checkDockerfile(path, bytes)
        judged++
      } else if (isNamed) {
        problems.push(
          failed(
            'file-unknown',
            `${path} is no Dockerfile, and holds no Compose services, no Kubernetes objects, and no command that starts a container`,
            path,
          ),
        )
        judged++
      }
    }
    if (judged === 0 && problems.every(({ kind }) => kind !== 'failed'))
      throw new UsageError(
        `no Dockerfile, Compose or Kubernetes file in ${options.paths.map(path => (path === '.' ? 'this folder' : path)).join(', ')}`,
        'Name the file itself if it is called otherwise; what .gitignore or the configuration excludes is skipped',
      )
  }
  const own = findings.length
  for (const unit of manifests?.units() ?? []) await checkUnit(unit)
  for (const finding of toldOnce(findings.splice(own))) findings.push(finding)
  const infos = new Map<string, RuleInfo>()
  for (const [id, { rule, severity }] of [...running(''), ...onContainers(''), ...onManifests('')])
    infos.set(id, { ...rule, id, severity: severity ?? rule.severity })
  for (const { rule } of findings) {
    const own = rules[rule]
    if (own && !infos.has(rule)) infos.set(rule, { ...own, id: rule })
  }
  if (program !== undefined) {
    const { shellcheck } = await import('./shellcheck.ts')
    const result = await shellcheck(world, program, forShellcheck)
    problems.push(...result.problems)
    for (const rule of result.rules) infos.set(rule.id, rule)
    for (const dockerfile of forShellcheck) {
      const own = (result.findings.get(dockerfile.path) ?? []).filter(finding => isWanted(finding.rule, names, settings, options))
      const shown = suppress(dockerfile, own, suppressionsFor(dockerfile.path, settings, names, options, today)).findings
      findings.push(...withoutSecrets(shown, files.get(dockerfile.path)?.secrets ?? []))
    }
  }
  // Only who has judged all that the configuration speaks of knows that a waiver meets nothing.
  const { file: configured } = settings
  const isWhole = configured !== undefined && options.paths.some(path => !patternPath(configured, resolve(path)).startsWith('..'))
  if (isWhole && !options.input) problems.push(...settings.unusedWaivers(infos))
  findings.sort(byPosition)
  return {
    report: {
      version,
      files,
      findings,
      problems: await foldTemplates(world, distinct(problems)),
      rules: infos,
      breakouts,
      applied,
    },
    changes,
    settings,
  }
}

/** What findings say would give a secret away that they quote: it is taken out of texts; edits that carry one are left to --fix. */
export const withoutSecrets = (findings: readonly Finding[], secrets: readonly string[]): readonly Finding[] => {
  if (secrets.length === 0) return findings
  return findings.map(finding => ({
    ...finding,
    message: hideSecrets(finding.message, secrets),
    ...(finding.note === undefined ? {} : { note: hideSecrets(finding.note, secrets) }),
    ...(finding.fix
      ? {
          fix: {
            ...finding.fix,
            title: hideSecrets(finding.fix.title, secrets),
            edits: finding.fix.edits.some(edit => hasSecret(edit.text, secrets)) ? [] : finding.fix.edits,
          },
        }
      : {}),
  }))
}

/** The same for ways out: what they quote of a file is hidden. */
export const waysWithoutSecrets = (
  breakouts: readonly ContainerBreakouts[],
  secrets: readonly string[],
): readonly ContainerBreakouts[] => {
  if (secrets.length === 0) return breakouts
  const hide = (text: string): string => hideSecrets(text, secrets)
  const hidden = (way: Breakout): Breakout => ({
    ...way,
    title: hide(way.title),
    container: hide(way.container),
    chain: way.chain.map(part => ({ ...part, text: hide(part.text) })),
    depends: way.depends.map(hide),
    gets: hide(way.gets),
    close: { ...way.close, title: hide(way.close.title) },
  })
  return breakouts.map(({ container, at, ways, remaining }) => ({
    container: hide(container),
    at,
    ways: ways.map(hidden),
    remaining: remaining.map(hidden),
  }))
}

/** A file that was named, and whose name says nothing: one with an ending of another kind has to have a FROM. */
const mayBeDockerfile = (path: string, bytes: Uint8Array): boolean =>
  !/\.\w+$/.test(basename(path)) || bytes.includes(0) || /^[ \t]*FROM[ \t]/im.test(new TextDecoder().decode(bytes))

/** A file that several Compose projects extend or include is judged with each of them, and told of once. */
const toldOnce = (findings: readonly Finding[]): readonly Finding[] => {
  const known = new Map<string, { readonly finding: Finding; others: number }>()
  for (const finding of findings) {
    const [at] = finding.at
    const place = at.in === 'file' ? `${at.path}\0${at.span.start}-${at.span.end}` : ''
    const key = `${finding.rule}\0${place}\0${finding.message}`
    const first = known.get(key)
    if (first) first.others++
    else known.set(key, { finding, others: 0 })
  }
  return [...known.values()].map(({ finding, others }) =>
    others === 0
      ? finding
      : noted(finding, `${others} more ${others === 1 ? 'project uses' : 'projects use'} this part of the file`),
  )
}

/** The same of problems: a file that many projects use has each of its own once. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => {
  const known = new Set<string>()
  return problems.filter(({ kind, code, message, at }) => {
    const key = JSON.stringify([kind, code, message, at])
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}

const failed = (code: string, message: string, path: string): Problem => ({
  kind: 'failed',
  code,
  message,
  at: { in: 'file', path, span: { start: 0, end: 0 } },
})

const writable = (text: string, encoding: Encoding): Uint8Array | undefined => {
  try {
    return encode({ text, encoding })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Reads ahead a few files, in order. */
async function* readAll(
  world: World,
  paths: readonly string[],
): AsyncGenerator<
  | { readonly path: string; readonly bytes: Uint8Array; readonly error?: undefined }
  | { readonly path: string; readonly bytes?: undefined; readonly error: WorldError }
> {
  const read = async (path: string) => {
    try {
      return { path, bytes: await world.files.read(path, sizeLimit) }
    } catch (error) {
      if (error instanceof WorldError) return { path, error }
      throw error
    }
  }
  const ahead = 24
  for (let at = 0; at < paths.length; at += ahead) yield* await Promise.all(paths.slice(at, at + ahead).map(read))
}

const isWanted = (id: string, names: ReturnType<typeof ruleNames>, settings: Settings, options: CheckOptions): boolean =>
  settings.severityOf(id, '') !== 'off' &&
  (options.only === undefined || options.only.some(name => names.resolve(name).includes(id)))

const findShellcheck = async (world: World, options: CheckOptions): Promise<string | undefined> => {
  if (options.shellcheck === 'off') return undefined
  const program = await world.processes.find('shellcheck')
  if (program === undefined && options.shellcheck === 'on')
    throw new UsageError('shellcheck is not on PATH', 'Install it, or leave --shellcheck away')
  return program
}

/** 1: findings at or above the threshold; 2: something could not be checked; 0 otherwise. If both, 1. */
export const exitCode = (report: CheckReport, failOn: Severity | 'none', strict: boolean): 0 | 1 | 2 => {
  if (failOn !== 'none' && report.findings.some(finding => !finding.suppressed && reaches(finding.severity, failOn))) return 1
  return report.problems.some(({ kind }) => kind === 'failed' || strict) ? 2 : 0
}

/** The path as patterns see it: relative to a folder, with `/`. */
export const patternPath = (path: string, folder: string): string => relative(folder, resolve(path)).split(sep).join('/')
