/**
 * What people have told other scanners to leave out: .trivyignore, .trivyignore.yaml, .grype.yaml. What cannot be followed is a
 * Problem.
 */
import * as v from 'valibot'
import { parseDocument } from 'yaml'
import type { Problem } from '../model/finding.ts'
import { parsePurl } from '../model/purl.ts'
import { lineStarts, positionAt } from '../model/text.ts'
import { Unreadable } from './cataloger.ts'

/** Everything that is set must fit. */
export type IgnoreRule = {
  /** The file that says it. */
  readonly from: string
  /** An id, or one of the aliases. */
  readonly vulnerability: string | undefined
  /** The package must be one of them; without a version all versions. Empty: any. */
  readonly purls: readonly string[]
  /** Globs; the package must have been found in such a file. Empty: anywhere. */
  readonly paths: readonly string[]
  /**
   * `name` and `upstream` (the source package's name): regular expressions for the whole name, which `isHarmless` let pass.
   * `type`: of the purl.
   */
  readonly package:
    | { readonly name?: string; readonly version?: string; readonly type?: string; readonly upstream?: string }
    | undefined
  /** Grype's words: `fixed`, `not-fixed`, `wont-fix`, `unknown`. */
  readonly fixState: string | undefined
  readonly reason: string
  /** The last day (ISO 8601 date) on which it holds. */
  readonly until: string | undefined
}

export type IgnoreRules = { readonly rules: readonly IgnoreRule[]; readonly problems: readonly Problem[] }

/** Whether a file of this name is read here. */
export const isIgnoreFile = (path: string): boolean => readerOf(path) !== undefined

/** By the file's name. Throws Unreadable: it is none of these, or no YAML, or has another structure. */
export const readIgnoreFile = (path: string, text: string): IgnoreRules => {
  const reader = readerOf(path)
  if (!reader) throw new Unreadable('it is neither a .trivyignore nor a .grype.yaml')
  const problems: Problem[] = []
  if (text.length > largest) throw new Unreadable(`it has ${text.length} characters; at most ${largest} are read`)
  const rules = reader(path, text.replace(/^\ufeff/, ''), (code, message, at) => {
    const start = at ?? 0
    problems.push({ kind: 'uncovered', code, message, at: { in: 'file', path, span: { start, end: start } } })
  })
  return { rules, problems }
}

type Say = (code: string, message: string, at?: number) => void
type Reader = (path: string, text: string, say: Say) => readonly IgnoreRule[]

const largest = 1024 * 1024

const readerOf = (path: string): Reader | undefined => {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  if (name === '.trivyignore') return readTrivyIgnore
  if (/^\.trivyignore\.ya?ml$/.test(name)) return readTrivyYaml
  if (/^(?:\.grype|grype)\.ya?ml$/.test(name)) return readGrype
  return undefined
}

const anything = { purls: [], paths: [], package: undefined, fixState: undefined, until: undefined } as const

/**
 * An id a line, `exp:DATE` after it: https://trivy.dev/docs/latest/configuration/filtering/#trivyignore. Comments right above are
 * the reason. Ids of other things than vulnerabilities stand in the same file, and fit none.
 */
