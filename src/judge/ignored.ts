/** Whether somebody's ignore file leaves out a vulnerability of a package. */
import type { AdvisoryStatus } from '../model/advisory.ts'
import type { Location } from '../model/finding.ts'
import { parsePurl } from '../model/purl.ts'
import { remembered } from '../model/remember.ts'
import { type IgnoreRule, longestName } from '../read/ignore-files.ts'
import { compilePattern, expandBraces, type PathPattern } from '../read/path-pattern.ts'
import { meansPackage } from './purl-match.ts'
import type { VexQuestion } from './vex.ts'

export type IgnoreQuestion = Pick<VexQuestion, 'vulnerabilities' | 'package'> & {
  readonly fixedIn: string | undefined
  /** What the package's maintainer says; undefined is `affected`. */
  readonly status?: AdvisoryStatus | undefined
}

/**
 * The first rule that fits and still holds on `today` (ISO 8601 date); else the first one that fits and has run out. Paths in
 * rules count from the image's root, with or without a slash in front.
 */
export const ignoredBy = (
  rules: readonly IgnoreRule[],
  what: IgnoreQuestion,
  today: string,
): { readonly rule: IgnoreRule } | { readonly expired: IgnoreRule } | undefined => {
  const ids = new Set(what.vulnerabilities.map(id => id.toUpperCase()))
  let expired: IgnoreRule | undefined
  for (const rule of rules) {
    if (rule.vulnerability !== undefined && !ids.has(rule.vulnerability.toUpperCase())) continue
    if (!compiled(rule)(what)) continue
    if (rule.until === undefined || today <= rule.until) return { rule }
    expired ??= rule
  }
  return expired && { expired }
}

type Test = (what: IgnoreQuestion) => boolean

const compiled = remembered((rule: IgnoreRule): Test => {
  const tests: Test[] = []
  if (rule.purls.length > 0) {
    const purls = rule.purls.map(parsePurl).filter(one => one !== undefined)
    tests.push(what => purls.some(wanted => meansPackage(wanted, what.package)))
  }
  if (rule.paths.length > 0) {
    const patterns = rule.paths.flatMap(compiledGlob)
    tests.push(what => what.package.at.some(place => patterns.some(fits => fits(namesOf(place)))))
  }
  if (rule.fixState !== undefined) tests.push(what => fixStateOf(what) === rule.fixState)
  const { name, version, type, upstream } = rule.package ?? {}
  if (version !== undefined) tests.push(what => what.package.version === version)
  if (type !== undefined) tests.push(what => what.package.ecosystem === type)
  if (name !== undefined) {
    const fits = wholeName(name)
    tests.push(what => fits(what.package.name))
  }
  if (upstream !== undefined) {
    const fits = wholeName(upstream)
    tests.push(what => what.package.source !== undefined && fits(what.package.source.name))
  }
  return what => tests.every(fits => fits(what))
})

const wholeName = (pattern: string): ((name: string) => boolean) => {
  const expression = new RegExp(`^(?:${pattern})$`)
  return name => name.length <= longestName && expression.test(name)
}

/** Braces that stand for too much are signs like others. */
const compiledGlob = (glob: string): readonly PathPattern[] => {
  const path = glob.replace(/^\/+/, '')
  try {
    return expandBraces(path).map(compilePattern)
  } catch (error) {
    if (error instanceof RangeError) return [compilePattern(path)]
    throw error
  }
}

const namesOf = (place: Location): readonly string[] =>
  ('path' in place ? (place.path ?? '') : '').split('/').filter(name => name !== '')

const fixStateOf = ({ fixedIn, status }: IgnoreQuestion): string => {
  if (status === 'wont-fix' || status === 'end-of-life') return 'wont-fix'
  if (fixedIn !== undefined) return 'fixed'
  return status === 'undetermined' ? 'unknown' : 'not-fixed'
}
