/** A reference in pieces: what stands in its place, and what variables bring from other places. */
import type { Span } from '../../model/text.ts'

export type Piece =
  /** `span`: where exactly the value stands; `outer` has the quotes around it, too. */
  | { readonly kind: 'text'; readonly value: string; readonly span: Span; readonly outer: Span }
  /** Nothing here can be changed: what patterns make of a variable, escapes, values of the environment. */
  | { readonly kind: 'fixed'; readonly value: string; readonly outer: Span }
  /** A variable, and what its value is made of. `argument` is undefined for a default that is written in the place itself: `${TAG:-20}`. */
  | {
      readonly kind: 'group'
      readonly outer: Span
      readonly pieces: readonly Piece[]
      readonly argument: Argument | undefined
      /** Nothing may be put in behind it. */
      readonly isClosed?: true
    }

export type Argument = {
  readonly name: string
  /** The file in which its value stands. */
  readonly path: string
  /** Something else than references is made of it, in which a digest would do harm. */
  readonly isUsedElsewhere: boolean
}

/** One unbroken part of the value. */
export type Leaf = {
  readonly value: string
  /** Offsets in the value. */
  readonly start: number
  readonly end: number
  readonly path: string
  /** Undefined: it cannot be changed. */
  readonly span: Span | undefined
  /** The innermost argument in whose value it stands: others may see what is changed there. */
  readonly argument: Argument | undefined
  /** Where in the value that begins what this argument brings; 0 without one. */
  readonly argumentStart: number
  /** The index of the outermost piece that it belongs to. */
  readonly top: number
}

export const valueOf = (pieces: readonly Piece[]): string =>
  pieces.map(piece => (piece.kind === 'group' ? valueOf(piece.pieces) : piece.value)).join('')

/** In order. Behind every variable there is an empty leaf, where something may be put in. */
export const leavesOf = (path: string, pieces: readonly Piece[]): readonly Leaf[] => {
  const leaves: Leaf[] = []
  let at = 0
  const add = (value: string, where: Pick<Leaf, 'path' | 'span' | 'argument' | 'argumentStart' | 'top'>): void => {
    leaves.push({ value, start: at, end: at + value.length, ...where })
    at += value.length
  }
  const visit = (piece: Piece, file: string, argument: Argument | undefined, argumentStart: number, top: number): void => {
    if (piece.kind !== 'group') {
      add(piece.value, { path: file, span: piece.kind === 'text' ? piece.span : undefined, argument, argumentStart, top })
      return
    }
    const start = piece.argument ? at : argumentStart
    for (const inner of piece.pieces) visit(inner, piece.argument?.path ?? file, piece.argument ?? argument, start, top)
    const { end } = piece.outer
    if (!piece.isClosed) add('', { path: file, span: { start: end, end }, argument, argumentStart, top })
  }
  for (const [top, piece] of pieces.entries()) visit(piece, path, undefined, 0, top)
  return leaves
}

/** Of a place, across files. */
export const keyOf = (path: string, { start, end }: Span): string => `${path}\0${start}\0${end}`
