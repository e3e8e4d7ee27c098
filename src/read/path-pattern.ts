/**
 * Patterns of paths, as in .gitignore and shells: `*`, `?`, `[a-z]`, `[!a]`, `\` before a sign that is meant as it is, `**` for any number of
 * folders, and on request `{a,b}`. Patterns come from the judged tree, so nothing here backtracks more than to the last star: the time is
 * at most pattern × path.
 */

type Unit = { readonly star: true } | { readonly star?: undefined; matches(unit: string): boolean }
type Segment = '**' | ((name: string) => boolean)

/** True when the path, given by its names from the top, fits as a whole. */
export type PathPattern = (names: readonly string[]) => boolean

/** `pattern` has no `/` at its start. A final `**` means at least one name. */
export const compilePattern = (pattern: string): PathPattern => {
  const parts = pattern.split('/')
  const segments: Segment[] = []
  for (const [i, part] of parts.entries()) {
    if (part !== '**') segments.push(compileName(part))
    else {
      if (segments.at(-1) !== '**') segments.push('**')
      if (i === parts.length - 1) segments.push(() => true)
    }
  }
  return names => matchSequence(segments, names, segment => segment === '**', matchSegment)
}

const matchSegment = (segment: Segment, name: string): boolean => segment !== '**' && segment(name)

/** One name, without `/`. */
export const compileName = (pattern: string): ((name: string) => boolean) => {
  const units = readUnits(pattern)
  if (units === undefined) return name => name === pattern
  return name => matchSequence(units, name, isStar, matchUnit)
}

const isStar = (unit: Unit): boolean => unit.star === true
const matchUnit = (unit: Unit, character: string): boolean => !unit.star && unit.matches(character)

/**
 * Wildcard matching in pattern × subject steps: after a mismatch it is enough to let the last star take one more, because what an earlier
 * star could take, the last one can take as well.
 */
const matchSequence = <P, S>(
  pattern: readonly P[],
  subject: ArrayLike<S>,
  isAny: (part: P) => boolean,
  matches: (part: P, item: S) => boolean,
): boolean => {
  let p = 0
  let s = 0
  let lastAny = -1
  let taken = 0
  while (s < subject.length) {
    const part = pattern[p]
    if (part !== undefined && isAny(part)) {
      lastAny = p++
      taken = s
    } else if (part !== undefined && matches(part, subject[s]!)) {
      p++
      s++
    } else if (lastAny !== -1) {
      p = lastAny + 1
      s = ++taken
    } else return false
  }
  while (p < pattern.length && isAny(pattern[p]!)) p++
  return p === pattern.length
}

/** Undefined when the pattern is a plain name. */
const readUnits = (pattern: string): readonly Unit[] | undefined => {
  if (!/[*?[\\]/.test(pattern)) return undefined
  const units: Unit[] = []
  const literal = (wanted: string): Unit => ({ matches: unit => unit === wanted })
  for (let i = 0; i < pattern.length; i++) {
    const sign = pattern[i]!
    if (sign === '*') {
      if (!units.at(-1)?.star) units.push({ star: true })
    } else if (sign === '?') units.push({ matches: () => true })
    else if (sign === '\\' && i + 1 < pattern.length) units.push(literal(pattern[++i]!))
    else if (sign === '[') {
      const set = readSet(pattern, i)
      units.push(set ?? literal('['))
      if (set) i = set.end
    } else units.push(literal(sign))
  }
  return units
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  blank: /^[ \t]$/,
  digit: /^[0-9]$/,
  lower: /^[a-z]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^\s$/,
  upper: /^[A-Z]$/,
  xdigit: /^[0-9A-Fa-f]$/,
}

/** `[…]` from its bracket; `end` is the offset of the closing one. Undefined when none closes it. */
const readSet = (pattern: string, start: number): { readonly end: number; matches(unit: string): boolean } | undefined => {
  let i = start + 1
  const negated = pattern[i] === '!' || pattern[i] === '^'
  if (negated) i++
  const parts: ((unit: string) => boolean)[] = []
  for (let first = true; i < pattern.length; first = false) {
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(i, i + 12))
    if (pattern[i] === ']' && !first) return { end: i, matches: unit => parts.some(part => part(unit)) !== negated }
    if (named) {
      const wanted = classes[named[1]!]
      parts.push(unit => wanted?.test(unit) ?? false)
      i += named[0].length
      continue
    }
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++
    const from = pattern[i++]!
    let to = from
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      i++
      if (pattern[i] === '\\' && i + 1 < pattern.length) i++
      to = pattern[i++]!
    }
    parts.push(unit => unit >= from && unit <= to)
  }
  return undefined
}

const mostAlternatives = 256

/** `a{b,c{d,e}}` → `ab`, `acd`, `ace`. Braces without a comma stay. Throws RangeError over 256 alternatives or 16 levels. */
export const expandBraces = (pattern: string, level = 0): readonly string[] => {
  if (level > 16) throw new RangeError('braces are nested too deeply')
  let depth = 0
  let open = -1
  const commas: number[] = []
  for (let i = 0; i < pattern.length; i++) {
    const sign = pattern[i]
    if (sign === '\\') i++
    else if (sign === '{') {
      if (depth++ === 0) open = i
    } else if (sign === ',' && depth === 1) commas.push(i)
    else if (sign === '}' && depth > 0 && --depth === 0) {
      if (commas.length === 0) continue
      const cuts = [open, ...commas, i]
      const tails = expandBraces(pattern.slice(i + 1), level + 1)
      const result: string[] = []
      for (let c = 0; c + 1 < cuts.length; c++) {
        for (const middle of expandBraces(pattern.slice(cuts[c]! + 1, cuts[c + 1]), level + 1)) {
          for (const tail of tails) result.push(pattern.slice(0, open) + middle + tail)
          if (result.length > mostAlternatives) throw new RangeError(`braces stand for more than ${mostAlternatives} patterns`)
        }
      }
      return result
    }
  }
  return [pattern]
}
