/** bulkhead.yaml: found, read, checked. Its JSON Schema, docs/bulkhead.schema.json, is generated from `configurationSchema`. */
import * as v from 'valibot'
import { isDate } from '../judge/ignore-comments.ts'
import { UsageError } from '../model/finding.ts'
import { nearest } from '../model/nearest.ts'
import { type LineStarts, lineStarts, positionAt, type Span } from '../model/text.ts'
import type { KnownRules } from './known-rules.ts'

const severity = v.picklist(['critical', 'high', 'medium', 'low', 'info'])
const isoDate = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'a date looks like 2026-12-31'),
  v.check(isDate, 'a date that exists looks like 2026-12-31'),
)

const ruleSetting = v.union([
  v.picklist(['off', 'critical', 'high', 'medium', 'low', 'info']),
  v.strictObject({ severity: v.optional(severity), options: v.optional(v.record(v.string(), v.unknown())) }),
])

const ignoreEntry = v.strictObject({
  rule: v.pipe(v.string(), v.description('The rule, or the id of another tool that it replaces')),
  path: v.optional(
    v.pipe(
      v.union([v.string(), v.array(v.string())]),
      v.description('Patterns of the files in which it is ignored; everywhere when absent'),
    ),
  ),
  match: v.optional(v.pipe(v.string(), v.description('Only findings whose message contains this text'))),
  reason: v.pipe(
    v.string(),
    v.minLength(1, 'a reason is needed'),
    v.description('Why this is acceptable: shown wherever the finding is shown'),
  ),
  until: v.optional(v.pipe(isoDate, v.description('The last day on which it is ignored'))),
})

/** Reason, owner and date are all needed for it to count; what is missing is told, and the rest of the configuration holds. */
const waiverEntry = v.strictObject({
  rule: v.pipe(v.string(), v.description('The rule, or the id of another tool that it replaces')),
  target: v.pipe(
    v.string(),
    v.minLength(1, 'a waiver names its target'),
    v.description('The container, service or pod by its name, or the path of the file; * stands for any part of it'),
  ),
  reason: v.optional(v.pipe(v.string(), v.description('Why this has to be so'))),
  owner: v.optional(v.pipe(v.string(), v.description('Who answers for it'))),
  until: v.optional(v.pipe(isoDate, v.description('The last day on which it holds'))),
})

const rules = v.record(v.string(), ruleSetting)

export const configurationSchema = v.strictObject({
  version: v.optional(v.literal(1)),
  profile: v.optional(v.picklist(['default', 'all'])),
  failOn: v.optional(
    v.pipe(
      v.picklist(['critical', 'high', 'medium', 'low', 'info', 'none']),
      v.description('The least severity that makes the exit code 1'),
    ),
  ),
  strict: v.optional(v.pipe(v.boolean(), v.description('What is not covered also sets the exit code'))),
  rules: v.optional(rules),
  registries: v.optional(
    v.strictObject({
      allowed: v.pipe(
        v.array(v.string()),
        v.description('Registries from which base images may come: names, or patterns with *'),
      ),
    }),
  ),
  ignore: v.optional(v.array(ignoreEntry)),
  waivers: v.optional(v.pipe(v.array(waiverEntry), v.description('What is accepted for a time, and who answers for it'))),
  exclude: v.optional(v.pipe(v.array(v.string()), v.description('Patterns of files that are not judged at all'))),
  overrides: v.optional(
    v.array(v.strictObject({ paths: v.array(v.string()), rules: v.optional(rules), ignore: v.optional(v.array(ignoreEntry)) })),
  ),
})

/** `line`: where a waiver begins, from 1. */
export type Waiver = v.InferOutput<typeof waiverEntry> & { readonly line: number; readonly span: Span }
export type Configuration = Omit<v.InferOutput<typeof configurationSchema>, 'waivers'> & { readonly waivers?: readonly Waiver[] }
export type IgnoreEntry = v.InferOutput<typeof ignoreEntry>
export type RuleSetting = v.InferOutput<typeof ruleSetting>

