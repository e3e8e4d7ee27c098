/** Ranges as npm writes them (https://github.com/npm/node-semver#ranges) → ranges of a record. */
import type { VersionRange } from '../model/advisory.ts'

type Version = { readonly numbers: readonly [number, number, number]; readonly pre: readonly (number | string)[] }
/** Inclusive below; `text`: how the bound is written in a record. */
type Bound = { readonly version: Version; readonly text: string }
type End = Bound & { readonly last?: string }
type Interval = { readonly from?: Bound; readonly to?: End }

/** The longest of real advisories has 300 characters. */
const longest = 2000

/**
 * What is vulnerable and not patched: `4.x || 5.x` without `^4.8.4 || ^5.12.0` is from 4.0.0 to before 4.8.4, and from 5.0.0 to before 5.12.0. Undefined: one
 * of them is no range. `patched` may be left out.
 */
export const npmRanges = (vulnerable: string, patched?: string): readonly VersionRange[] | undefined => {
  const whole = intervalsOf(vulnerable)
  const good = patched === undefined ? [] : intervalsOf(patched)
  if (!whole || !good) return undefined
  const repaired = [...good].sort(byStart)
  let rest = merged(whole)
  for (const one of repaired) rest = rest.flatMap(interval => without(interval, one))
  return rest.map((interval, i) => rangeOf(interval, rest[i + 1], repaired))
}

const rangeOf = ({ from, to }: Interval, next: Interval | undefined, repaired: readonly Interval[]): VersionRange => {
  const start = from === undefined ? {} : { introduced: from.text }
  if (to === undefined) return start
  if (to.last === undefined) return { ...start, fixed: to.text }
  // `<=1.0.0`, patched in `>=1.0.1`: the first patched version behind it, when nothing vulnerable comes before that.
  const fix = repaired.find(one => one.from !== undefined && compare(one.from.version, to.version) >= 0)?.from
  const isNext = fix && !(next?.from && compare(next.from.version, fix.version) < 0)
  return isNext ? { ...start, fixed: fix.text } : { ...start, lastAffected: to.last }
}

const intervalsOf = (text: string): readonly Interval[] | undefined => {
  if (text.length > longest) return undefined
  const found: Interval[] = []
  for (const part of text.split('||')) {
    const words = part
      .trim()
      .replace(/(\S) +- +(?=\S)/g, (_, end: string) => `${end} <=`)
      .replace(/(>=|<=|[<>=^]|~>?)[\s]+/g, '$1')
      .split(/[\s,]+/)
    const isHyphen = / - /.test(part)
    let interval: Interval | undefined = {}
    for (const [i, word] of words.entries()) {
      const one = comparator(isHyphen && i === 0 ? `>=${word}` : word)
      if (!one) return undefined
      interval = interval && both(interval, one)
    }
    if (interval) found.push(interval)
  }
  return found
}

