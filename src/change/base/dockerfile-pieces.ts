/** A word of a Dockerfile in pieces: through quotes and variables, to the ARGs before the first FROM that give their values. */
import type { Span } from '../../model/text.ts'
import { expand } from '../../read/dockerfile/expand.ts'
import type { Dockerfile, Variables } from '../../read/dockerfile/graph.ts'
import { lex, type Part, type VariablePart, variablesOf } from '../../read/dockerfile/lex.ts'
import type { KeyValue, Word } from '../../read/dockerfile/syntax.ts'
import { lookupIn, platformArguments } from '../../read/dockerfile/variables.ts'
import { type Argument, type Piece, valueOf } from './template.ts'

/** Values that somebody gives to the build, in pieces of the file that says so. */
export type Given = ReadonlyMap<string, { readonly path: string; readonly pieces: readonly Piece[] }>

/** Arguments in arguments; deeper ones are not followed. */
const maxDepth = 20
/** Pieces of one word: arguments that name others twice double them. */
const maxPieces = 1000

/** Of one file. */
const maxPiecesOfFile = 200_000

type Resolve = (name: string, outer: Span, depth: number) => Piece | undefined
type Lookup = (name: string) => string | undefined | null

export class DockerfilePieces {
  readonly #dockerfile: Dockerfile
  readonly #given: Given
  readonly #pairs: KeyValue[] = []
  /** Of each pair after expansion. */
  readonly #values: (string | undefined)[] = []
  readonly #declared = new Set<string>()
  /** Places in `#pairs` where a name has a value, ascending. */
  readonly #defined = new Map<string, number[]>()
  /** Names that others than references are made of. */
  readonly #elsewhere = new Set<string>()
  readonly #preamble: ReadonlySet<unknown>
  #left = 0
  #leftInFile = maxPiecesOfFile

