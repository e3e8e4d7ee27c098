/** check: paths → Dockerfiles → findings, and with `fix` → repaired files. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { applyEdits, planFixes } from '../change/fix.ts'
import type { BuildContext, DockerfileFacts, DockerfileRule } from '../judge/dockerfile-rule.ts'
import { byPosition, judgeDockerfile, type RunningRule } from '../judge/run.ts'
import { hasSecret, hideSecrets, secretsOf } from '../judge/secrets/redact-file.ts'
import { type ConfiguredIgnore, type Suppressions, suppress } from '../judge/suppress.ts'
import { type Finding, type Problem, reaches, type Safety, type Severity, UsageError } from '../model/finding.ts'
import type { CheckReport, RuleInfo, SourceFile } from '../model/report.ts'
import { decode, type Encoding, encode, type Text } from '../model/text.ts'
import { type Entry, type World, WorldError } from '../model/world.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { discover } from './discover.ts'
import { ruleNames } from './known-rules.ts'
import { findSettings, type Settings } from './settings.ts'

export type Rules = Readonly<Record<string, DockerfileRule<unknown>>>

export type CheckOptions = {
  readonly paths: readonly string[]
  /** Judge this instead of paths. */
  readonly input?: { readonly name: string; readonly bytes: Uint8Array }
  /** Which fixes to apply; undefined: none. `write: false` only shows what would change. */
  readonly fix?: { readonly allowed: ReadonlySet<Safety>; readonly write: boolean }
  readonly profile?: 'default' | 'all'
  /** Only these rules, by our ids or other tools'. */
  readonly only?: readonly string[]
  /** A configuration file; `none`: not even those that stand beside the files. */
  readonly config?: { readonly file: string } | 'none'
  /** False: comments in the files, and ignore files beside them, silence nothing. */
  readonly inlineIgnores?: boolean
  readonly shellcheck?: 'auto' | 'on' | 'off'
  /** The build context, when it is not the Dockerfile's own folder. */
  readonly context?: string
  /** Keys of known findings. */
  readonly baseline?: ReadonlySet<string>
}

export type Change = { readonly path: string; readonly before: string; readonly after: string; readonly created: boolean }

export type CheckOutcome = {
  readonly report: CheckReport
  /** What the fixes changed, or would change. */
  readonly changes: readonly Change[]
  readonly settings: Settings
}

/** A Dockerfile over 16 MiB is not one. */
const sizeLimit = 16 * 1024 * 1024
const maxPasses = 10