const comparator = (word: string): Interval | undefined => {
  const match =
    /^(>=|<=|[<>=^]|~>?)?v?(\d{1,15}|[xX*])?(?:\.(\d{1,15}|[xX*]))?(?:\.(\d{1,15}|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(
      word,
    )
  if (!match) return undefined
  const given = match.slice(2, 5).map(part => (part === undefined || /^[xX*]$/.test(part) ? undefined : Number(part)))
  const [major, minor, patch] = given
  const operator = match[1] ?? ''
  if (major === undefined) return operator === '<' || operator === '>' ? undefined : {}
  const isPartial = minor === undefined || patch === undefined
  const pre = isPartial
    ? []
    : (match[5] ?? '').split('.').flatMap(part => (part === '' ? [] : /^\d{1,15}$/.test(part) ? Number(part) : part))
  const version: Version = { numbers: [major, minor ?? 0, patch ?? 0], pre }
  /** All that begins as what is given. */
  const behind = minor === undefined ? bump(version, 0) : bump(version, patch === undefined ? 1 : 2)
  const from = isPartial ? first(version) : exact(version)
  switch (operator) {
    case '>=':
      return { from }
    case '>':
      return { from: isPartial ? first(behind) : successor(version) }
    case '<':
      return { to: from }
    case '<=':
      return { to: isPartial ? first(behind) : { ...successor(version), last: textOf(version) } }
    case '^': {
      const place = major > 0 || minor === undefined ? 0 : minor > 0 || patch === undefined ? 1 : 2
      return { from, to: first(bump(version, place)) }
    }
    case '~':
    case '~>':
      return { from, to: first(bump(version, minor === undefined ? 0 : 1)) }
    default:
      return isPartial ? { from, to: first(behind) } : { from, to: { ...successor(version), last: textOf(version) } }
  }
}

const bump = ({ numbers: [major, minor, patch] }: Version, place: 0 | 1 | 2): Version => ({
  numbers: place === 0 ? [major + 1, 0, 0] : place === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1],
  pre: [],
})

const exact = (version: Version): Bound => ({ version, text: textOf(version) })
/** With all its prereleases; in a record they count for nothing. */
const first = (version: Version): Bound => ({ version: { ...version, pre: [0] }, text: textOf(version) })
/** The least version above it. */
const successor = (version: Version): Bound => {
  const next = version.pre.length > 0 ? { ...version, pre: [...version.pre, 0] } : { ...bump(version, 2), pre: [0] }
  return exact(next)
}

const textOf = ({ numbers, pre }: Version): string => `${numbers.join('.')}${pre.length > 0 ? `-${pre.join('.')}` : ''}`

/** https://semver.org/#spec-item-11 */
const compare = (a: Version, b: Version): number => {
  for (const i of [0, 1, 2] as const) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] - b.numbers[i]
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const [one, other] = [a.pre[i], b.pre[i]]
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1
    if (one === other) continue
    if (typeof one !== typeof other) return typeof one === 'number' ? -1 : 1
    return one < other ? -1 : 1
  }
  return 0
}

const later = <B extends Bound>(a: B | undefined, b: B | undefined): B | undefined =>
  a === undefined || b === undefined ? (a ?? b) : compare(a.version, b.version) >= 0 ? a : b
const sooner = <B extends Bound>(a: B | undefined, b: B | undefined): B | undefined =>
  a === undefined || b === undefined ? (a ?? b) : compare(a.version, b.version) <= 0 ? a : b

const isEmpty = ({ from, to }: Interval): boolean =>
  to !== undefined && compare(to.version, from?.version ?? { numbers: [0, 0, 0], pre: [] }) <= 0

const interval = (from: Bound | undefined, to: End | undefined): Interval | undefined => {
  const one = { ...(from ? { from } : {}), ...(to ? { to } : {}) }
  return isEmpty(one) ? undefined : one
}

const both = (a: Interval, b: Interval): Interval | undefined => interval(later(a.from, b.from), sooner(a.to, b.to))

const without = (one: Interval, hole: Interval): readonly Interval[] => {
  if (both(one, hole) === undefined) return [one]
  const before = hole.from && interval(one.from, sooner(one.to, hole.from))
  const after = hole.to && interval(later(one.from, hole.to), one.to)
  return [before, after].filter(part => part !== undefined)
}

const byStart = (a: Interval, b: Interval): number => {
  if (!a.from || !b.from) return (a.from ? 1 : 0) - (b.from ? 1 : 0)
  return compare(a.from.version, b.from.version)
}

const merged = (intervals: readonly Interval[]): readonly Interval[] => {
  const result: Interval[] = []
  for (const one of [...intervals].sort(byStart)) {
    const last = result.at(-1)
    if (last && (!last.to || !one.from || compare(one.from.version, last.to.version) <= 0)) {
      const to = last.to && one.to ? later(last.to, one.to) : undefined
      result[result.length - 1] = { ...(last.from ? { from: last.from } : {}), ...(to ? { to } : {}) }
    } else result.push(one)
  }
  return result
}
