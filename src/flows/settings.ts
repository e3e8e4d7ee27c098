/** What bulkhead.yaml, .hadolint.yaml and .trivyignore beside the judged files say, as answers to the questions that `check` asks. */
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { ConfiguredIgnore } from '../judge/suppress.ts'
import { type Problem, type Severity, UsageError } from '../model/finding.ts'
import type { OptionsSchema, Rule } from '../model/rule.ts'
import { decode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import type { CheckOptions } from './check.ts'
import type { Configuration, IgnoreEntry, RuleSetting } from './configuration.ts'
import { type KnownRules, type RuleNames, ruleNames } from './known-rules.ts'
import { placedWaivers, type ReadPatterns } from './waivers.ts'

export type Settings = {
  /** The bulkhead.yaml that holds, or undefined. */
  readonly file: string | undefined
  /** All files that were read, for --verbose. */
  readonly read: readonly string[]
  readonly profile: 'default' | 'all'
  readonly failOn: Severity | 'none' | undefined
  readonly strict: boolean
  readonly allowedRegistries: readonly string[] | undefined
  readonly problems: readonly Problem[]
  isExcluded(path: string): boolean
  /** Undefined: as the rule says. */
  severityOf(rule: string, path: string): Severity | 'off' | undefined
  optionsOf(rule: string, path: string): Readonly<Record<string, unknown>> | undefined
  ignoresOf(path: string): readonly ConfiguredIgnore[]
  /** What is ignored in an image. `paths`: the names there of one place; none for what is no file, to which entries with a path do not apply. */
  ignoresInImage(paths: readonly string[]): readonly ConfiguredIgnore[]
  /** Of the waivers whose rule is one of these: those that no finding has met. Asked when all was judged. */
  unusedWaivers(rules: { has(rule: string): boolean }): readonly Problem[]
  /** Equal for paths to which the same overrides apply. */
  overrideKey(path: string): string
}

const configurationNames = ['bulkhead.yaml', 'bulkhead.yml', '.bulkhead.yaml', '.bulkhead.yml']
const hadolintNames = ['.hadolint.yaml', '.hadolint.yml']

/** Where to look. `foreign: false`: settings of other tools count for nothing. */
export type SettingsRequest = Pick<CheckOptions, 'paths' | 'input' | 'config' | 'inlineIgnores'> & { readonly foreign?: boolean }

/**
 * The nearest bulkhead.yaml, from the folder of the first path upwards to the top of the repository (or of the file system). Without one,
 * the settings of hadolint and Trivy that stand there are honoured, in which `names` are known. `--config FILE` reads that file and nothing else.
 */
export const findSettings = async (world: World, names: RuleNames, options: SettingsRequest): Promise<Settings> => {
  const today = new Date(world.clock.now()).toISOString().slice(0, 10)
  if (options.config === 'none') return settingsOf({}, undefined, process.cwd(), [], names, [], today, noPatterns)
  if (options.config) {
    const { file } = options.config
    const text = await readText(world, file, true)
    if (text === undefined) throw new UsageError(`${file} does not exist`)
    return settingsFrom(file, text, resolve(dirname(file)), today)
  }
  const [start = '.'] = options.paths
  const status = await world.files.stat(start).catch(() => undefined)
  let folder = resolve(status?.type === 'directory' || options.input ? start : dirname(start))
  for (;;) {
    const here = new Set((await world.files.list(folder).catch(() => [])).map(({ name }) => name))
    const own = configurationNames.find(name => here.has(name))
    if (own !== undefined) {
      const file = shorten(join(folder, own))
      const text = await readText(world, file, true)
      return settingsFrom(file, text ?? '', folder, today)
    }
    const hadolint = options.foreign === false ? undefined : hadolintNames.find(name => here.has(name))
    const trivy =
      options.foreign !== false && options.inlineIgnores !== false && here.has('.trivyignore') ? '.trivyignore' : undefined
    if (hadolint !== undefined || trivy !== undefined) {
      const { fromHadolint, fromTrivy } = await import('./foreign-settings.ts')
      const read: string[] = []
      const problems: Problem[] = []
      let configuration: Configuration = {}
      if (hadolint !== undefined) {
        const file = shorten(join(folder, hadolint))
        read.push(file)
        configuration = await fromHadolint(file, (await readText(world, file, true)) ?? '', names, problems)
      }
      if (trivy !== undefined) {
        const file = shorten(join(folder, trivy))
        read.push(file)
        const ignore = fromTrivy(file, (await readText(world, file, true)) ?? '', names)
        configuration = { ...configuration, ignore: [...(configuration.ignore ?? []), ...ignore] }
      }
      return settingsOf(configuration, read[0], folder, read, names, problems, today, await readerOfPatterns())
    }
    const parent = dirname(folder)
    if (parent === folder || here.has('.git')) return settingsOf({}, undefined, folder, [], names, [], today, noPatterns)
    folder = parent
  }
}

/** A bulkhead.yaml speaks to every command: each knows the rules of all. */
const settingsFrom = async (file: string, text: string, folder: string, today: string): Promise<Settings> => {
  const [{ readConfiguration }, { configurableRules }] = await Promise.all([
    import('./configuration.ts'),
    import('./configurable-rules.ts'),
  ])
  const names = ruleNames(configurableRules)
  return settingsOf(await readConfiguration(file, text, names), file, folder, [file], names, [], today, await readerOfPatterns())
}

/** Relative to the working directory where that is shorter. */
const shorten = (path: string): string => {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') || short === '' ? path : short
}

const readText = async (world: World, path: string, wanted: boolean): Promise<string | undefined> => {
  try {
    return decode(await world.files.read(path, 4 * 1024 * 1024)).text.replace(/^\ufeff/, '')
  } catch (error) {
    if (error instanceof WorldError && !(wanted && error.code !== 'not-found')) return undefined
    if (error instanceof WorldError) throw new UsageError(error.message)
    throw error
  }
}

/** Of an empty configuration, which has no patterns. */
const noPatterns: ReadPatterns = () => () => false

/** What reads them is loaded where there is a configuration. */
const readerOfPatterns = async (): Promise<ReadPatterns> => {
  const { default: picomatch } = await import('picomatch')
  return patterns => picomatch(typeof patterns === 'string' ? patterns : [...patterns], { dot: true })
}

const settingsOf = (
  configuration: Configuration,
  file: string | undefined,
  folder: string,
  read: readonly string[],
  names: Pick<KnownRules, 'resolve'>,
  problems: readonly Problem[],
  /** ISO 8601 date. */
  today: string,
  readPatterns: ReadPatterns,
): Settings => {
  const inFolder = (path: string): string => relative(folder, resolve(path)).split(sep).join('/')
  // As in .gitignore: without a slash it means the name wherever it stands, and a folder means all that is in it.
  const patternsOf = (patterns: readonly string[]): ((path: string) => boolean) =>
    readPatterns(
      patterns.flatMap(pattern => {
        const plain = pattern.replace(/\/$/, '')
        const anchored = plain.includes('/') ? plain.replace(/^\.?\//, '') : `**/${plain}`
        return [anchored, `${anchored}/**`]
      }),
    )
  const matcher = (patterns: readonly string[]): ((path: string) => boolean) => {
    const matches = patternsOf(patterns)
    return path => matches(inFolder(path))
  }
  /** What speaks of one rule counts before what speaks of a folder of them, wherever it stands. */
  const expand = (settings: Readonly<Record<string, RuleSetting>> | undefined): ReadonlyMap<string, RuleSetting> =>
    new Map(
      Object.entries(settings ?? {})
        .sort(([a], [b]) => Number(b.endsWith('/*')) - Number(a.endsWith('/*')))
        .flatMap(([name, setting]) => names.resolve(name).map(id => [id, setting] as const)),
    )
  const base = expand(configuration.rules)
  const overrides = (configuration.overrides ?? []).map(({ paths, rules, ignore }) => ({
    matches: matcher(paths),
    rules: expand(rules),
    ignore: ignore ?? [],
  }))
  // The last override that speaks about a rule wins.
  const settingFor = (rule: string, path: string): RuleSetting | undefined => {
    for (const override of [...overrides].reverse()) {
      const setting = override.rules.get(rule)
      if (setting !== undefined && path !== '' && override.matches(path)) return setting
    }
    return base.get(rule)
  }
  type Placed = ConfiguredIgnore & { appliesTo(path: string): boolean; appliesInImage(paths: readonly string[]): boolean }
  const toIgnore = (entry: IgnoreEntry): Placed => {
    const matches = entry.path === undefined ? undefined : patternsOf([entry.path].flat())
    return {
      rules: names.resolve(entry.rule),
      reason: entry.reason,
      until: entry.until,
      matches: finding => entry.match === undefined || finding.message.includes(entry.match),
      appliesTo: path => matches === undefined || matches(inFolder(path)),
      appliesInImage: paths => matches === undefined || paths.some(path => matches(path.replace(/^\/+/, ''))),
    }
  }
  const ignores = (configuration.ignore ?? []).map(toIgnore)
  const overrideIgnores = overrides.map(({ matches, ignore }) => ({ matches, ignores: ignore.map(toIgnore) }))
  const waivers = placedWaivers(configuration.waivers ?? [], file ?? 'bulkhead.yaml', names, inFolder, today, readPatterns)
  const excluded = configuration.exclude && configuration.exclude.length > 0 ? matcher(configuration.exclude) : undefined
  return {
    file,
    read,
    profile: configuration.profile ?? 'default',
    failOn: configuration.failOn,
    strict: configuration.strict ?? false,
    allowedRegistries: configuration.registries?.allowed,
    problems: [...problems, ...waivers.problems],
    isExcluded: path => excluded?.(path) ?? false,
    severityOf(rule, path) {
      const setting = settingFor(rule, path)
      return typeof setting === 'string' ? setting : setting?.severity
    },
    optionsOf(rule, path) {
      const setting = settingFor(rule, path)
      return typeof setting === 'object' ? setting.options : undefined
    },
    ignoresOf: path => [
      ...waivers.of(path),
      ...ignores.filter(entry => entry.appliesTo(path)),
      ...overrideIgnores.flatMap(override =>
        override.matches(path) ? override.ignores.filter(entry => entry.appliesTo(path)) : [],
      ),
    ],
    unusedWaivers: waivers.unused,
    ignoresInImage: paths => ignores.filter(entry => entry.appliesInImage(paths)),
    overrideKey: path => overrides.map(override => (path !== '' && override.matches(path) ? '1' : '0')).join(''),
  }
}

/** Whether a rule runs that is not off: what is named on the command line; else the profile's, and what the configuration speaks of. */
export const isChosen = (
  id: string,
  rule: Pick<Rule, 'profile'>,
  path: string,
  settings: Settings,
  profile: 'default' | 'all',
  only: ReadonlySet<string> | undefined,
): boolean =>
  only
    ? only.has(id)
    : rule.profile !== 'all' ||
      profile === 'all' ||
      settings.severityOf(id, path) !== undefined ||
      settings.optionsOf(id, path) !== undefined

/** The options of a rule, checked, with its own defaults. Throws UsageError; `file` is where they were read. */
export const validOptions = (
  id: string,
  rule: { readonly options?: OptionsSchema<unknown> },
  given: unknown,
  file: string | undefined,
): unknown => {
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
