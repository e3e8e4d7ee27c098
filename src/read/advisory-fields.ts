/** What the readers of feeds have in common: values of unknown form → the fields of a record, each bounded and of its type. */
import { parse } from 'yaml'
import type { VersionRange } from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'
import { Unreadable } from './cataloger.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Undefined: it is no object. Only names that are asked for are ever read from it, and only own ones come from JSON and YAML. */
export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Those of a list that are objects. */
export const objectsOf = (value: unknown): readonly Fields[] =>
  listOf(value).filter((one): one is Fields => fieldsOf(one) !== undefined)

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const json = new TextDecoder()

/** Throws Unreadable. */
export const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(json.decode(bytes))
  } catch (error) {
    throw new Unreadable('it is no JSON', error)
  }
}

/**
 * Every scalar of it is a text, so that a version such as 1.10 is no number. Reading YAML takes far longer than reading JSON: `limit` (characters) is near what
 * is real. Throws Unreadable.
 */
export const yamlOf = (text: string, limit: number): unknown => {
  if (text.length > limit) throw new Unreadable(`it has more than ${limit} characters`)
  try {
    return parse(text, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'silent' })
  } catch (error) {
    throw new Unreadable('it is no YAML', error)
  }
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What feeds call their records: printable ASCII without spaces. */
export const isId = (value: unknown): value is string => typeof value === 'string' && /^[!-~]{1,128}$/.test(value)

export const isCve = (value: unknown): value is string => typeof value === 'string' && /^CVE-\d{4}-\d{4,19}$/.test(value)

/** The longest name of a real package, a Go module's path, has about 200 characters. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 512 && /^[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$/.test(value)

export const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 256 && /^[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$/.test(value)

/** How an invalid value is shown in a message. */
export const shown = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  const text = String(value)
  if (text.trim() === '') return 'an empty text'
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text.toWellFormed()
}

const words: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['negligible', 'low'],
  ['none', 'info'],
  ['info', 'info'],
  ['informational', 'info'],
  ['unknown', 'unknown'],
  ['untriaged', 'unknown'],
])

/** The words that distributions and databases use for how bad it is. */
export const severityOf = (word: unknown): Severity | undefined =>
  typeof word === 'string' && word.length < 40 ? words.get(word.trim().toLowerCase().replace(/\*+$/, '')) : undefined

/** A vector of CVSS 2, 3 or 4: https://www.first.org/cvss/ */
export const isVector = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= 240 &&
  /^(?:CVSS:[34]\.\d\/)?[A-Z]{1,3}:[A-Za-z]{1,7}(?:\/[A-Z]{1,3}:[A-Za-z]{1,7})+$/.test(value)

export const isCwe = (value: unknown): value is string => typeof value === 'string' && /^CWE-\d{1,5}$/.test(value)

/** ISO 8601. The year 1 is what Go's vulnerability database has where it does not know. */
export const dateOf = (value: unknown): string | undefined =>
  typeof value === 'string' &&
  value.length <= 40 &&
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value) &&
  !value.startsWith('0001-')
    ? value
    : undefined

/** Any form of date that JavaScript knows → ISO 8601. Without a zone it is taken for UTC. */
export const looseDate = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || value.length > 60) return undefined
  const time = Date.parse(/(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$|^\d{4}-\d\d-\d\d$/.test(value) ? value : `${value} UTC`)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

export const isUrl = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 1000 && /^https?:\/\/[!-~]+$/.test(value)

/** At most `most` UTF-16 units. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text.toWellFormed() : `${text.slice(0, most - 1).toWellFormed()}…`

/** In one line. */
export const summaryOf = (summary: unknown, details?: unknown): string | undefined => {
  const own = textOf(summary)
  if (own !== undefined) return cut(own.slice(0, 1000).replace(/\s+/g, ' '), 300)
  const body = textOf(details)
  if (body === undefined) return undefined
  const plain = body
    .slice(0, 2000)
    .replace(/^#+ .*$/gm, '')
    .trim()
    .split(/\n\s*\n/)[0]!
    .replace(/\s+/g, ' ')
  if (plain === '') return undefined
  return cut(/^.{1,299}?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain, 300)
}

export const detailsOf = (details: unknown): string | undefined => {
  const body = textOf(details)
  return body === undefined ? undefined : cut(body, 4000)
}

/** As a record has it: `0` means from the first version on. */
export const rangeTo = (fixed: string | undefined, introduced?: string): VersionRange => ({
  ...(introduced === undefined || introduced === '0' ? {} : { introduced }),
  ...(fixed === undefined ? {} : { fixed }),
})

/** An object without the fields that are undefined or empty lists. */
export const filled = <T extends object>(value: T): T => {
  const kept = Object.entries(value).filter(([, one]) => one !== undefined && !(Array.isArray(one) && one.length === 0))
  return Object.fromEntries(kept) as T
}

export const distinct = <T>(values: Iterable<T>): T[] => [...new Set(values)]

/** Ranges of which one begins with the version that ends another are one range: what ends the first is no fix. Only the same text is the same version. */
export const joined = (ranges: readonly VersionRange[]): VersionRange[] => {
  const starting = new Map(ranges.flatMap(range => (range.introduced === undefined ? [] : [[range.introduced, range] as const])))
  const ends = new Set(ranges.map(({ fixed }) => fixed))
  const result: VersionRange[] = []
  const seen = new Set<VersionRange>()
  const follow = (first: VersionRange): void => {
    let last = first
    seen.add(first)
    for (let next = nextOf(last); next && !seen.has(next); next = nextOf(last)) {
      seen.add(next)
      last = next
    }
    const { introduced: _, ...end } = last
    result.push(first.introduced === undefined ? end : { introduced: first.introduced, ...end })
  }
  const nextOf = ({ fixed }: VersionRange): VersionRange | undefined => (fixed === undefined ? undefined : starting.get(fixed))
  for (const range of ranges)
    if (!seen.has(range) && (range.introduced === undefined || !ends.has(range.introduced))) follow(range)
  for (const range of ranges) if (!seen.has(range)) follow(range)
  return result
}
