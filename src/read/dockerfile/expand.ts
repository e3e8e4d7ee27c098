/** Variable expansion as BuildKit does it, with a third answer besides a value and none: "this file does not say". */
import type { Part, VariablePart } from './lex.ts'
import { lex } from './lex.ts'

/** What is known of a variable: a value, `undefined` for declared without one (unknown here), `null` for not declared at all. */
export type Lookup = (name: string) => string | undefined | null

export type Expansion = {
  readonly value: string
  /** False when the value depends on a variable that is unknown here, or the word is malformed; `value` then has it as written. */
  readonly known: boolean
  /** Variables that have no value here, as offsets into the word. */
  readonly missing: readonly { readonly name: string; readonly start: number; readonly end: number; readonly declared: boolean }[]
  /** BuildKit refuses to build: malformed word, or `${x:?message}` on an unset variable. */
  readonly error: { readonly message: string; readonly start: number; readonly end: number } | undefined
}

type Missing = { name: string; start: number; end: number; declared: boolean }

/** More than this, put into a word by its variables, is left unknown: `ENV A=$A$A` repeated has no end. */
const maxGrowth = 8192

/** Steps of pattern matching for each unit of a word, on top of a fixed share; what needs more is left unknown. */
const stepsPerUnit = 100
const stepsForAll = 5000

/** Expands one word. Time and result are bounded by the length of the word. Never throws. */
export const expand = (text: string, escape: string, lookup: Lookup): Expansion => {
  const { parts, error } = lex(text, escape)
  const steps = stepsForAll + stepsPerUnit * text.length
  const run: Run = { text, lookup, missing: [], known: error === undefined, error, steps, longest: text.length + maxGrowth }
  const value = evaluate(parts, run) + (error ? text.slice(parts.at(-1)?.end ?? 0) : '')
  if (value.length > run.longest) return { value: text, known: false, missing: run.missing, error: run.error }
  return { value, known: run.known, missing: run.missing, error: run.error }
}

type Run = {
  readonly text: string
  readonly lookup: Lookup
  readonly missing: Missing[]
  known: boolean
  error: Expansion['error']
  /** Steps of pattern matching that are left. */
  steps: number
  readonly longest: number
}

const evaluate = (parts: readonly Part[], run: Run): string => {
  let value = ''
  for (const part of parts) {
    value += part.kind === 'text' ? part.value : evaluateVariable(part, run)
    // Nothing is gained by going on; `expand` sees that it is too long.
    if (value.length > run.longest) return value
  }
  return value
}

const evaluateVariable = (part: VariablePart, run: Run): string => {
  const written = (): string => run.text.slice(part.start, part.end)
  const current = run.lookup(part.name)
  const set = current !== null && current !== undefined
  const note = (): void => {
    if (!set) run.missing.push({ name: part.name, start: part.start, end: part.end, declared: current === undefined })
  }
  const unknown = (): string => {
    run.known = false
    return written()
  }
  switch (part.modifier) {
    case '-':
    case ':-': {
      note()
      const word = evaluate(part.word, run)
      return !set || (part.modifier === ':-' && current === '') ? word : current
    }
    case '+':
    case ':+': {
      note()
      const word = evaluate(part.word, run)
      // Whoever builds may give a declared variable a value: which of the two it is, nobody here knows.
      if (current === undefined) return unknown()
      return !set || (part.modifier === ':+' && current === '') ? '' : word
    }
    case '?':
    case ':?': {
      note()
      const word = evaluate(part.word, run)
      if (set && !(part.modifier === ':?' && current === '')) return current
      if (current === null || current === '') {
        const message = word || `is not allowed to be ${set ? 'empty' : 'unset'}`
        run.error ??= { message: `${part.name}: ${message}`, start: part.start, end: part.end }
      }
      return unknown()
    }
    case undefined:
      note()
      return set ? current : current === undefined ? unknown() : missingValue(run)
    default: {
      note()
      const pattern = evaluate(part.word, run)
      const replacement = evaluate(part.replacement, run)
      const fromEnd = part.modifier.startsWith('%')
      const tokens = readPattern(fromEnd ? reversePattern([...pattern]) : [...pattern])
      if (tokens === undefined) {
        run.error ??= {
          message: `the pattern \`${pattern}\` has an escape that BuildKit does not know`,
          start: part.start,
          end: part.end,
        }
        return unknown()
      }
      if (current === undefined || (current?.length ?? 0) > run.steps) return unknown()
      const result = applyPattern(part.modifier, current ?? missingValue(run), tokens, replacement, run)
      return run.steps < 0 ? unknown() : result
    }
  }
}