const readTrivyIgnore: Reader = (path, text, say) => {
  const rules: IgnoreRule[] = []
  let comments: string[] = []
  let offset = 0
  for (const raw of text.split('\n')) {
    const start = offset
    offset += raw.length + 1
    const line = raw.trim()
    if (line.startsWith('#')) {
      comments.push(line.replace(/^#+\s*/, ''))
      continue
    }
    const [id, ...words] = line.split(/\s+/)
    const hash = words.findIndex(word => word.startsWith('#'))
    const own =
      hash === -1
        ? ''
        : words
            .slice(hash)
            .join(' ')
            .replace(/^#+\s*/, '')
    const reason = own || comments.filter(comment => comment !== '').join(' ') || `ignored in ${path}`
    comments = []
    if (id === undefined || id === '') continue
    let until: string | undefined
    let isClear = true
    for (const word of hash === -1 ? words : words.slice(0, hash)) {
      if (word.startsWith('exp:') && isDay(word.slice(4))) until = word.slice(4)
      else isClear = false
    }
    if (isClear) rules.push({ ...anything, from: path, vulnerability: id, reason, until })
    else
      say(
        'ignore-not-followed',
        `${path} ignores ${shorten(id)} with words that cannot be followed: ${shorten(words.join(' '))}`,
        start,
      )
  }
  return rules
}

/** `2026-02-30` is none. */
const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

const strings = v.nullish(v.array(v.string()), [])

const trivySchema = v.looseObject({
  id: v.string(),
  paths: strings,
  purls: strings,
  expired_at: v.nullish(v.string()),
  statement: v.nullish(v.string(), ''),
})

/** https://trivy.dev/docs/latest/configuration/filtering/#trivyignoreyaml */
const readTrivyYaml: Reader = (path, text, say) => {
  const rules: IgnoreRule[] = []
  for (const [section, entries] of Object.entries(mapping(text))) {
    if (entries === null || entries === undefined) continue
    if (section !== 'vulnerabilities') {
      say('ignore-not-followed', `${path} has a section ${shorten(section)}, which is not followed: only vulnerabilities are`)
      continue
    }
    if (!Array.isArray(entries)) throw new Unreadable('vulnerabilities is no list')
    for (const [i, entry] of entries.entries()) {
      const result = v.safeParse(trivySchema, entry)
      const refuse = (why: string): void =>
        say('ignore-not-followed', `${path}: entry ${i + 1} of vulnerabilities is not followed: ${why}`)
      if (!result.success) {
        refuse(`its ${result.issues[0].path?.map(part => String(part.key)).join('.') ?? 'form'} is none that is known`)
        continue
      }
      const { id, paths, purls, statement } = result.output
      // Trivy reads a date; people write times too.
      const until = result.output.expired_at?.slice(0, 10)
      const broken = purls.find(url => parsePurl(url) === undefined)
      if (id === '') refuse('it has no id')
      else if (until !== undefined && !isDay(until)) refuse(`${shorten(until)} is no date`)
      else if (broken !== undefined) refuse(`${shorten(broken)} is no package URL`)
      else if (paths.some(isTooLong)) refuse('a path is too long')
      else
        rules.push({
          ...anything,
          from: path,
          vulnerability: id,
          purls,
          paths,
          reason: statement || `ignored in ${path}`,
          until,
        })
    }
  }
  return rules
}

const isTooLong = (glob: string): boolean => glob.length > 1000

const fixStates: readonly string[] = ['fixed', 'not-fixed', 'wont-fix', 'unknown']

const grypeSchema = v.strictObject({
  vulnerability: v.nullish(v.string(), ''),
  // Whatever name a vulnerability goes by here, all of its names are compared.
  'include-aliases': v.nullish(v.boolean()),
  reason: v.nullish(v.string(), ''),
  'fix-state': v.nullish(v.picklist(['', ...fixStates]), ''),
  package: v.nullish(
    v.strictObject({
      name: v.nullish(v.string(), ''),
      version: v.nullish(v.string(), ''),
      type: v.nullish(v.string(), ''),
      location: v.nullish(v.string(), ''),
      'upstream-name': v.nullish(v.string(), ''),
    }),
  ),
  'vex-status': v.nullish(v.string(), ''),
  'vex-justification': v.nullish(v.string(), ''),
})

/** Syft's package types: https://github.com/anchore/syft/blob/main/syft/pkg/type.go */
const purlTypes: Readonly<Record<string, string>> = {
  alpm: 'alpm',
  apk: 'apk',
  binary: 'generic',
  conan: 'conan',
  conda: 'conda',
  'dart-pub': 'pub',
  deb: 'deb',
  dotnet: 'nuget',
  gem: 'gem',
  'go-module': 'golang',
  hackage: 'hackage',
  hex: 'hex',
  'java-archive': 'maven',
  'jenkins-plugin': 'maven',
  npm: 'npm',
  'php-composer': 'composer',
  pod: 'cocoapods',
  portage: 'ebuild',
  python: 'pypi',
  'R-package': 'cran',
  rpm: 'rpm',
  'rust-crate': 'cargo',
  swift: 'swift',
}

/** Settings of Grype that change what is found, and are not followed. */
const unfollowed = ['exclude', 'fail-on-severity', 'vex-documents', 'vex-add', 'match']

/** https://oss.anchore.com/docs/guides/vulnerability/filter-results/ */
const readGrype: Reader = (path, text, say) => {
  const document = mapping(text)
  const rules: IgnoreRule[] = []
  for (const key of unfollowed) {
    const value = document[key]
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue
    say('ignore-not-followed', `${path} sets ${key}, which is not followed`)
  }
  // What these leave out is the same as rules with a fix-state.
  const leave = (fixState: string, key: string): void => {
    rules.push({ ...anything, from: path, vulnerability: undefined, fixState, reason: `${key} in ${path}` })
  }
  if (document['only-fixed'] === true) for (const state of ['not-fixed', 'wont-fix', 'unknown']) leave(state, 'only-fixed')
  if (document['only-notfixed'] === true) leave('fixed', 'only-notfixed')
  const states = document['ignore-wontfix']
  for (const state of typeof states === 'string' ? states.split(',').map(one => one.trim()) : [])
    if (fixStates.includes(state)) leave(state, 'ignore-wontfix')
    else if (state !== '') say('ignore-not-followed', `${path}: ignore-wontfix has ${shorten(state)}, which is not known here`)
  const list = document.ignore ?? []
  if (!Array.isArray(list)) throw new Unreadable('ignore is no list')
  for (const [i, entry] of list.entries()) {
    const refuse = (why: string): void => say('ignore-not-followed', `${path}: entry ${i + 1} of ignore is not followed: ${why}`)
    const result = v.safeParse(grypeSchema, entry)
    if (!result.success) {
      refuse(`${shorten(result.issues[0].path?.map(part => String(part.key)).join('.') ?? 'its form')} is not known here`)
      continue
    }
    const one = result.output
    const { name = '', version = '', type = '', location = '', 'upstream-name': upstream = '' } = one.package ?? {}
    if (one['vex-status'] !== '' || one['vex-justification'] !== '') {
      // What VEX calls not affected or fixed is left out anyhow.
      if (one['vex-status'] !== 'not_affected' && one['vex-status'] !== 'fixed') refuse('vex-status')
      continue
    }
    const purlType = Object.hasOwn(purlTypes, type) ? purlTypes[type] : undefined
    const patterns = [name, upstream].filter(pattern => pattern !== '')
    const harmful = patterns.find(pattern => !isHarmless(pattern))
    if (harmful !== undefined) refuse(`${shorten(harmful)} is a regular expression that could take too long, or none`)
    else if (type !== '' && purlType === undefined) refuse(`packages of the type ${shorten(type)} are not known here`)
    else if (isTooLong(location)) refuse('the location is too long')
    else if ([one.vulnerability, name, version, type, location, upstream, one['fix-state']].every(text => text === ''))
      refuse('it says nothing of what to ignore')
    else
      rules.push({
        ...anything,
        from: path,
        vulnerability: one.vulnerability || undefined,
        paths: location === '' ? [] : [location],
        package:
          name === '' && version === '' && type === '' && upstream === ''
            ? undefined
            : {
                ...(name === '' ? {} : { name }),
                ...(version === '' ? {} : { version }),
                ...(purlType === undefined ? {} : { type: purlType }),
                ...(upstream === '' ? {} : { upstream }),
              },
        fixState: one['fix-state'] || undefined,
        reason: one.reason || `ignored in ${path}`,
      })
  }
  return rules
}

/** Throws Unreadable. */
const mapping = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
    const [error] = document.errors
    if (error) {
      const { line, column } = positionAt(lineStarts(text), error.pos[0])
      throw new Unreadable(`line ${line}, column ${column}: ${error.message}`)
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {}
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable('it is no mapping')
    return value as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof Unreadable) throw error
    // Aliases that would grow beyond measure, nesting beyond the stack: ReferenceError, RangeError.
    throw new Unreadable('it is no YAML that can be read', error)
  }
}

/** Longer names fit no pattern: what a pattern costs grows with them. */
export const longestName = 128

/** Steps that one pattern may cost with one name, about: some milliseconds. */
const mostSteps = 500_000

/**
 * Whether a pattern is a regular expression that no name of at most `longestName` characters makes slow: no repetition of a
 * group, no references back, no looking around, and few enough ways to share a name out among the repetitions and choices.
 */
export const isHarmless = (pattern: string): boolean => {
  if (pattern.length > 200) return false
  let ways = 1
  let unbounded = 0
  let isInSet = false
  for (let i = 0; i < pattern.length; i++) {
    const sign = pattern[i]
    const next = pattern[i + 1]
    if (sign === '\\') {
      if (next === undefined || /[\dkcpPux]/.test(next)) return false
      i++
    } else if (isInSet) isInSet = sign !== ']'
    else if (sign === '[') isInSet = true
    else if (sign === '(' && next === '?') {
      if (!pattern.startsWith('?:', i + 1)) return false
      i += 2
    } else if (sign === ')') {
      if (next === '*' || next === '+' || next === '{') return false
    } else if (sign === '|' || sign === '?') ways *= 2
    // n repetitions share 128 characters in C(128 + n - 1, n) ways.
    else if (sign === '*' || sign === '+') ways *= (longestName + unbounded) / ++unbounded
    else if (sign === '{') return false
  }
  if (ways > mostSteps) return false
  try {
    new RegExp(pattern)
    return true
  } catch {
    return false
  }
}