/** Throws UsageError for wrong arguments and broken configuration; everything else that goes wrong is a Problem in the report. */
export const check = async (world: World, rules: Rules, version: string, options: CheckOptions): Promise<CheckOutcome> => {
  const names = ruleNames(rules)
  const settings = await findSettings(world, names, options)
  const running = chooseRules(rules, names, settings, options)
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  const files = new Map<string, SourceFile>()
  const findings: Finding[] = []
  const problems: Problem[] = [...settings.problems]
  const applied: CheckReport['applied'][number][] = []
  const changes: Change[] = []
  const contexts = new ContextReader(world, options.context)
  const forShellcheck: Dockerfile[] = []
  const program = await findShellcheck(world, options)

  const judgeText = async (
    path: string,
    input: string | Uint8Array,
    made: ReadonlyMap<string, string> = new Map(),
  ): Promise<{ dockerfile: Dockerfile; findings: readonly Finding[]; problems: readonly Problem[] }> => {
    const dockerfile = readDockerfile(path, input)
    const facts: DockerfileFacts = {
      today,
      allowedRegistries: settings.allowedRegistries,
      context: options.input && !options.context ? undefined : await contexts.contextOf(path, made),
    }
    const judged = await judgeDockerfile(dockerfile, running(path), facts)
    const suppressed = suppress(dockerfile, judged.findings, suppressionsFor(path, settings, names, options, today))
    return { dockerfile, findings: suppressed.findings, problems: [...judged.problems, ...suppressed.problems] }
  }

  const checkOne = async (path: string, bytes: Uint8Array): Promise<void> => {
    if (bytes.includes(0)) {
      problems.push(failed('file-binary', `${path} is a binary file, not a Dockerfile`, path))
      return
    }
    const first = await judgeText(path, bytes)
    let result = first
    if (options.fix) {
      const repaired = await repair(path, result, options.fix.allowed, judgeText, file => contexts.known(file)?.text)
      problems.push(...repaired.problems)
      const original = decode(bytes)
      const done = new Set<string>()
      for (const [file, after] of repaired.texts) {
        const old = file === path ? original : contexts.known(file)
        const before = old?.text ?? ''
        const encoding = old?.encoding ?? 'utf-8'
        const written = writable(after, encoding)
        if (!written) {
          problems.push(
            failed(
              'fix-not-encodable',
              `a fix of ${path} cannot be written in the encoding of the file; nothing was changed`,
              path,
            ),
          )
          continue
        }
        if (options.fix.write) {
          try {
            await world.files.write(file, written)
          } catch (error) {
            if (!(error instanceof WorldError)) throw error
            problems.push(failed('file-unwritable', error.message, path))
            // What belongs together is not half done: the Dockerfile comes first.
            break
          }
        }
        if (file !== path) contexts.changed(file, { text: after, encoding })
        changes.push({ path: file, before, after, created: old === undefined })
        done.add(file)
      }
      // What could not be written is not fixed, and its findings stand.
      applied.push(
        ...repaired.applied
          .filter(finding => finding.fix?.edits.every(edit => done.has(edit.path)))
          .map(finding => ({ path, rule: finding.rule, title: finding.fix?.title ?? '' })),
      )
      // What is shown after --fix is what is left; with --diff the file is as it was, and so are its findings.
      if (options.fix.write && repaired.texts.size > 0)
        result =
          done.size === repaired.texts.size
            ? repaired.result
            : await judgeText(path, done.has(path) ? repaired.texts.get(path)! : bytes)
    }
    const { text, lines } = result.dockerfile.tree
    const { spans, values } = secretsIn(result)
    const secrets = result === first ? values : [...new Set([...secretsIn(first).values, ...values])]
    files.set(path, { path, text, lines, redact: spans, secrets })
    findings.push(...withoutSecrets(result.findings, secrets))
    problems.push(...result.problems.map(problem => ({ ...problem, message: hideSecrets(problem.message, secrets) })))
    if (program !== undefined) forShellcheck.push(result.dockerfile)
  }

  if (options.input) await checkOne(options.input.name, options.input.bytes)
  else {
    const discovery = await discover(world, options.paths, {
      excluded: path => settings.isExcluded(path),
      gitignore: options.inlineIgnores !== false,
    })
    problems.push(...discovery.problems)
    contexts.know(discovery.listings)
    for await (const { path, bytes, error } of readAll(world, discovery.paths)) {
      if (bytes) await checkOne(path, bytes)
      else problems.push(failed(error.code === 'too-large' ? 'file-too-large' : 'file-unreadable', error.message, path))
    }
  }
  const infos = new Map<string, RuleInfo>()
  for (const [id, { rule, severity }] of running('')) infos.set(id, { ...rule, id, severity: severity ?? rule.severity })
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
  findings.sort(byPosition)
  return { report: { version, files, findings, problems, rules: infos, applied }, changes, settings }
}

const secretsIn = ({ dockerfile, findings }: Judged) =>
  secretsOf(
    dockerfile,
    findings.flatMap(({ redact }) => redact ?? []),
  )

