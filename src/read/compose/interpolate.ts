/** Variables in Compose's values (https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md), and in `.env` files. */

export type Lookup = (name: string) => string | undefined

export type Interpolated = {
  readonly text: string
  /** True when nothing but references makes the text up: none of it stands in the file. */
  readonly isReference: boolean
  /** Variables that have no value and no default: the empty text stands for them. */
  readonly unset: readonly string[]
  /** `${NAME:?message}` of variables without a value: Compose stops there. */
  readonly required: readonly { readonly name: string; readonly message: string }[]
  /** What begins like a variable and is none, as written: Compose refuses it. */
  readonly invalid: string | undefined
}

/** Defaults inside of defaults. */
const maxDepth = 20
/** A variable's value may be put into a text as often as it is named there. */
const maxLength = 1024 * 1024

const nameStart = /[A-Za-z_]/
const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y

type Gathered = {
  unset: string[]
  required: { name: string; message: string }[]
  invalid: string | undefined
  own: boolean
}

export const interpolate = (text: string, lookup: Lookup): Interpolated => {
  const gathered: Gathered = { unset: [], required: [], invalid: undefined, own: false }
  const result = substitute(text, lookup, gathered, 0)
  return {
    text: result,
    isReference: !gathered.own && text.includes('$'),
    unset: gathered.unset,
    required: gathered.required,
    invalid: gathered.invalid,
  }
}

const substitute = (text: string, lookup: Lookup, gathered: Gathered, depth: number): string => {
  let result = ''
  let from = 0
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', from)) {
    if (at > from) gathered.own = true
    result += text.slice(from, at)
    const next = text[at + 1] ?? ''
    if (next === '$') {
      gathered.own = true
      result += '$'
      from = at + 2
    } else if (next === '{') {
      const end = closing(text, at + 1)
      const inside = end === -1 ? undefined : text.slice(at + 2, end)
      const value = inside === undefined || depth > maxDepth ? undefined : braced(inside, lookup, gathered, depth)
      if (value === undefined) {
        gathered.invalid ??= text.slice(at, Math.min(end === -1 ? text.length : end + 1, at + 40))
        gathered.own = true
        result += text.slice(at, end === -1 ? text.length : end + 1)
      } else result += value
      from = end === -1 ? text.length : end + 1
    } else if (nameStart.test(next)) {
      const name = nameAt(text, at + 1)
      result += valueOf(name, lookup, gathered)
      from = at + 1 + name.length
    } else {
      gathered.own = true
      result += '$'
      from = at + 1
    }
    if (result.length > maxLength) {
      gathered.invalid ??= `${text.slice(0, 40)}…`
      return result.slice(0, maxLength)
    }
  }
  if (from < text.length) gathered.own = true
  return result + text.slice(from)
}

const nameAt = (text: string, at: number): string => {
  namePattern.lastIndex = at
  return namePattern.exec(text)?.[0] ?? ''
}

const valueOf = (name: string, lookup: Lookup, gathered: Gathered): string => {
  const value = lookup(name)
  if (value === undefined) gathered.unset.push(name)
  return value ?? ''
}

/** The brace that closes the one at `open`; -1 when none does. */
const closing = (text: string, open: number): number => {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const sign = text[at]
    if (sign === '{') depth++
    if (sign === '}' && --depth === 0) return at
  }
  return -1
}

/** What stands between the braces; undefined when that is no reference. */
const braced = (inside: string, lookup: Lookup, gathered: Gathered, depth: number): string | undefined => {
  const name = nameAt(inside, 0)
  if (name === '') return undefined
  if (name.length === inside.length) return valueOf(name, lookup, gathered)
  const colon = inside[name.length] === ':'
  const operator = inside[name.length + (colon ? 1 : 0)]
  const word = inside.slice(name.length + (colon ? 2 : 1))
  const value = lookup(name)
  const isThere = value !== undefined && !(colon && value === '')
  switch (operator) {
    case '-':
      return isThere ? value : substitute(word, lookup, gathered, depth + 1)
    case '+':
      return isThere ? substitute(word, lookup, gathered, depth + 1) : ''
    case '?':
      if (isThere) return value
      gathered.required.push({ name, message: substitute(word, lookup, { ...gathered, unset: [], required: [] }, depth + 1) })
      return ''
    default:
      return undefined
  }
}
