/** Which characters of which pieces have to change so that a reference becomes another one. */
import type { Span } from '../../model/text.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { keyOf, type Leaf, leavesOf, type Piece, valueOf } from './template.ts'
import { nameOf } from './wanted.ts'

/** A text for a span. `isShared`: it stands in an argument. */
export type Splice = { readonly path: string; readonly span: Span; readonly text: string; readonly isShared: boolean }

export type Solution = {
  readonly splices: readonly Splice[]
  /** Variables of the place give way to words. */
  readonly isSpelledOut: boolean
  /** The leaves that the reference is no longer made of, by their keys; `all` for every one. */
  readonly gone: ReadonlySet<string> | 'all'
}

/**
 * How far a solution goes. `argument`: wherever the part stands, a digest in the argument as well. `digest-here`: likewise, but a digest in the place itself.
 * `outer`: in the argument that brings all of it, where variables give way to words. `here`: arguments stay as they are, and variables in the place give way to words. `word`: the whole word is written anew.
 */
export const levels = ['argument', 'digest-here', 'outer', 'here', 'word'] as const
export type Level = (typeof levels)[number]

/** One part of the value that changes. */
type Change = {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly isDigest: boolean
  /** Where the tag starts, or would. */
  readonly tagStart: number
}

/** Undefined when this level has no answer. `word`: the span of the whole word. */
export const solve = (path: string, word: Span, pieces: readonly Piece[], after: string, level: Level): Solution | undefined => {
  if (level === 'word') return { splices: [{ path, span: word, text: after, isShared: false }], isSpelledOut: true, gone: 'all' }
  if (level === 'outer') return solveInside(word, pieces, after)
  const before = valueOf(pieces)
  const changes = changesBetween(before, after)
  if (!changes) return undefined
  const leaves = leavesOf(path, pieces)
  const inside = new Map<Leaf, Change[]>()
  const left: Change[] = []
  for (const change of changes) {
    const found =
      change.start === change.end
        ? insertion(leaves, change, level)
        : replacement(leaves, change, level === 'here' ? 'here' : 'all')
    if (!found) left.push(change)
    else for (const { leaf, part } of found) inside.set(leaf, [...(inside.get(leaf) ?? []), part])
  }
  if (left.length > 0 && level !== 'here') return undefined
  const spelled = spellOut(path, pieces, leaves, changes, left, before)
  if (!spelled) return undefined
  const splices = [...inside].flatMap(([leaf, parts]) => {
    if (spelled.some(({ start, end }) => leaf.start >= start && leaf.end <= end && start < end)) return []
    if (!leaf.span) return []
    const text = applied(before, leaf.start, leaf.end, parts)
    return [{ path: leaf.path, span: leaf.span, text, isShared: leaf.argument !== undefined }]
  })
  const all = [...splices, ...spelled.map(({ splice }) => splice)]
  const isOverlapping = spelled.some(({ splice }) =>
    splices.some(one => !one.isShared && one.span.start < splice.span.end && one.span.end > splice.span.start),
  )
  return isOverlapping ? undefined : { splices: all, isSpelledOut: spelled.length > 0, gone: spelled[0]?.gone ?? nothing }
}

const nothing: ReadonlySet<string> = new Set()

/** `ARG IMAGE="node:${VERSION}"`, used as `FROM ${IMAGE}`: what is wrong for others who use VERSION may be right for those who use IMAGE. */
const solveInside = (word: Span, pieces: readonly Piece[], after: string): Solution | undefined => {
  const [group, ...others] = pieces.filter(piece => valueOf([piece]) !== '')
  if (group?.kind !== 'group' || !group.argument || others.length > 0) return undefined
  const inner = solve(group.argument.path, word, group.pieces, after, 'here')
  return inner && { ...inner, isSpelledOut: false, splices: inner.splices.map(splice => ({ ...splice, isShared: true })) }
}

