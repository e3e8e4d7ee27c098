/** `bulkhead history`: how an image came to be, step by step, what leaks at each, and what the finished image has that it should not. */
import type { ImageFacts, ImageRule } from '../judge/image-rule.ts'
import { judgeImage, type RunningImageRule } from '../judge/judge-image.ts'
import { imageRules } from '../judge/rules/image-registry.ts'
import { cutOff, leakMessage, leakRules, leaksOf } from '../judge/secrets/leaks.ts'
import { redactFindings, redactInventory } from '../judge/secrets/redact-image.ts'
import { withoutTokens } from '../judge/secrets/redact-names.ts'
import { noted, type SuppressionRequest, silence } from '../judge/suppress.ts'
import { compareSeverity, type Finding, type Location, type Result, type Severity, UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { HistoryReport, Leak } from '../model/leak.ts'
import type { World } from '../model/world.ts'
import { configurableRules } from './configurable-rules.ts'
import { onlyThese, ruleNames } from './known-rules.ts'
import { findSettings, isChosen, type Settings, validOptions } from './settings.ts'

export type HistoryChoices = {
  readonly config?: { readonly file: string } | 'none'
  readonly profile?: 'default' | 'all'
  /** Only these rules and kinds of secrets, by our ids or other tools'. */
  readonly only?: readonly string[]
  /** Of rules, by id: they count before the configuration's. */
  readonly ruleOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What is looked for in an image, and what is accepted. */
export type HistorySettings = Pick<Settings, 'read' | 'failOn' | 'strict' | 'ignoresInImage'> & {
  readonly rules: ReadonlyMap<string, RunningImageRule>
  /** The kinds of secrets that are looked for, with the severity that the configuration gives them. */
  readonly secrets: ReadonlyMap<string, Severity | undefined>
}

/**
 * The bulkhead.yaml of the working directory, or above it. Settings of tools for Dockerfiles say nothing of images. Throws UsageError for a broken
 * configuration, and for names of what is not looked for in images.
 */
export const historySettings = async (world: World, choices: HistoryChoices): Promise<HistorySettings> => {
  const { config, only: wanted, ruleOptions = {} } = choices
  const names = ruleNames(configurableRules)
  const settings = await findSettings(world, names, { paths: ['.'], foreign: false, ...(config ? { config } : {}) })
  const only = wanted && onlyThese(names, wanted)
  for (const name of wanted ?? [])
    if (!names.resolve(name).some(id => id in imageRules || id in leakRules))
      throw new UsageError(`\`${name}\` says nothing of images`, 'bulkhead check runs it')
  const profile = choices.profile ?? settings.profile
  const rules = new Map<string, RunningImageRule>()
  for (const [id, rule] of Object.entries<ImageRule<unknown>>(imageRules)) {
    const severity = settings.severityOf(id, '')
    if (severity === 'off' || !isChosen(id, rule, '', settings, profile, only)) continue
    const configured = settings.optionsOf(id, '')
    const given = ruleOptions[id] ? { ...configured, ...ruleOptions[id] } : configured
    rules.set(id, { rule, severity, options: validOptions(id, rule, given, settings.file) })
  }
  const secrets = new Map<string, Severity | undefined>()
  for (const id of Object.keys(leakRules)) {
    const severity = settings.severityOf(id, '')
    if (severity === 'off' || (only && !only.has(id))) continue
    validOptions(id, {}, settings.optionsOf(id, ''), settings.file)
    secrets.set(id, severity)
  }
  const { read, failOn, strict, ignoresInImage } = settings
  return { read, failOn, strict, ignoresInImage, rules, secrets }
}

export type HistoryOptions = {
  readonly version: string
  /** Secrets are shown. */
  readonly reveal: boolean
  /** What the user called the image. */
  readonly asked: string
  /** ISO 8601 date. */
  readonly today: string
  readonly settings: HistorySettings
}

/** The inventory must have been taken with the catalogers of the census, and of secrets where some are looked for. */
export const readHistory = async (inventory: Inventory, options: HistoryOptions): Promise<HistoryReport> => {
  const { reveal, version, settings, today } = options
  const { rules, secrets } = settings
  const facts = factsOf(inventory, options)
  const judged: Result = facts ? await judgeImage(facts, rules) : { findings: [], problems: [] }
  // What `match` is held against must not depend on who may see secrets.
  const findings = redactFindings(judged.findings, inventory).map((finding, i) => {
    const marked = accepted(finding, inventory, settings, today)
    return reveal ? { ...marked, message: judged.findings[i]!.message } : marked
  })
  const problems = [...judged.problems, ...(secrets.size === 0 ? [] : cutOff(inventory))]
  const whole: Inventory = problems.length === 0 ? inventory : { ...inventory, problems: [...inventory.problems, ...problems] }
  const leaks = leaksOf(inventory, reveal)
    .flatMap(leak => (secrets.has(leak.rule) ? [acceptedLeak(weighed(leak, secrets.get(leak.rule)), settings, today)] : []))
    .sort((a, b) => compareSeverity(a.severity, b.severity))
  return {
    version,
    inventory: reveal ? whole : redactInventory(whole),
    sought: secrets.size === 0 ? 'none' : secrets.size < Object.keys(leakRules).length ? 'some' : 'all',
    // Folders and files may be named by a token.
    leaks: reveal ? leaks : withoutTokens(leaks),
    findings: reveal ? findings : withoutTokens(findings),
    rules: new Map(Array.from(rules, ([id, { rule, severity }]) => [id, { ...rule, id, severity: severity ?? rule.severity }])),
  }
}

/** Samples, and what everybody has, stay what they are. */
const weighed = (leak: Leak, severity: Severity | undefined): Leak =>
  severity === undefined || leak.severity === 'info' ? leak : { ...leak, severity }

const acceptedLeak = (leak: Leak, settings: HistorySettings, today: string): Leak => {
  const { at, rule } = leak
  const inner = at.in === 'file' ? (at.inside ?? at.git?.name) : undefined
  const paths = at.in !== 'file' ? [] : inner === undefined ? [at.path] : [at.path, `${at.path}/${inner}`]
  return silence(leak, requestsFor(settings, rule, leakMessage(leak), paths), today)
}

/** A finding may have many places: what is accepted in some of them only still stands, and says so. */
const accepted = (finding: Finding, { kind, name }: Inventory, settings: HistorySettings, today: string): Finding => {
  // What lies in a folder is named as this machine names it.
  const root = kind === 'folder' ? `${name.replace(/\/$/, '')}/` : undefined
  const pathOf = (place: Location): string | undefined => {
    const path = 'path' in place ? place.path : undefined
    return root !== undefined && path?.startsWith(root) ? path.slice(root.length) : path
  }
  const requests = (path: string | undefined): readonly SuppressionRequest[] =>
    requestsFor(settings, finding.rule, finding.message, path === undefined ? [] : [path])
  const whole = silence(finding, requests(undefined), today)
  if (whole.suppressed) return whole
  const places = finding.at.map(place => ({ path: pathOf(place), marked: silence(finding, requests(pathOf(place)), today) }))
  const silenced = places.flatMap(({ path, marked: { suppressed } }) => (suppressed ? [{ path, suppressed }] : []))
  if (silenced.length === places.length && !finding.isCut) {
    const reason = [...new Set(silenced.map(({ suppressed }) => suppressed.reason))].join('; ')
    const until = silenced.flatMap(({ suppressed }) => suppressed.until ?? []).sort()[0]
    return { ...finding, suppressed: { by: 'config', reason, ...(until === undefined ? {} : { until }) } }
  }
  const told = places.find(({ marked }) => !marked.suppressed && marked.note !== finding.note)?.marked ?? finding
  if (silenced.length === 0) return told
  const paths = silenced.map(({ path }) => path ?? '')
  const shown = `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`
  return noted(told, `accepted by the configuration in ${shown}, and not in the rest`)
}

const requestsFor = (
  { ignoresInImage }: HistorySettings,
  rule: string,
  message: string,
  paths: readonly string[],
): readonly SuppressionRequest[] =>
  ignoresInImage(paths).flatMap(({ rules, reason, until, matches }) =>
    rules.includes(rule) && matches({ message }) ? [{ by: 'config', reason, until }] : [],
  )

const factsOf = (
  { name, image, packages, problems, census }: Inventory,
  { asked, today }: Pick<HistoryOptions, 'asked' | 'today'>,
): ImageFacts | undefined =>
  census && {
    name: asked.includes('@') ? asked : image?.refs.length ? name : undefined,
    platform: image?.platform,
    config: image?.config,
    packages,
    isWhole: !problems.some(({ kind, code }) => kind === 'failed' && unread.test(code)),
    census,
    today,
  }

/** Layers, folders, and files that catalogers wanted. */
const unread = /^(?:layer|folder|path|linked-file|package-file)-/
