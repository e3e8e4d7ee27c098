/** Cases from the owners' own tests, and which of them a version order answers otherwise; README.md of each folder says whose they are. */
import { readFileSync } from 'node:fs'
import type { VersionOrder } from '../../src/judge/version-order.ts'

type Sign = -1 | 0 | 1 | null

/** What one of the owner's files holds. */
type Cases = {
  /** null: one of the two is no version. */
  readonly pairs?: readonly (readonly [string, string, Sign])[]
  /** One, operator, other, and whether it holds. */
  readonly relations?: readonly (readonly [string, string, string, boolean])[]
  readonly different?: readonly (readonly [string, string])[]
  /** From the oldest to the newest; texts in a list of their own are equal. */
  readonly ascending?: readonly (readonly (string | readonly string[])[])[]
  readonly equal?: readonly (readonly string[])[]
  readonly valid?: readonly string[]
  readonly invalid?: readonly string[]
}

/** By the owner's file how many cases there are; every difference as text. A list gives a case for each two of its texts. */
export type Outcome = { readonly cases: Readonly<Record<string, number>>; readonly differences: readonly string[] }

const quoted = JSON.stringify

const holds = (order: number, operator: string): boolean => {
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '=':
    case '==':
      return order === 0
    case '>=':
      return order >= 0
    case '>':
      return order > 0
    case '!=':
    case '<>':
      return order !== 0
    default:
      throw new Error(`no operator: ${operator}`)
  }
}

export const published = (compare: VersionOrder['compare'], file: URL): Outcome => {
  const cases: Record<string, number> = {}
  const differences: string[] = []
  const sign = (one: string, other: string): number | null => {
    const order = compare(one, other)
    return order === undefined ? null : Math.sign(order) + 0
  }
  const checkPair = (one: string, other: string, answer: Sign): void => {
    const ours = sign(one, other)
    const reversed = sign(other, one)
    if (ours !== answer) differences.push(`${quoted(one)} and ${quoted(other)}: ${answer}, ours ${ours}`)
    else if (reversed !== (answer === null ? null : 0 - answer)) {
      differences.push(`${quoted(one)} and ${quoted(other)}: ${answer}, ours the other way around ${reversed}`)
    }
  }
  for (const [name, groups] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Cases>)) {
    let count = 0
    for (const [one, other, answer] of groups.pairs ?? []) {
      count++
      checkPair(one, other, answer)
    }
    for (const [one, operator, other, answer] of groups.relations ?? []) {
      count++
      const order = sign(one, other)
      // Between texts without an order nothing holds.
      if ((order !== null && holds(order, operator)) !== answer) {
        differences.push(`${quoted(one)} ${operator} ${quoted(other)}: ${answer}, ours ${order}`)
      }
    }
    for (const [one, other] of groups.different ?? []) {
      count++
      const order = sign(one, other)
      if (order === null || order === 0) differences.push(`${quoted(one)} and ${quoted(other)}: different, ours ${order}`)
    }
    for (const list of [...(groups.ascending ?? []), ...(groups.equal ?? []).map(texts => [texts])]) {
      const flat = list.flatMap((texts, rank) => [texts].flat().map(text => ({ text, rank })))
      for (const [i, one] of flat.entries()) {
        for (const other of flat.slice(i)) {
          count++
          checkPair(one.text, other.text, one.rank < other.rank ? -1 : 0)
        }
      }
    }
    for (const text of groups.valid ?? []) {
      count++
      if (sign(text, text) !== 0) differences.push(`${quoted(text)}: a version, ours none`)
    }
    for (const text of groups.invalid ?? []) {
      count++
      if (sign(text, text) !== null) differences.push(`${quoted(text)}: no version, ours one`)
    }
    cases[name] = count
  }
  return { cases, differences }
}