/** Name, tag and digest each for itself, so that what stays is not touched. */
const changesBetween = (before: string, after: string): readonly Change[] | undefined => {
  const old = parseReference(before)
  const fresh = parseReference(after)
  if (!old || !fresh) return undefined
  const changes: Change[] = []
  const name = nameOf(before, old)
  const newName = nameOf(after, fresh)
  const tagStart = name.length + 1
  if (name !== newName) changes.push({ start: 0, end: name.length, text: newName, isDigest: false, tagStart })
  const part = (start: number, sign: string, was: string | undefined, is: string | undefined): number => {
    const isDigest = sign === '@'
    const end = was === undefined ? start : start + 1 + was.length
    if (was === is) return end
    if (was === undefined) changes.push({ start, end, text: sign + is, isDigest, tagStart })
    else if (is === undefined) changes.push({ start, end, text: '', isDigest, tagStart })
    else changes.push({ start: start + 1, end, text: is, isDigest, tagStart })
    return end
  }
  part(part(name.length, ':', old.tag, fresh.tag), '@', old.digest, fresh.digest)
  return changes
}

type Found = readonly { readonly leaf: Leaf; readonly part: Change }[]

/** Something that was not there before: a tag, or a digest. */
const insertion = (leaves: readonly Leaf[], change: Change, level: Level): Found | undefined => {
  const at = change.start
  const near = leaves.filter(({ span, start, end }) => span && start <= at && at <= end)
  const before = leaves.findLast(({ end, value }) => value !== '' && end <= at)
  // A digest belongs behind what is a whole tag, or more; and not into what something else is made of, unless that is a whole reference anyway.
  const mayHold = ({ argument, argumentStart }: Leaf): boolean =>
    !change.isDigest || argumentStart === 0 || (argumentStart <= change.tagStart && !argument!.isUsedElsewhere)
  const inArgument =
    before?.argument && near.find(leaf => leaf.argument && mayHold(leaf) && (leaf.value !== '' || leaf.end === before.end))
  // What stands behind a variable that brings the whole name would not fit to what somebody else puts into it.
  const fits = !(change.isDigest && before && bringsName(leaves, before))
  const local = fits ? near.findLast(({ argument }) => !argument) : undefined
  const isInArgument = level === 'argument' || (level === 'digest-here' && !change.isDigest)
  const leaf = (isInArgument ? inArgument : undefined) ?? local
  return leaf && [{ leaf, part: change }]
}

/** One variable brings this leaf and the reference's first character. */
const bringsName = (leaves: readonly Leaf[], leaf: Leaf): boolean => {
  const first = leaves.find(({ value }) => value !== '')
  return first !== undefined && first.top === leaf.top && first.argument !== undefined
}

/** Parts that are changed at a time: more are told apart by nobody. */
const mostParts = 12

type Part = { readonly leaf: Leaf; readonly start: number; readonly end: number }

/** What stands in one leaf is changed there. Over several, as few of them as possible: words of the place, then arguments, then both. */
const replacement = (leaves: readonly Leaf[], change: Change, which: 'here' | 'all'): Found | undefined => {
  const parts: readonly Part[] = leaves
    .filter(({ start, end, value }) => value !== '' && start < change.end && end > change.start)
    .map(leaf => ({ leaf, start: Math.max(leaf.start, change.start), end: Math.min(leaf.end, change.end) }))
  if (parts.length === 0 || parts.length > mostParts) return undefined
  const texts = parts.map(({ leaf, start, end }) => leaf.value.slice(start - leaf.start, end - leaf.start))
  const isHere = ({ leaf }: Part): boolean => leaf.span !== undefined && !leaf.argument
  const isFree = ({ leaf }: Part): boolean => leaf.span !== undefined && (which === 'all' || !leaf.argument)
  if (parts.length === 1) return isFree(parts[0]!) ? [{ leaf: parts[0]!.leaf, part: { ...change } }] : undefined
  const choices = [isHere]
  if (which === 'all') {
    const inside = parts.filter(part => isFree(part) && part.leaf.argument)
    for (const { leaf } of inside) choices.push(part => part.leaf === leaf)
    // Of arguments that are made of others, the others alone.
    const deep = inside.filter(({ leaf }) =>
      leaves.every(other => other === leaf || other.value === '' || other.argument !== leaf.argument),
    )
    choices.push(
      part => deep.includes(part),
      part => inside.includes(part),
    )
  }
  const found =
    choices.map(isChosen => distribute(texts, parts.map(isChosen), change.text)).find(one => one) ??
    (which === 'all' ? atSeparator(texts, parts.map(isFree), change.text) : undefined)
  return found?.flatMap((text, i) => {
    const { leaf, start, end } = parts[i]!
    return text === texts[i] ? [] : [{ leaf, part: { ...change, start, end, text } }]
  })
}

