/** `.env` files as Compose reads them: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax */
import type { Span } from '../../model/text.ts'
import { interpolate, type Lookup } from './interpolate.ts'

export type DotEnvEntry = {
  readonly name: string
  /** Undefined: only its name stands there, and it is taken from the caller's environment. */
  readonly value: string | undefined
  readonly span: Span
}

export type DotEnv = {
  readonly entries: readonly DotEnvEntry[]
  /** Where a line is that Compose would refuse. */
  readonly wrong: readonly Span[]
}

const assignment = /^(?:export[ \t]+)?([A-Za-z0-9_.\-[\]]+)[ \t]*(?:[=:][ \t]*|$)/

/** Earlier entries of the file win over the environment inside of values only where the environment has none. */
export const readDotEnv = (text: string, env: Lookup): DotEnv => {
  const entries: DotEnvEntry[] = []
  const wrong: Span[] = []
  const known = new Map<string, string>()
  const lookup: Lookup = name => env(name) ?? known.get(name)
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const lineEnd = endOfLine(text, at)
    const line = text.slice(at, lineEnd)
    const bare = line.trimStart()
    const start = at + line.length - bare.length
    at = lineEnd + 1
    if (bare.trim() === '' || bare.startsWith('#')) continue
    const match = assignment.exec(bare.trimEnd())
    if (!match) {
      wrong.push({ start, end: lineEnd })
      continue
    }
    const name = match[1]!
    const valueAt = start + match[0].length
    if (!/[=:]/.test(match[0].slice(match[0].indexOf(name) + name.length))) {
      entries.push({ name, value: undefined, span: { start, end: start + match[0].length } })
      continue
    }
    const { value, end } = readValue(text, valueAt, lineEnd, lookup)
    if (value === undefined) wrong.push({ start, end: lineEnd })
    else {
      entries.push({ name, value, span: { start, end } })
      known.set(name, value)
      at = endOfLine(text, end) + 1
    }
  }
  return { entries, wrong }
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Quoted values may span lines; single quotes keep everything as it is. */
const readValue = (text: string, at: number, lineEnd: number, lookup: Lookup): { value: string | undefined; end: number } => {
  const quote = text[at]
  if (quote !== "'" && quote !== '"') {
    const raw = text.slice(at, lineEnd)
    const comment = /[ \t]#/.exec(raw)?.index ?? (raw.startsWith('#') ? 0 : raw.length)
    const bare = raw.slice(0, comment).trimEnd()
    return { value: filled(bare, lookup), end: at + bare.length }
  }
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const sign = text[i]!
    if (sign === quote) return { value: quote === '"' ? filled(value, lookup) : value, end: i + 1 }
    if (sign === '\\' && i + 1 < text.length) {
      const next = text[i + 1]!
      i++
      if (quote === "'") value += next === "'" ? next : `\\${next}`
      else value += escapes[next] ?? (next === '$' ? '$$' : `\\${next}`)
    } else value += sign
  }
  return { value: undefined, end: lineEnd }
}

const filled = (text: string, lookup: Lookup): string | undefined => {
  const { text: value, invalid } = interpolate(text, lookup)
  return invalid === undefined ? value : undefined
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', "'": "'" }