/** What findings say would give a secret away that they quote: it is taken out of texts; edits that carry one are left to --fix. */
const withoutSecrets = (findings: readonly Finding[], secrets: readonly string[]): readonly Finding[] => {
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

type Judged = { readonly dockerfile: Dockerfile; readonly findings: readonly Finding[]; readonly problems: readonly Problem[] }

/** Applies fixes, reads again, judges again, until nothing changes. A pass whose result does not parse is taken back, and said. */
const repair = async (
  path: string,
  first: Judged,
  allowed: ReadonlySet<Safety>,
  judgeText: (path: string, text: string, made: ReadonlyMap<string, string>) => Promise<Judged>,
  textOf: (path: string) => string | undefined,
): Promise<{
  readonly texts: ReadonlyMap<string, string>
  readonly applied: readonly Finding[]
  readonly result: Judged
  readonly problems: readonly Problem[]
}> => {
  let result = first
  const texts = new Map<string, string>()
  const applied: Finding[] = []
  const problems: Problem[] = []
  for (let pass = 0; pass < maxPasses; pass++) {
    const plan = planFixes(result.findings, allowed)
    if (plan.taken.length === 0) break
    const before = result.dockerfile.tree.text
    const after = applyEdits(before, plan.edits.get(path) ?? [])
    const made = new Map([...texts].filter(([file]) => file !== path))
    for (const [file, edits] of plan.edits)
      if (file !== path) made.set(file, applyEdits(made.get(file) ?? textOf(file) ?? '', edits))
    const next = await judgeText(path, after, made)
    if (next.dockerfile.tree.errors.length > result.dockerfile.tree.errors.length) {
      problems.push(
        failed(
          'fix-broke-syntax',
          `the fixes of ${[...new Set(plan.taken.map(({ rule }) => rule))].join(', ')} would break ${path} and were left out. This is a bug in Bulkhead`,
          path,
        ),
      )
      break
    }
    if (plan.edits.has(path)) texts.set(path, after)
    for (const [file, text] of made) texts.set(file, text)
    applied.push(...plan.taken)
    result = next
  }
  return { texts, applied, result, problems }
}

const isWanted = (id: string, names: ReturnType<typeof ruleNames>, settings: Settings, options: CheckOptions): boolean =>
  settings.severityOf(id, '') !== 'off' &&
  (options.only === undefined || options.only.some(name => names.resolve(name).includes(id)))

/** Which rules run on a path, with what options. Paths with the same overrides share one set. */
const chooseRules = (
  rules: Rules,
  names: ReturnType<typeof ruleNames>,
  settings: Settings,
  options: CheckOptions,
): ((path: string) => ReadonlyMap<string, RunningRule>) => {
  const profile = options.profile ?? settings.profile
  let only: ReadonlySet<string> | undefined
  if (options.only) {
    only = new Set(
      options.only.flatMap(name => {
        const meant = names.resolve(name)
        if (meant.length > 0) return meant
        const near = names.nearest(name)
        throw new UsageError(
          `unknown rule \`${name}\``,
          near === undefined ? 'bulkhead rules lists all of them' : `did you mean ${near}?`,
        )
      }),
    )
  }
  const sets = new Map<string, ReadonlyMap<string, RunningRule>>()
  return path => {
    const key = settings.overrideKey(path)
    const known = sets.get(key)
    if (known) return known
    const running = new Map<string, RunningRule>()
    for (const [id, rule] of Object.entries(rules)) {
      if (rule.on !== 'dockerfile') continue
      const severity = settings.severityOf(id, path)
      if (severity === 'off') continue
      if (
        only
          ? !only.has(id)
          : rule.profile === 'all' && profile !== 'all' && severity === undefined && settings.optionsOf(id, path) === undefined
      )
        continue
      running.set(id, { rule, severity, options: validated(id, rule, settings.optionsOf(id, path), settings.file) })
    }
    sets.set(key, running)
    return running
  }
}

const validated = (id: string, rule: DockerfileRule<unknown>, given: unknown, file: string | undefined): unknown => {
  if (!rule.options) {
    if (given !== undefined) throw new UsageError(`${file ?? 'the configuration'}: ${id} takes no options`)
    return undefined
  }
  const result = rule.options['~standard'].validate(given ?? {})
  if (result instanceof Promise) throw new TypeError(`${id}: options are validated at once`)
  if (result.issues)
    throw new UsageError(`${file ?? 'the configuration'}: options of ${id}: ${result.issues[0]?.message ?? 'not valid'}`)
  return result.value
}

const suppressionsFor = (
  path: string,
  settings: Settings,
  names: ReturnType<typeof ruleNames>,
  options: CheckOptions,
  today: string,
): Suppressions => ({
  inline: options.inlineIgnores !== false,
  configured: settings.ignoresOf(path) satisfies readonly ConfiguredIgnore[],
  baseline: options.baseline ?? new Set(),
  today,
  resolve: names.resolve,
  nearest: names.nearest,
  ofTool: names.ofTool,
})

const findShellcheck = async (world: World, options: CheckOptions): Promise<string | undefined> => {
  if (options.shellcheck === 'off') return undefined
  const program = await world.processes.find('shellcheck')
  if (program === undefined && options.shellcheck === 'on')
    throw new UsageError('shellcheck is not on PATH', 'Install it, or leave --shellcheck away')
  return program
}

const asContext = (entries: readonly Entry[]): Pick<BuildContext, 'entries'> => ({
  entries: new Set(entries.map(({ name, type }) => (type === 'directory' ? `${name}/` : name))),
})

/** The build context of each Dockerfile: one listing per folder. */
class ContextReader {
  readonly #world: World
  readonly #context: string | undefined
  readonly #folders = new Map<string, Promise<Pick<BuildContext, 'entries'> | undefined>>()
  readonly #ignores = new Map<string, Text>()

  constructor(world: World, context: string | undefined) {
    this.#world = world
    this.#context = context
  }

  /** What is known already needs no second look. */
  know(listings: ReadonlyMap<string, readonly Entry[]>): void {
    for (const [folder, entries] of listings) this.#folders.set(folder, Promise.resolve(asContext(entries)))
  }

  /** The ignore file as it was read, or as a fix left it. */
  known(path: string): Text | undefined {
    return this.#ignores.get(path)
  }

  /** A fix wrote, or would write, this ignore file. */
  changed(path: string, now: Text): void {
    this.#ignores.set(path, now)
  }

  /** `made`: ignore files as the fixes so far have them. */
  async contextOf(path: string, made: ReadonlyMap<string, string>): Promise<BuildContext | undefined> {
    const folder = this.#context ?? dirname(path)
    const listing = this.#folders.get(folder) ?? this.#list(folder)
    this.#folders.set(folder, listing)
    const known = await listing
    if (!known) return undefined
    // BuildKit looks for `<name of the Dockerfile>.dockerignore` beside it first.
    const own = `${basename(path)}.dockerignore`
    const name = known.entries.has(own) && resolve(folder) === resolve(dirname(path)) ? own : '.dockerignore'
    const clean = join(folder).replace(/(?<=.)\/$/, '')
    const prefix = clean === '.' ? '' : clean
    const file = join(prefix, name)
    if (known.entries.has(name) && !this.#ignores.has(file)) {
      const bytes = await this.#world.files.read(file, sizeLimit).catch(error => {
        if (error instanceof WorldError) return undefined
        throw error
      })
      // What it keeps out nobody knows then, and no fix may write another in its place.
      if (!bytes) return undefined
      this.#ignores.set(file, decode(bytes))
    }
    const text = made.get(file) ?? this.#ignores.get(file)?.text
    return { path: prefix, entries: known.entries, ignore: text === undefined ? undefined : { path: file, text } }
  }

  async #list(folder: string): Promise<Pick<BuildContext, 'entries'> | undefined> {
    try {
      return asContext(await this.#world.files.list(folder))
    } catch (error) {
      // A context that cannot be listed is unknown to the rules, as for standard input.
      if (error instanceof WorldError) return undefined
      throw error
    }
  }
}

/** 1: findings at or above the threshold; 2: something could not be checked; 0 otherwise. If both, 1. */
export const exitCode = (report: CheckReport, failOn: Severity | 'none', strict: boolean): 0 | 1 | 2 => {
  if (failOn !== 'none' && report.findings.some(finding => !finding.suppressed && reaches(finding.severity, failOn))) return 1
  return report.problems.some(({ kind }) => kind === 'failed' || strict) ? 2 : 0
}

/** The path as patterns see it: relative to a folder, with `/`. */
export const patternPath = (path: string, folder: string): string => relative(folder, resolve(path)).split(sep).join('/')