/** The new texts of the parts when only the free ones change; undefined when there is no way, or more than one. */
const distribute = (texts: readonly string[], free: readonly boolean[], whole: string): readonly string[] | undefined => {
  if (!free.includes(true) || free.filter(Boolean).length > 3) return undefined
  if (free.some((is, i) => is && free[i + 1])) return undefined
  const match = (any: string): readonly string[] | undefined => {
    const pattern = texts.map((text, i) => (free[i] ? any : escaped(text))).join('')
    return new RegExp(`^${pattern}$`).exec(whole)?.slice(1)
  }
  const groups = match('([^]*?)')
  const others = groups && match('([^]*)')
  if (!groups || !others || groups.some((text, i) => text !== others[i])) return undefined
  // A version of nothing is none.
  if (groups.includes('')) return undefined
  let next = 0
  return texts.map((text, i) => (free[i] ? groups[next++]! : text))
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/** `${VERSION}-bookworm` becomes `22-slim`: two parts, told apart by the sign between them. */
const atSeparator = (texts: readonly string[], free: readonly boolean[], whole: string): readonly string[] | undefined => {
  const [first, second, ...others] = texts
  if (first === undefined || second === undefined || others.length > 0 || free.includes(false)) return undefined
  const sign = second[0]!
  const at = '-._'.includes(sign)
    ? whole.indexOf(sign)
    : '-._'.includes(first.at(-1)!)
      ? whole.lastIndexOf(first.at(-1)!) + 1
      : -1
  return at > 0 && at < whole.length ? [whole.slice(0, at), whole.slice(at)] : undefined
}

/** A part of the value after the changes that touch it. */
const applied = (before: string, start: number, end: number, changes: readonly Change[]): string => {
  let text = ''
  let at = start
  for (const change of [...changes].sort((a, b) => a.start - b.start || a.end - b.end)) {
    text += before.slice(at, change.start) + change.text
    at = change.end
  }
  return text + before.slice(at, end)
}

type Spelled = { readonly start: number; readonly end: number; readonly splice: Splice; readonly gone: ReadonlySet<string> }

/** Words instead of the variables that a change touches: from the first to the last of them, with whatever else changes in there. */
const spellOut = (
  path: string,
  pieces: readonly Piece[],
  leaves: readonly Leaf[],
  changes: readonly Change[],
  left: readonly Change[],
  before: string,
): readonly Spelled[] | undefined => {
  if (left.length === 0) return []
  let at = 0
  const extents = pieces.map((piece, top) => {
    const extent = { piece, top, start: at, end: at + valueOf([piece]).length }
    at = extent.end
    return extent
  })
  let start = Math.min(...left.map(change => change.start))
  let end = Math.max(...left.map(change => change.end))
  // A variable is replaced as a whole, and with it all that changes inside of it.
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false
    const reach = [
      ...extents.filter(({ piece }) => piece.kind !== 'text'),
      ...changes.map(change => ({ start: change.start, end: change.end })),
    ]
    for (const one of reach) {
      const meets = start === end ? one.start <= start && one.end >= end : one.start < end && one.end > start
      if (!meets || (one.start >= start && one.end <= end)) continue
      start = Math.min(start, one.start)
      end = Math.max(end, one.end)
      isGrowing = true
    }
  }
  const inside = extents.filter(one => one.start < end && one.end > start)
  const first = inside[0]
  const last = inside.at(-1)
  if (!first || !last) return undefined
  const from = first.piece.kind === 'text' ? first.piece.span.start + start - first.start : first.piece.outer.start
  const to = last.piece.kind === 'text' ? last.piece.span.start + end - last.start : last.piece.outer.end
  const touched = changes.filter(change => change.start >= start && change.end <= end)
  const text = applied(before, start, end, touched)
  const tops = new Set(inside.flatMap(({ piece, top }) => (piece.kind === 'text' ? [] : [top])))
  const gone = new Set(leaves.flatMap(leaf => (leaf.span && tops.has(leaf.top) ? [keyOf(leaf.path, leaf.span)] : [])))
  return [{ start, end, splice: { path, span: { start: from, end: to }, text, isShared: false }, gone }]
}
