/** Words → a normalised command. */
import type { Span } from '../../model/text.ts'
import { type Frame, rootFrame } from './frame.ts'
import { readOptions } from './options.ts'
import type { Command, ShellAssignment, ShellWord } from './script.ts'
import { shellDialect } from './shells.ts'
import { baseName, unwrap } from './wrappers.ts'

/** A word, its range in the outermost script, and what it says as a frame of its own (for those that are scripts). */
export type Piece = { readonly word: ShellWord; readonly start: number; readonly end: number; inside(): Frame }

/** A script inside a command: the string of `sh -c`, `su -c` or `eval`. `piece` is the index of its word. */
export type Inner = { readonly piece: Piece; readonly kind: 'shell' | 'eval' }

export type Place = Pick<Command, 'operator' | 'operatorSpan' | 'negated' | 'context' | 'scope' | 'pipeline' | 'statement'>

export type Built = { readonly command: Command; readonly inner: Inner | undefined }

/** The words of `env -S 'string'`, split at blanks outside quotes, with their places. Linear. */
const splitString = (piece: Piece, skip: number, spanOf: (start: number, end: number) => Span, text: string): Piece[] => {
  const frame = piece.inside()
  const pieces: Piece[] = []
  let at = skip
  while (at < frame.text.length) {
    if (/\s/.test(frame.text[at]!)) {
      at++
      continue
    }
    const start = at
    let value = ''
    let quote = ''
    let quoted = false
    for (; at < frame.text.length; at++) {
      const unit = frame.text[at]!
      if (quote === '' && /\s/.test(unit)) break
      if (quote === '' && (unit === '"' || unit === "'")) {
        quote = unit
        quoted = true
      } else if (unit === quote) quote = ''
      else value += unit
    }
    const [from, to] = frame.root(start, at)
    const word: ShellWord = {
      span: spanOf(from, to),
      raw: text.slice(from, to),
      text: value,
      literal: !value.includes('${'),
      quoted,
    }
    const end = at
    pieces.push({ word, start: from, end: to, inside: () => innerOf(frame, start, end, value) })
  }
  return pieces
}

const innerOf = (outer: Frame, start: number, end: number, value: string): Frame => {
  const range = outer.root(start, end)
  return { ...rootFrame(value), root: () => range }
}

const pythons = /^python[0-9.]*$/
const pips = /^pip[0-9.]*$/
const modules = new Set(['pip', 'pipx', 'uv'])

/** `pip3.11` → `pip`; `python3.11` stays. */
export const canonical = (name: string): string => (pips.test(name) ? 'pip' : name)

/** Programs whose arguments may hold another command or script: their words are read at once. */
export const holdsScript = (name: string): boolean =>
  name === 'find' || name === 'su' || name === 'runuser' || shellDialect(name) !== undefined || pythons.test(name)

/** The index of the module's word in `python -m pip …`. */
const moduleIndex = (words: readonly ShellWord[], at: number): number | undefined => {
  for (let i = at + 1; i < words.length; i++) {
    const { text } = words[i]!
    if (text === '-m') return i + 1
    if (!text.startsWith('-') || text === '-' || text === '--' || text === '-c') return undefined
    if (text === '-W' || text === '-X') i++
  }
  return undefined
}

/** The string that a shell, `su` or `eval` will run. */
const innerScript = (
  name: string,
  pieces: readonly Piece[],
  command: Pick<Command, 'options' | 'operands'>,
): Inner | undefined => {
  const pieceOf = (word: ShellWord | undefined): Piece | undefined =>
    word ? pieces.find(piece => piece.word === word) : undefined
  if (shellDialect(name) !== undefined) {
    const piece = command.options.some(option => option.name === '-c') ? pieceOf(command.operands[0]) : undefined
    return piece && { piece, kind: 'shell' }
  }
  if (name === 'su' || name === 'runuser') {
    const option = command.options.find(({ name }) => name === '-c' || name === '--command' || name === '--session-command')
    if (!option || option.value === undefined) return undefined
    const at = pieces.findIndex(piece => piece.word === option.word)
    // The value is a word of its own; `-c'cmd'` and `--command=cmd` are left alone.
    const piece = option.word.text === option.value ? undefined : pieces[at + 1]
    return piece?.word.text === option.value ? { piece, kind: 'shell' } : undefined
  }
  return undefined
}

