/** Several references at once: what they share changes only when all who share it want the same. */
import type { Edit } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { type Level, levels, type Solution, solve } from './solve.ts'
import { keyOf, type Leaf, leavesOf, type Piece } from './template.ts'

/** One reference. `after` is undefined for one that shall stay as it is. */
export type Use = {
  readonly path: string
  readonly word: Span
  readonly pieces: readonly Piece[]
  readonly after: string | undefined
}

export type Planned = {
  /** In the order of the uses; undefined: left to a person, or nothing to do. */
  readonly solutions: readonly (Solution | undefined)[]
  readonly levels: readonly Level[]
  readonly edits: readonly Edit[]
}

/** Rounds in which those who do not agree try the next way. Then all that share something are spelled out. */
const maxRounds = 12

/** `start`: the level at which each use begins, for those that were tried before; `last`: the last one that is allowed. */
export const planUses = (uses: readonly Use[], start: readonly number[], last: Level): Planned => {
  const most = levels.indexOf(last)
  const at = [...start]
  const leaves = uses.map(({ path, pieces }) => leavesOf(path, pieces).filter(({ argument, span }) => argument && span))
  const solutions: (Solution | undefined)[] = uses.map(() => undefined)
  const advance = (i: number): void => {
    const { path, word, pieces, after } = uses[i]!
    solutions[i] = undefined
    for (; after !== undefined && at[i]! <= most; at[i]!++) {
      solutions[i] = solve(path, word, pieces, after, levels[at[i]!]!)
      if (solutions[i]) return
    }
  }
  for (const i of uses.keys()) advance(i)
  for (let round = 0; ; round++) {
    const torn = disagreeing(leaves, solutions)
    if (torn.size === 0) break
    for (const i of torn) {
      at[i] = round < maxRounds ? at[i]! + 1 : Math.max(at[i]! + 1, levels.indexOf('here'))
      advance(i)
    }
  }
  return { solutions, levels: at.map(one => levels[Math.min(one, most)]!), edits: editsOf(solutions) }
}

/** Those who want to change something that others want otherwise. Each round takes them further, so there is an end. */
const disagreeing = (leaves: readonly (readonly Leaf[])[], solutions: readonly (Solution | undefined)[]): ReadonlySet<number> => {
  const wishes = new Map<string, { readonly texts: Set<string>; readonly by: number[] }>()
  for (const [i, own] of leaves.entries()) {
    const asked = new Map(
      solutions[i]?.splices.filter(({ isShared }) => isShared).map(({ path, span, text }) => [keyOf(path, span), text]),
    )
    const gone = solutions[i]?.gone
    for (const { path, span, value } of own) {
      const key = keyOf(path, span!)
      // Who does not use it any more has nothing to say.
      if (gone === 'all' || gone?.has(key)) continue
      const wish = wishes.get(key) ?? { texts: new Set(), by: [] }
      wishes.set(key, wish)
      wish.texts.add(asked.get(key) ?? value)
      if (asked.has(key)) wish.by.push(i)
    }
  }
  return new Set([...wishes.values()].flatMap(({ texts, by }) => (texts.size > 1 ? by : [])))
}

/** Each place once. */
const editsOf = (solutions: readonly (Solution | undefined)[]): readonly Edit[] => {
  const edits = new Map<string, Edit>()
  for (const solution of solutions)
    for (const { path, span, text } of solution?.splices ?? []) edits.set(keyOf(path, span), { path, span, text })
  return [...edits.values()].sort(
    (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || a.span.start - b.span.start || a.span.end - b.span.end,
  )
}