/** Reads a configuration. Throws UsageError with file, line and column at the first mistake. */
export const readConfiguration = async (path: string, text: string, known: KnownRules): Promise<Configuration> => {
  const { parseDocument, isMap } = await import('yaml')
  const starts = lineStarts(text)
  const document = parseDocument(text, { prettyErrors: false, strict: true, uniqueKeys: true })
  const [error] = document.errors
  if (error) throw mistake(path, text, starts, error.pos[0], error.message)
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {}
  const offsetOf = (keys: readonly (string | number)[], wantKey = false): number => {
    if (wantKey) {
      const parent = keys.length > 1 ? document.getIn(keys.slice(0, -1), true) : document.contents
      const pair = isMap(parent)
        ? parent.items.find(item => String((item.key as { value?: unknown }).value ?? item.key) === String(keys.at(-1)))
        : undefined
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range
      if (range) return range[0]!
    }
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(keys.slice(0, depth), true)
      const range = (node as { range?: readonly number[] } | undefined)?.range
      if (range) return range[0]!
    }
    return 0
  }
  const result = v.safeParse(configurationSchema, value)
  if (!result.success) {
    const issue = deepest(result.issues)
    const keys = (issue.path ?? []).map(({ key }) => key as string | number)
    const unknownKey = issue.type === 'strict_object' && issue.expected === 'never'
    if (unknownKey) {
      const name = String(keys.at(-1))
      const meant = nearest(
        name,
        (keys.length === 1 ? topKeys : innerKeys).filter(key => key !== name),
      )
      throw mistake(
        path,
        text,
        starts,
        offsetOf(keys, true),
        `unknown key \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
      )
    }
    throw mistake(path, text, starts, offsetOf(keys), `${keys.join('.') || 'the configuration'}: ${messageOf(issue)}`)
  }
  const { waivers, ...configuration } = result.output
  const checkName = (name: string, keys: readonly (string | number)[], isKey: boolean): void => {
    if (known.resolve(name).length > 0) return
    const meant = nearest(name, known.names)
    throw mistake(
      path,
      text,
      starts,
      offsetOf(keys, isKey),
      `unknown rule \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    )
  }
  const checkNames = (part: Pick<Configuration, 'rules' | 'ignore'>, at: readonly (string | number)[]): void => {
    for (const name of Object.keys(part.rules ?? {})) checkName(name, [...at, 'rules', name], true)
    part.ignore?.forEach((entry, i) => {
      checkName(entry.rule, [...at, 'ignore', i, 'rule'], false)
    })
  }
  checkNames(configuration, [])
  configuration.overrides?.forEach((override, i) => {
    checkNames(override, ['overrides', i])
  })
  waivers?.forEach(({ rule }, i) => {
    checkName(rule, ['waivers', i, 'rule'], false)
  })
  if (!waivers) return configuration
  const placed = waivers.map((waiver, i): Waiver => {
    const start = offsetOf(['waivers', i])
    const range = (document.getIn(['waivers', i], true) as { range?: readonly number[] } | undefined)?.range
    return { ...waiver, line: positionAt(starts, start).line, span: { start, end: range?.[1] ?? start } }
  })
  return { ...configuration, waivers: placed }
}

/** The keys of each place: of the whole, of an entry of `ignore`, `overrides`, `registries`, of a rule. */
const topKeys = ['version', 'profile', 'failOn', 'strict', 'rules', 'registries', 'ignore', 'waivers', 'exclude', 'overrides']
const innerKeys = [
  'allowed',
  'paths',
  'rules',
  'ignore',
  'rule',
  'path',
  'match',
  'target',
  'reason',
  'owner',
  'until',
  'severity',
  'options',
]

/** The issue that says most: of a union's branches, the one that got furthest. */
const deepest = (issues: readonly v.BaseIssue<unknown>[]): v.BaseIssue<unknown> => {
  let best = issues[0]!
  for (const issue of issues) {
    const candidate = issue.issues ? deepest(issue.issues) : issue
    const inside = candidate.path?.length ?? 0
    if (inside > (best.path?.length ?? 0)) best = candidate
  }
  return best
}

const messageOf = (issue: v.BaseIssue<unknown>): string =>
  issue.expected && /^Invalid/.test(issue.message)
    ? `expected ${issue.expected.replaceAll('"', '`')}, found ${issue.received.replaceAll('"', '`')}`
    : issue.message

const mistake = (path: string, text: string, starts: LineStarts, offset: number, message: string): UsageError => {
  const { line, column } = positionAt(starts, Math.min(offset, text.length))
  const end = starts[line] === undefined ? text.length : starts[line]! - 1
  const source = text.slice(starts[line - 1]!, end).trim()
  return new UsageError(
    `${path}:${line}:${column}: ${message}`,
    source === '' ? undefined : `the line is: ${source.slice(0, 120)}`,
  )
}
