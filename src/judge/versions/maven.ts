/**
 * Maven: `ComparableVersion` (https://maven.apache.org/pom.html#version-order-specification, and where that is silent,
 * https://github.com/apache/maven, compat/maven-artifact). Every text but the empty one is a version. Maven's own order runs in a
 * circle where a qualifier stands between numbers (`1-alpha` < `1` < `1.sp.1` < `1-alpha`), and so does this. Only ASCII digits
 * are digits here.
 */
import { compareDigits, compareNumbers, isDigit, isDotted, type VersionOrder } from '../version-order.ts'

/**
 * Maven's items are lists, the last of which may be a list again. They lie flat here: a hyphen, or the step from digits to
 * letters and back, opens a list that lasts to the end.
 */
type Item =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'numbered'; readonly word: string; readonly digits: string }
  | { readonly kind: 'list' }

const list: Item = { kind: 'list' }
const zero: Item = { kind: 'number', digits: '' }

const read = (text: string): readonly Item[] => {
  const version = text.toLowerCase()
  const items: Item[] = []
  /** How many items the innermost list has. */
  let count = 0
  let digits = false
  let numbered = false
  let start = 0
  const add = (item: Item): void => {
    items.push(item)
    count++
  }
  const open = (): void => {
    if (count === 0) return
    items.push(list)
    count = 0
  }
  for (let i = 0; i < version.length; i++) {
    const unit = version.charCodeAt(i)
    if (unit === 46) {
      add(i === start ? zero : itemOf(version.slice(start, i), digits, numbered))
      numbered = false
      start = i + 1
    } else if (unit === 45) {
      if (i === start) add(zero)
      else if (!digits && isDigit(version.charCodeAt(i + 1))) {
        // x-1 is x1.
        numbered = true
        continue
      } else add(itemOf(version.slice(start, i), digits, numbered))
      start = i + 1
      open()
      numbered = false
    } else if (isDigit(unit)) {
      if (!digits && i > start) {
        numbered = true
        open()
      }
      digits = true
    } else {
      if (digits && i > start) {
        add(itemOf(version.slice(start, i), true, numbered))
        start = i
        open()
        numbered = false
      }
      digits = false
    }
  }
  if (version.length > start) {
    // 1.x is 1-x.
    if (!digits) open()
    add(itemOf(version.slice(start), digits, numbered))
  }
  return withoutNothing(items)
}

/** Drops zeros at the end of a list, and before a word. */
const withoutNothing = (items: readonly Item[]): readonly Item[] => {
  const kept: Item[] = []
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    const next = kept.at(-1)
    if (item.kind === 'list') {
      if (next) kept.push(item)
      continue
    }
    if (item.kind === 'number' && item.digits === '') {
      if (!next || next.kind === 'word') continue
      const inside = next.kind === 'list' ? kept.at(-2)! : undefined
      if (inside?.kind === 'word' || inside?.kind === 'numbered') continue
    }
    kept.push(item)
  }
  return kept.reverse()
}

const itemOf = (text: string, digits: boolean, numbered: boolean): Item => {
  if (numbered) {
    const whole = text.replaceAll('-', '')
    let number = 0
    while (number < whole.length && !isDigit(whole.charCodeAt(number))) number++
    const word = whole.slice(0, number)
    return {
      kind: 'numbered',
      word: shortNames.get(word) ?? aliases.get(word) ?? word,
      digits: withoutZeros(whole.slice(number)),
    }
  }
  if (digits) return { kind: 'number', digits: withoutZeros(text) }
  return { kind: 'word', word: aliases.get(text) ?? text }
}

const withoutZeros = (digits: string): string => {
  let start = 0
  while (digits.charCodeAt(start) === 48) start++
  return start === 0 ? digits : digits.slice(start)
}

/** Only before a number. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
])
const aliases: ReadonlyMap<string, string> = new Map([['cr', 'rc']])

const released = 5
const unknown = 7
const qualifiers: ReadonlyMap<string, number> = new Map([
  ['alpha', 0],
  ['beta', 1],
  ['milestone', 2],
  ['rc', 3],
  ['snapshot', 4],
  ['', released],
  ['ga', released],
  ['final', released],
  ['release', released],
  ['sp', 6],
])

const compareWords = (a: string, b: string): number => {
  const one = qualifiers.get(a) ?? unknown
  const other = qualifiers.get(b) ?? unknown
  if (one !== other || one !== unknown) return one - other
  return a < b ? -1 : a > b ? 1 : 0
}

const compareNumerals = (a: string, b: string): number => compareDigits(a, 0, a.length, b, 0, b.length)

/** Kinds in their order; words with and without a number are compared by the word first. */
const ranks = { word: 0, numbered: 0, list: 1, number: 2 }

const compareItems = (a: Item, b: Item): number => {
  if (a.kind === 'number' && b.kind === 'number') return compareNumerals(a.digits, b.digits)
  if ((a.kind === 'word' || a.kind === 'numbered') && (b.kind === 'word' || b.kind === 'numbered')) {
    const words = compareWords(a.word, b.word)
    if (words !== 0) return words
    if (a.kind === 'numbered' && b.kind === 'numbered') return compareNumerals(a.digits, b.digits)
    return a.kind === b.kind ? 0 : a.kind === 'numbered' ? 1 : -1
  }
  return ranks[a.kind] - ranks[b.kind]
}

const compareWithNothing = (item: Item): number => {
  if (item.kind === 'number') return item.digits === '' ? 0 : 1
  return item.kind === 'list' ? 0 : (qualifiers.get(item.word) ?? unknown) - released
}

export default {
  compare(a, b) {
    if (a === '' || b === '') return undefined
    if (isDotted(a) && isDotted(b)) return compareNumbers(a, 0, a.length, b, 0, b.length)
    const one = read(a)
    const other = read(b)
    for (let i = 0; i < one.length || i < other.length; i++) {
      const left = one[i]
      const right = other[i]
      if (left && right) {
        const order = compareItems(left, right)
        if (order !== 0) return order
      } else {
        const order = left ? compareWithNothing(left) : -compareWithNothing(right!)
        if (order !== 0) return order
      }
    }
    return 0
  },
} satisfies VersionOrder