/** An undeclared variable is empty to BuildKit, but a base image may define it: so it is not known. */
const missingValue = (run: Run): string => {
  run.known = false
  return ''
}

type PatternToken = { readonly any: 'one' | 'many'; readonly unit?: undefined } | { readonly any: 'none'; readonly unit: string }

/** `a\*b` → `b\*a`: BuildKit matches `%` patterns backwards. */
const reversePattern = (units: readonly string[]): string[] => {
  const pairs: string[] = []
  for (let i = 0; i < units.length; i++) pairs.push(units[i] === '\\' && i + 1 < units.length ? `\\${units[++i]}` : units[i]!)
  return [...pairs.reverse().join('')]
}

/** The replacement of `//` goes through Go's regexp.Expand: `$0` is the match, `$$` a dollar sign, any other name is empty. */
const expandTemplate = (template: string, match: () => string): string =>
  template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced?: string, plain?: string) =>
    whole === '$$' ? '$' : (braced ?? plain) === '0' ? match() : '',
  )

/** `*`, `?` and backslash escapes; everything else is literal. Undefined for an escape that BuildKit refuses. */
const readPattern = (units: readonly string[]): readonly PatternToken[] | undefined => {
  const tokens: PatternToken[] = []
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!
    if (unit === '*') {
      if (tokens.at(-1)?.any !== 'many') tokens.push({ any: 'many' })
    } else if (unit === '?') tokens.push({ any: 'one' })
    else if (unit === '\\') {
      const next = units[++i]
      if (next === undefined || !'}/*?\\'.includes(next)) return undefined
      tokens.push({ any: 'none', unit: next })
    } else tokens.push({ any: 'none', unit })
  }
  return tokens
}

/**
 * The end of the shortest or longest match of the whole pattern starting at `from`, or -1; -1 as well when no steps are left. No
 * backtracking: it keeps all places that the tokens so far can reach, ascending.
 */
const matchAt = (units: readonly string[], from: number, tokens: readonly PatternToken[], greedy: boolean, run: Run): number => {
  let reachable = [from]
  for (const token of tokens) {
    const next: number[] = []
    if (token.any === 'many') {
      for (let at = reachable[0]!; at <= units.length; at++) {
        next.push(at)
        if (units[at] === '\n') break
      }
    } else {
      for (const at of reachable)
        if (at < units.length && (token.any === 'one' ? units[at] !== '\n' : units[at] === token.unit)) next.push(at + 1)
    }
    run.steps -= 1 + next.length
    if (next.length === 0 || run.steps < 0) return -1
    reachable = next
  }
  return greedy ? reachable.at(-1)! : reachable[0]!
}

const applyPattern = (
  modifier: VariablePart['modifier'],
  value: string,
  tokens: readonly PatternToken[],
  replacement: string,
  run: Run,
): string => {
  const units = [...value]
  const greedy = modifier === '##' || modifier === '%%'
  if (modifier === '#' || modifier === '##') {
    const end = matchAt(units, 0, tokens, greedy, run)
    return end === -1 ? value : units.slice(end).join('')
  }
  if (modifier === '%' || modifier === '%%') {
    const end = matchAt([...units].reverse(), 0, tokens, greedy, run)
    return end === -1 ? value : units.slice(0, units.length - end).join('')
  }
  let result = ''
  let at = 0
  let previous = -1
  while (at <= units.length) {
    const end = matchAt(units, at, tokens, true, run)
    if (run.steps < 0) return value
    // As in Go, an empty match right after another one is none.
    if (end === -1 || (end === at && at === previous)) {
      result += units[at++] ?? ''
      continue
    }
    if (modifier === '/') return result + replacement + units.slice(end).join('')
    result += expandTemplate(replacement, () => units.slice(at, end).join(''))
    previous = end
    if (end > at) at = end
    else result += units[at++] ?? ''
  }
  return result
}
