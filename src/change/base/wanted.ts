/** What a base image shall become, and what came of it. */
import type { Edit, Problem } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { type ImageReference, parseReference } from '../../read/dockerfile/reference.ts'

/** `name` as it shall be written. Without a tag none is written; a digest that stood there and is not given goes away. */
export type NewReference = { readonly name: string; readonly tag?: string; readonly digest?: string }

/** Where a reference stands. */
export type Place = {
  readonly path: string
  /** Of the word, the value or the option that says it. */
  readonly span: Span
  readonly in: 'from' | 'copy' | 'mount' | 'compose' | 'build-argument' | 'kubernetes' | 'kustomization' | 'docker-run'
  /** Of a build argument: the Dockerfile that is built with it. */
  readonly dockerfile?: string
}

export type Wanted = (reference: ImageReference, place: Place) => NewReference | undefined

/** `here`: in the place itself. `argument`: in the ARG, default or variable that gives it. `spelled-out`: the place named variables, and does not any more. */
export type BaseChange = Place & {
  /** The references after expansion. */
  readonly before: string
  readonly after: string
  readonly how: 'here' | 'argument' | 'spelled-out'
}

export type Rewritten = {
  /** Sorted; none touches another. */
  readonly edits: readonly Edit[]
  readonly changes: readonly BaseChange[]
  /** `base-by-hand`: wanted, and not done. `base-unknown`: nobody can tell what stands there. */
  readonly problems: readonly Problem[]
}

export const writeReference = ({ name, tag, digest }: NewReference): string =>
  `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`

/** What a text shall become; undefined when it stays. The name stays as it is written where it means the same. Throws RangeError for what is no reference. */
export const wantedText = (text: string, reference: ImageReference, wanted: NewReference | undefined): string | undefined => {
  if (wanted === undefined) return undefined
  const full = writeReference(wanted)
  const parsed = parseReference(full)
  if (!parsed || parsed.tag !== wanted.tag || parsed.digest !== wanted.digest)
    throw new RangeError(`\`${full}\` is no reference to an image`)
  const isSame = parsed.registry === reference.registry && parsed.repository === reference.repository
  const after = isSame ? writeReference({ ...wanted, name: nameOf(text, reference) }) : full
  return after === text ? undefined : after
}

/** The part of a reference before its tag and digest, as written. */
export const nameOf = (text: string, { tag, digest }: Pick<ImageReference, 'tag' | 'digest'>): string =>
  text.slice(0, text.length - (tag === undefined ? 0 : tag.length + 1) - (digest === undefined ? 0 : digest.length + 1))

export const byHand = ({ path, span }: Pick<Place, 'path' | 'span'>, message: string): Problem => ({
  kind: 'uncovered',
  code: 'base-by-hand',
  message,
  at: { in: 'file', path, span },
})

export const unknownBase = ({ path, span }: Pick<Place, 'path' | 'span'>, message: string): Problem => ({
  kind: 'uncovered',
  code: 'base-unknown',
  message,
  at: { in: 'file', path, span },
})