  constructor(dockerfile: Dockerfile, given: Given = new Map()) {
    this.#dockerfile = dockerfile
    this.#given = given
    this.#preamble = new Set(dockerfile.preamble.map(({ instruction }) => instruction))
    const { escape } = dockerfile.tree
    const mention = (raw: string): void => {
      for (const { name } of variablesOf(lex(raw, escape).parts)) this.#elsewhere.add(name)
    }
    for (const { instruction } of dockerfile.preamble) {
      if (instruction.name !== 'ARG') continue
      for (const pair of instruction.pairs) {
        const index = this.#pairs.length
        this.#declared.add(pair.key)
        if (pair.value) {
          mention(pair.value.raw)
          const { value, known } = expand(pair.value.raw, escape, this.#lookupBefore(index))
          this.#values[index] = known ? value : undefined
          const places = this.#defined.get(pair.key)
          if (places) places.push(index)
          else this.#defined.set(pair.key, [index])
        }
        this.#pairs.push(pair)
      }
    }
    for (const { steps, platform } of dockerfile.stages) {
      if (platform) mention(platform.raw)
      for (const { instruction } of steps)
        if (instruction.name === 'ARG') for (const { key, value } of instruction.pairs) if (!value) this.#elsewhere.add(key)
    }
  }

  /** `variables`: those in scope; `value`: what the word expands to. What cannot be taken apart is one fixed piece. */
  of(word: Word, variables: Variables, value: string): readonly Piece[] {
    const resolve: Resolve = (name, outer, depth) => {
      const variable = variables.get(name)
      if (variable?.by !== 'arg') return undefined
      // What an ARG of the stage, or ENV, says itself is not followed.
      const isOwn = variable.at?.pairs.some(pair => pair.key === name && pair.value) && !this.#preamble.has(variable.at)
      return isOwn ? undefined : this.#global(name, this.#pairs.length, outer, depth)
    }
    return this.#whole(word, value, resolve, lookupIn(variables))
  }

  /** A word of FROM, with what is given to the build; undefined where nothing given is in it, or nobody knows what it is. */
  ofGiven(word: Word): { readonly value: string; readonly pieces: readonly Piece[] } | undefined {
    const lookup = this.#lookupBefore(this.#pairs.length)
    const { value, known } = expand(word.raw, this.#dockerfile.tree.escape, lookup)
    if (!known) return undefined
    const pieces = this.#whole(word, value, (name, outer, depth) => this.#global(name, this.#pairs.length, outer, depth), lookup)
    return { value, pieces: pieces.map(piece => onlyGiven(piece, this.#given)) }
  }

  #whole({ raw, span }: Word, value: string, resolve: Resolve, lookup: Lookup): readonly Piece[] {
    const whole: readonly Piece[] = [{ kind: 'fixed', value, outer: span }]
    if (span.end - span.start !== raw.length) return whole
    this.#left = Math.min(maxPieces, this.#leftInFile)
    const pieces = this.#pieces(lex(raw, this.#dockerfile.tree.escape).parts, raw, span.start, resolve, lookup, 0)
    this.#leftInFile -= Math.min(maxPieces, this.#leftInFile) - this.#left
    return this.#left > 0 && valueOf(pieces) === value ? pieces : whole
  }

  #pieces(parts: readonly Part[], raw: string, offset: number, resolve: Resolve, lookup: Lookup, depth: number): Piece[] {
    const pieces: Piece[] = []
    for (const [i, part] of parts.entries()) {
      if (--this.#left < 0) return pieces
      const outer = { start: offset + part.start, end: offset + part.end }
      if (part.kind === 'text') {
        const span = insideOf(part, raw, parts[i - 1], offset)
        pieces.push(span ? { kind: 'text', value: part.value, span, outer } : { kind: 'fixed', value: part.value, outer })
      } else pieces.push(this.#variable(part, raw, offset, outer, resolve, lookup, depth))
    }
    return pieces
  }

  #variable(
    part: VariablePart,
    raw: string,
    offset: number,
    outer: Span,
    resolve: Resolve,
    lookup: Lookup,
    depth: number,
  ): Piece {
    const { escape } = this.#dockerfile.tree
    const current = lookup(part.name)
    const isSet = current !== undefined && current !== null
    const isThere = isSet && !(part.modifier?.startsWith(':') && current === '')
    const value = expand(raw.slice(part.start, part.end), escape, lookup).value
    const inner = (): Piece => ({
      kind: 'group',
      outer,
      pieces: this.#pieces(part.word, raw, offset, resolve, lookup, depth + 1),
      argument: undefined,
      isClosed: true,
    })
    let piece: Piece | undefined
    if (depth < maxDepth) {
      if (part.modifier === '-' || part.modifier === ':-') piece = isThere ? resolve(part.name, outer, depth) : inner()
      else if (part.modifier === '+' || part.modifier === ':+') piece = isThere ? inner() : undefined
      else if (part.modifier === undefined || part.modifier === '?' || part.modifier === ':?')
        piece = resolve(part.name, outer, depth)
    }
    return piece && valueOf([piece]) === value ? piece : { kind: 'fixed', value, outer }
  }

  /** What an ARG before the first FROM gives, as the one numbered `before` sees it. */
  #global(name: string, before: number, outer: Span, depth: number): Piece | undefined {
    const given = this.#declared.has(name) ? this.#given.get(name) : undefined
    if (given) {
      const argument = { name, path: given.path, isUsedElsewhere: this.#elsewhere.has(name) }
      return { kind: 'group', outer, pieces: given.pieces, argument }
    }
    const at = this.#definedBefore(name, before)
    const value = at === undefined ? undefined : this.#pairs[at]!.value
    if (at === undefined || !value || value.span.end - value.span.start !== value.raw.length) return undefined
    const argument: Argument = { name, path: this.#dockerfile.path, isUsedElsewhere: this.#elsewhere.has(name) }
    const resolve: Resolve = (inner, where, deep) => this.#global(inner, at, where, deep + 1)
    const { parts } = lex(value.raw, this.#dockerfile.tree.escape)
    const pieces = this.#pieces(parts, value.raw, value.span.start, resolve, this.#lookupBefore(at), depth + 1)
    return { kind: 'group', outer, pieces, argument }
  }

  #lookupBefore(before: number): Lookup {
    return name => {
      const given = this.#declared.has(name) ? this.#given.get(name) : undefined
      if (given) return valueOf(given.pieces)
      const at = this.#definedBefore(name, before)
      if (at !== undefined) return this.#values[at]
      return this.#declared.has(name) || platformArguments.has(name) ? undefined : null
    }
  }

  /** The last place before another at which a name has a value. */
  #definedBefore(name: string, before: number): number | undefined {
    const places = this.#defined.get(name)
    if (!places) return undefined
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (places[middle]! < before) low = middle + 1
      else high = middle
    }
    return places[low - 1]
  }
}

/** Everything else is as the Dockerfile has it, and no business of who builds it. */
const onlyGiven = (piece: Piece, given: Given): Piece => {
  if (piece.kind === 'text') return { kind: 'fixed', value: piece.value, outer: piece.outer }
  if (piece.kind === 'fixed') return piece
  const isGiven = piece.argument !== undefined && given.get(piece.argument.name)?.pieces === piece.pieces
  return { ...piece, isClosed: true, pieces: isGiven ? piece.pieces : piece.pieces.map(one => onlyGiven(one, given)) }
}

/** Where the value of a piece of text stands, without the quotes around it; undefined when it is written in another way. */
const insideOf = (
  part: Part & { readonly kind: 'text' },
  raw: string,
  previous: Part | undefined,
  offset: number,
): Span | undefined => {
  const text = raw.slice(part.start, part.end)
  const at = (start: number): Span => ({
    start: offset + part.start + start,
    end: offset + part.start + start + part.value.length,
  })
  if (text === part.value) return at(0)
  if (!part.quoted || text.length - part.value.length > 2) return undefined
  if (part.value === '') {
    const isClosing = text.length === 1 && previous?.kind === 'variable' && previous.quoted && previous.end === part.start
    return at(isClosing ? 0 : 1)
  }
  const start = text.startsWith(part.value) ? 0 : 1
  return text.slice(start, start + part.value.length) === part.value ? at(start) : undefined
}
