/**
 * Alpine: `number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}` (https://gitlab.alpinelinux.org/alpine/apk-tools,
 * doc/apk-package.5.scd). What apk calls invalid is no version.
 */
import { compareDigits, compareUnits, digitsEnd, type VersionOrder } from '../version-order.ts'

/** The parts in the order in which they may follow each other; at the same place, an earlier kind is the newer version. */
const first = 0
const number = 1
const letter = 2
const suffix = 3
const suffixNumber = 4
const hash = 5
const revision = 6
const end = 7

/** The suffixes from the oldest to the newest; the first four are of prereleases, older than no suffix. */
const suffixes: ReadonlyMap<string, number> = new Map(
  ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'].map((name, index) => [name, index]),
)
const prereleases = 4

/** Kind, start and end of each part, one after the other; of a suffix, its rank and the end. Undefined: no version. */
const read = (text: string): readonly number[] | undefined => {
  const parts: number[] = []
  let kind = first
  let i = digitsEnd(text, 0)
  if (i === 0) return undefined
  parts.push(first, 0, i)
  while (i < text.length) {
    const unit = text.charCodeAt(i)
    let start = i
    if (unit >= 97 && unit <= 122) {
      if (kind > number) return undefined
      kind = letter
      i++
    } else if (unit === 46) {
      if (kind > number) return undefined
      kind = number
      start++
      i = digitsEnd(text, start)
      if (i === start) return undefined
    } else if (unit >= 48 && unit <= 57) {
      if (kind !== suffix) return undefined
      kind = suffixNumber
      i = digitsEnd(text, start)
    } else if (unit === 95) {
      if (kind > suffixNumber) return undefined
      kind = suffix
      i++
      while (text.charCodeAt(i) >= 97 && text.charCodeAt(i) <= 122) i++
      const rank = suffixes.get(text.slice(start + 1, i))
      if (rank === undefined) return undefined
      start = rank
    } else if (unit === 126) {
      if (kind >= hash) return undefined
      kind = hash
      start = ++i
      while (isHex(text.charCodeAt(i))) i++
      if (i === start) return undefined
    } else if (unit === 45) {
      if (kind >= revision || text.charCodeAt(i + 1) !== 114) return undefined
      kind = revision
      start = i + 2
      i = digitsEnd(text, start)
      if (i === start) return undefined
    } else return undefined
    parts.push(kind, start, i)
  }
  parts.push(end, i, i)
  return parts
}

const isHex = (unit: number): boolean => (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102)

export default {
  compare(a, b) {
    const one = read(a)
    const other = one && read(b)
    if (!other) return undefined
    for (let i = 0; ; i += 3) {
      const kind = one[i]!
      const start = one[i + 1]!
      const otherStart = other[i + 1]!
      if (kind !== other[i]) {
        if (kind === suffix && start < prereleases) return -1
        if (other[i] === suffix && otherStart < prereleases) return 1
        return other[i]! - kind
      }
      if (kind === end) return 0
      let order: number
      if (kind === suffix) order = start - otherStart
      else {
        // Behind a dot, numbers with a leading zero are texts, as if they were the digits of a fraction.
        const asText =
          kind === letter || kind === hash || (kind === number && (a.charCodeAt(start) === 48 || b.charCodeAt(otherStart) === 48))
        order = (asText ? compareUnits : compareDigits)(a, start, one[i + 2]!, b, otherStart, other[i + 2]!)
      }
      if (order !== 0) return order
    }
  },
} satisfies VersionOrder
