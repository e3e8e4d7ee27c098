/**
 * What sources say of writing, listening, answering and starting, found by patterns and small expressions. A line of comments says nothing.
 * Every pattern is bounded, and lines are no longer than 2,000 characters.
 */
import type { Stack, Stated } from '../../model/project.ts'
import { argumentsAt, evaluate, expressionAt, type Known, type Scope } from './expression.ts'
import { distinct, type Source } from './stack-reader.ts'

export type Probe = {
  readonly finds: 'writes' | 'ports' | 'healthPaths' | 'programs'
  /** Global. Ends with the bracket of a call, or directly before an expression; its first group, where it has one, is the value itself. */
  readonly pattern: RegExp
  /** Which argument of the call: a position, or a name: `port=`, `port:`. Several: the first that is known. */
  readonly argument?: number | string | readonly (number | string)[]
  /** What the arguments have to be. */
  readonly only?: (args: readonly string[]) => boolean
  /** The value stands for its folder. */
  readonly isFolderOf?: true
  /** Stands before the value, as a slash before the routes of Rails. */
  readonly before?: string
  /** Another value in its place, relative to the program's folder. */
  readonly value?: string
}

export type Probed = Pick<Stack, 'writes' | 'ports' | 'healthPaths' | 'programs'>

const mostEach = 200
/** Expressions that are looked at for one program: real ones have some hundreds. */
const mostExpressions = 4000

export const probe = (sources: readonly Source[], probes: readonly Probe[], comment: RegExp): Probed => {
  const found = {
    writes: [] as Stated<string>[],
    ports: [] as Stated<number>[],
    healthPaths: [] as Stated<string>[],
    programs: [] as Stated<string>[],
  }
  const texts = sources.map(source => ({ ...source, text: withoutComments(source.text, comment) }))
  const scopes = scopesOf(texts)
  let tried = 0
  for (const source of texts) {
    const scope = scopes(source)
    for (const one of probes) {
      const list = found[one.finds]
      for (const match of source.text.matchAll(one.pattern)) {
        if (list.length >= mostEach || ++tried > mostExpressions) break
        const known = valueOf(one, match, source.text, scope)
        if (!known) continue
        if (one.finds === 'ports') {
          const port = portOf(known)
          if (port !== undefined) found.ports.push({ value: port, by: source.path })
        } else if (one.finds === 'writes') {
          const path = writtenPath(known, one.isFolderOf === true)
          if (path !== undefined) found.writes.push({ value: path, by: source.path })
        } else if (one.finds === 'healthPaths') {
          if (known.isWhole && isHealthPath(known.text)) found.healthPaths.push({ value: known.text, by: source.path })
        } else {
          const program = programOf(known)
          if (program !== undefined) found.programs.push({ value: program, by: source.path })
        }
      }
    }
  }
  return {
    writes: distinct(found.writes),
    ports: distinct(found.ports),
    healthPaths: distinct(found.healthPaths).toSorted((a, b) => healthRank(a.value) - healthRank(b.value)),
    programs: distinct(found.programs),
  }
}

const valueOf = (one: Probe, match: RegExpExecArray, text: string, scope: Scope): Known | undefined => {
  if (one.value !== undefined) return { text: one.value, isWhole: true }
  if (match[1] !== undefined) return { text: (one.before ?? '') + match[1], isWhole: true }
  const end = match.index + match[0].length
  if (one.argument === undefined) return evaluate(expressionAt(text, end), scope)
  const args = argumentsAt(text, end)
  if (one.only && !one.only(args)) return undefined
  for (const wanted of [one.argument].flat()) {
    const arg = typeof wanted === 'number' ? args[wanted] : named(args, wanted)
    if (arg === undefined) continue
    // Of an address only its end counts: `host + ":" + port`.
    const known =
      evaluate(arg, scope) ??
      (one.finds === 'ports' && arg.includes('+') ? evaluate(arg.slice(arg.lastIndexOf('+') + 1), scope) : undefined)
    if (known) return known
  }
  return undefined
}

/** `port=1`, `port: 1`, and in an object among the arguments: `{ port: 1 }`. */
const named = (args: readonly string[], name: string): string | undefined => {
  for (const arg of args) {
    for (const part of arg.startsWith('{') ? argumentsAt(arg, 1) : [arg]) {
      if (part === name) return part
      if (part.startsWith(name)) {
        const sign = /^\s{0,4}(?:=>|[=:])(?!=)/.exec(part.slice(name.length))
        if (sign) return part.slice(name.length + sign[0].length)
      }
    }
  }
  return undefined
}

