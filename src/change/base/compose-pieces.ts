/** A value of a Compose file in pieces: through `${NAME:-default}` to the defaults and to the `.env` file beside it. */
import type { Span } from '../../model/text.ts'
import { interpolate } from '../../read/compose/interpolate.ts'
import { type Piece, valueOf } from './template.ts'

/** A variable of the `.env` file. `span` is where its value stands; undefined when it is written with escapes or other variables. */
export type EnvironmentValue = { readonly value: string; readonly path: string; readonly span: Span | undefined }
export type Environment = (name: string) => EnvironmentValue | undefined

/** Defaults in defaults. */
const maxDepth = 20

/** `at`: where the text stands. Undefined when a variable has no value, or Compose would refuse it. */
export const composePieces = (text: string, at: number, environment: Environment): readonly Piece[] | undefined => {
  const { text: value, unset, invalid, required } = interpolate(text, name => environment(name)?.value)
  if (invalid !== undefined || required.length > 0 || unset.length > 0) return undefined
  const pieces = read(text, at, environment, 0)
  return pieces && valueOf(pieces) === value ? pieces : [{ kind: 'fixed', value, outer: { start: at, end: at + text.length } }]
}

const reference = /\$(?:\$|\{([A-Za-z_]\w*)|([A-Za-z_]\w*))/g

const read = (text: string, at: number, environment: Environment, depth: number): readonly Piece[] | undefined => {
  if (depth > maxDepth) return undefined
  const pieces: Piece[] = []
  let from = 0
  const literal = (end: number): void => {
    if (end > from) {
      const span = { start: at + from, end: at + end }
      pieces.push({ kind: 'text', value: text.slice(from, end), span, outer: span })
    }
  }
  for (let match = find(text, 0); match; match = find(text, from)) {
    literal(match.index)
    const [found, braced, plain] = match
    const name = braced ?? plain
    const end = braced === undefined ? match.index + found.length : closing(text, match.index + 1) + 1
    if (end === 0) return undefined
    const outer = { start: at + match.index, end: at + end }
    from = end
    if (name === undefined) {
      pieces.push({ kind: 'fixed', value: '$', outer })
      continue
    }
    const known = environment(name)
    const operator = braced === undefined ? undefined : /^:?[-?+]/.exec(text.slice(match.index + found.length, end - 1))?.[0]
    const isThere = known !== undefined && !(operator?.startsWith(':') && known.value === '')
    if (operator?.endsWith('-') && !isThere) {
      const start = match.index + found.length + operator.length
      const inner = read(text.slice(start, end - 1), at + start, environment, depth + 1)
      if (!inner) return undefined
      pieces.push({ kind: 'group', outer, pieces: inner, argument: undefined, isClosed: true })
    } else if (known && !operator?.endsWith('+')) pieces.push(variablePiece(name, known, outer))
    else return undefined
  }
  literal(text.length)
  return pieces
}

const find = (text: string, from: number): RegExpExecArray | null => {
  reference.lastIndex = from
  return reference.exec(text)
}

/** What else uses a variable of `.env` nobody knows: no digest goes into a part of a reference. */
export const variablePiece = (name: string, { value, path, span }: EnvironmentValue, outer: Span): Piece => ({
  kind: 'group',
  outer,
  pieces: span ? [{ kind: 'text', value, span, outer: span }] : [{ kind: 'fixed', value, outer }],
  argument: { name, path, isUsedElsewhere: true },
})

/** The brace that closes the one at `open`; -1 when none does. */
const closing = (text: string, open: number): number => {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}
