/** What a configuration waives: by rule and target, for a reason, by somebody, until a day. One that lacks any of these counts for nothing, and is told. */
import type { ConfiguredIgnore } from '../judge/suppress.ts'
import type { Problem } from '../model/finding.ts'
import type { Waiver } from './configuration.ts'
import type { KnownRules } from './known-rules.ts'

/** One or several patterns → true for a path that fits one of them. */
export type ReadPatterns = (patterns: string | readonly string[]) => (path: string) => boolean

export type Waivers = {
  /** What they silence in a file. */
  of(path: string): readonly ConfiguredIgnore[]
  /** Those that do not count. */
  readonly problems: readonly Problem[]
  unused(rules: { has(rule: string): boolean }): readonly Problem[]
}

/** `file`: where they stand. `inFolder`: a path as the configuration's patterns see it. */
/** Years for which a decision may hold before somebody looks at it again. */
const longest = 2
const inYears = (today: string, years: number): string => `${Number(today.slice(0, 4)) + years}${today.slice(4)}`

export const placedWaivers = (
  waivers: readonly Waiver[],
  file: string,
  names: Pick<KnownRules, 'resolve'>,
  inFolder: (path: string) => string,
  today: string,
  readPatterns: ReadPatterns,
): Waivers => {
  const problems: Problem[] = []
  const used = new Set<Waiver>()
  const tell = (waiver: Waiver, code: string, what: string): Problem => ({
    kind: 'uncovered',
    code,
    message: `the waiver of \`${waiver.rule}\` for \`${waiver.target}\` (line ${waiver.line}) ${what}`,
    at: { in: 'file', path: file, span: waiver.span },
  })
  const counting = waivers.flatMap(waiver => {
    const { rule, target, reason = '', owner = '', until } = waiver
    const missing = [
      reason.trim() === '' ? 'reason' : '',
      owner.trim() === '' ? 'owner' : '',
      until === undefined ? 'last day (until)' : '',
    ].filter(part => part !== '')
    if (missing.length > 0) {
      problems.push(tell(waiver, 'waiver-incomplete', `has no ${missing.join(' and no ')}, so it does not count`))
      return []
    }
    if (rule.endsWith('/*')) {
      problems.push(
        tell(waiver, 'waiver-incomplete', 'is for a whole folder of rules, and a waiver names one, so it does not count'),
      )
      return []
    }
    if (until! > inYears(today, longest)) {
      problems.push(
        tell(waiver, 'waiver-incomplete', `ends in more than ${longest} years, which is no end, so it does not count`),
      )
      return []
    }
    if (until! < today) problems.push(tell(waiver, 'waiver-expired', `ran out on ${until}, so it does not count any more`))
    return [{ waiver, rules: names.resolve(rule), reason, owner, until: until!, fits: targetPattern(target, readPatterns) }]
  })
  return {
    problems,
    of: path =>
      counting.map(({ waiver, rules, reason, owner, until, fits }) => ({
        rules,
        reason,
        owner,
        until,
        matches(finding) {
          const isMet = fits(finding.container, inFolder(path))
          if (isMet) used.add(waiver)
          return isMet
        },
      })),
    unused: ran =>
      counting
        .filter(({ waiver, rules, until }) => until >= today && !used.has(waiver) && rules.some(rule => ran.has(rule)))
        .map(({ waiver }) => tell(waiver, 'waiver-unused', 'meets no finding: take it out, or correct its target')),
  }
}

/** A container's whole name (`Deployment/web › app`), one of its parts (`web`, `app`, `Deployment/web`), or the path. */
const targetPattern = (
  target: string,
  readPatterns: ReadPatterns,
): ((container: string | undefined, path: string) => boolean) => {
  const isPath = readPatterns(target.replace(/^\.\//, ''))
  const isName = wildcard(target)
  return (container, path) => {
    if (isPath(path)) return true
    if (container === undefined) return false
    const parts = container.split(' › ')
    return [container, ...parts, ...parts.map(part => part.slice(part.indexOf('/') + 1))].some(isName)
  }
}

/** `*` stands for anything, slashes included: names are no paths. */
const wildcard = (pattern: string): ((text: string) => boolean) => {
  const pieces = pattern.split('*')
  if (pieces.length === 1) return text => text === pattern
  const [first = ''] = pieces
  const last = pieces.at(-1)!
  const middle = pieces.slice(1, -1)
  return text => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
    let at = first.length
    for (const piece of middle) {
      const found = text.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}