export type Parts = {
  readonly pieces: readonly Piece[]
  readonly assignments: readonly ShellAssignment[]
  readonly redirects: Command['redirects']
  /** In the outermost script. */
  readonly start: number
  readonly end: number
  readonly place: Place
  /** Of `time` before the pipeline. */
  readonly prefixes: Command['wrappers']
}

const assignmentOf = (word: ShellWord): ShellAssignment => {
  const equals = word.text.indexOf('=')
  const value = word.text.slice(equals + 1)
  return { span: word.span, name: word.text.slice(0, equals), value: { ...word, text: value } }
}

const none: Command['wrappers'] = []

/** Takes the wrappers off and splits options from operands. */
export const buildCommand = (
  origin: { readonly text: string; spanOf(start: number, end: number): Span },
  parts: Parts,
): Built => {
  let pieces = parts.pieces
  let words = pieces.map(piece => piece.word)
  let found = unwrap(words)
  for (let rounds = 0; found.split !== undefined && rounds < 4; rounds++) {
    const { split } = found
    const piece = pieces[split]!
    const prefix = /^(?:-[iv0]*S|--split-string=)/.exec(piece.word.text)?.[0].length ?? 0
    const strings = splitString(piece, prefix, origin.spanOf, origin.text)
    const env = found.wrappers.at(-1)!
    pieces = [...pieces.slice(0, env.from + 1), ...strings, ...pieces.slice(split + 1)]
    words = pieces.map(each => each.word)
    found = unwrap(words)
  }
  const wrappers =
    found.wrappers.length === 0
      ? none
      : found.wrappers.map(({ name, from, to }) => ({
          name,
          span: { start: words[from]!.span.start, end: words[to - 1]!.span.end },
        }))
  const assignments =
    found.assignments.length === 0
      ? parts.assignments
      : [...parts.assignments, ...found.assignments.map(index => assignmentOf(words[index]!))]
  // The words of an argv have quotes outside their text.
  const range = origin.spanOf(parts.start, parts.end)
  const head = words[0]?.span.start ?? range.start
  const tail = words.at(-1)?.span.end ?? range.end
  const span = { start: Math.min(range.start, head), end: Math.max(range.end, tail) }

  // `eval 'script'`: the string is looked into; `eval a b` was taken for a wrapper above.
  const last = found.wrappers.at(-1)
  const evaluated = last?.name === 'eval' && words.length - last.to === 1 && (words[last.to]!.quoted || !words[last.to]!.literal)
  let at = evaluated ? last.from : found.at
  const kept = evaluated ? wrappers.slice(0, -1) : wrappers

  let nameWord = words[at]
  let name = nameWord?.literal ? canonical(baseName(nameWord.text)) : ''
  let all = parts.prefixes.length === 0 ? kept : [...parts.prefixes, ...kept]
  const python = name.startsWith('python') && pythons.test(name)
  if (nameWord && python) {
    const module = moduleIndex(words, at)
    const word = module === undefined ? undefined : words[module]
    if (module !== undefined && word?.literal && modules.has(word.text)) {
      all = [...all, { name, span: { start: nameWord.span.start, end: words[module - 1]!.span.end } }]
      at = module
      nameWord = word
      name = word.text
    }
  }
  const args = words.slice(at + 1)
  const { options, operands } = readOptions(python && !modules.has(name) ? 'python' : name, args)
  const { operator, operatorSpan, negated, pipeline, context, scope, statement } = parts.place
  const command: Command = {
    name,
    nameWord,
    span,
    wrappers: all,
    assignments,
    args,
    options,
    operands,
    redirects: parts.redirects,
    operator,
    operatorSpan,
    negated,
    pipeline,
    context,
    scope,
    statement,
  }
  if (evaluated) return { command, inner: { piece: pieces[at + 1]!, kind: 'eval' } }
  return { command, inner: innerScript(name, pieces, command) }
}

/** The commands that `find` runs: the words between `-exec` and `;` or `+`. Linear. */
export const executed = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const found: Piece[][] = []
  let open: Piece[] | undefined
  for (const piece of pieces) {
    const { text } = piece.word
    if (open === undefined) {
      if (text === '-exec' || text === '-execdir' || text === '-ok' || text === '-okdir') open = []
    } else if (text === ';' || (text === '+' && open.at(-1)?.word.text === '{}')) {
      if (open.length > 0) found.push(open)
      open = undefined
    } else open.push(piece)
  }
  return found
}