export const portOf = (known: Known): number | undefined => {
  const digits = /^(?:[\w.*-]{0,60}:|\[[\da-f:]{0,40}\]:)?(\d{1,5})$/i.exec(known.text)?.[1]
  const port = Number(digits)
  return known.isWhole && port > 0 && port < 65_536 ? port : undefined
}

/** Relative to the program's folder without `./`, or absolute. Undefined for what leads out, is no path, or is the folder itself. */
const writtenPath = (known: Known, isFolderOf: boolean): string | undefined => {
  let { text } = known
  // A file right in the program's folder stands for itself.
  if (!known.isWhole || (isFolderOf && text.replace(/^\.\//, '').includes('/'))) text = text.slice(0, text.lastIndexOf('/') + 1)
  if (/[\0\n<>|*{}$%]|^[a-z][a-z+.-]{1,20}:\/\//i.test(text) || text.length > 200) return undefined
  const isAbsolute = text.startsWith('/')
  const parts: string[] = []
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else parts.push(part)
  }
  const path = parts.join('/')
  if (path === '' || path.startsWith('~')) return undefined
  if (isAbsolute && /^(?:dev|proc|sys)(?:\/|$)/.test(path)) return undefined
  return isAbsolute ? `/${path}` : path
}

const healthy =
  /^\/(?:[\w.-]{1,30}\/){0,4}(?:-\/(?:healthy|ready)|_?health(?:z|y|_?-?check)?|ready(?:z)?|readiness|live(?:z|ness)?|alive|ping|up|heartbeat)(?:\/(?:live|ready|liveness|readiness|startup))?\/?$/i

export const isHealthPath = (path: string): boolean => path.length < 100 && healthy.test(path)

/** The plainest answer first. */
const healthRank = (path: string): number =>
  /health/i.test(path) ? 0 : /live|alive/i.test(path) ? 1 : /ready|readiness/i.test(path) ? 2 : 3

/** The first word, without its folder. */
const programOf = ({ text, isWhole }: Known): string | undefined => {
  const [first = ''] = text.trim().split(/\s/, 1)
  if (!isWhole && first === text.trim()) return undefined
  const name = first.slice(first.lastIndexOf('/') + 1)
  return /^[A-Za-z][\w.+-]{0,40}$/.test(name) ? name : undefined
}

export const withoutComments = (text: string, comment: RegExp): string =>
  text
    .split('\n')
    .map(line => (comment.test(line) ? '' : line))
    .join('\n')

/** `//`, `/* … *\/` where it takes whole lines. */
export const slashComment = /^\s{0,200}(?:\/\/|\/\*|\*[ /]|\*$)/
export const hashComment = /^\s{0,200}#/

const assignment = /(?:^|[\s,{(;])["']?([$@]?[A-Za-z_][\w$.-]{0,60})["']?[ \t]{0,40}(?::=|=>|=|:)[ \t]{0,4}(?=[^\s=>])/g
const mostAssignments = 200_000

/** Where a name is given a value. */
type Given = { readonly text: string; readonly at: number }

/** Names of a file, else of all files. */
const scopesOf = (sources: readonly Source[]): ((source: Source) => Scope) => {
  const perFile = new Map<string, ReadonlyMap<string, readonly Given[]>>()
  let count = 0
  const namesIn = (source: Source): ReadonlyMap<string, readonly Given[]> => {
    const known = perFile.get(source.path)
    if (known) return known
    const names = new Map<string, Given[]>()
    for (const match of source.text.matchAll(assignment)) {
      if (++count > mostAssignments) break
      add(names, match[1]!.slice(match[1]!.lastIndexOf('.') + 1).replace(/^[$@]/, ''), {
        text: source.text,
        at: match.index + match[0].length,
      })
    }
    perFile.set(source.path, names)
    return names
  }
  let everywhere: ReadonlyMap<string, readonly Given[]> | undefined
  const inAll = (name: string): readonly Given[] => {
    if (!everywhere) {
      const all = new Map<string, Given[]>()
      for (const source of sources) for (const [key, values] of namesIn(source)) for (const one of values) add(all, key, one)
      everywhere = all
    }
    return everywhere.get(name) ?? []
  }
  return source => {
    const at = source.name.lastIndexOf('/')
    return {
      folder: at === -1 ? '' : source.name.slice(0, at),
      lookup: (name, isShared) =>
        (namesIn(source).get(name) ?? (isShared ? inAll(name) : [])).map(one => expressionAt(one.text, one.at)),
    }
  }
}

/** The first five are enough to see that they do not agree. */
const add = (names: Map<string, Given[]>, name: string, given: Given): void => {
  const list = names.get(name)
  if (!list) names.set(name, [given])
  else if (list.length < 5) list.push(given)
}
