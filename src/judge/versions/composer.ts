/**
 * Composer: versions as composer/semver normalises them (https://getcomposer.org/doc/articles/versions.md), then compared as
 * PHP's `version_compare` does (https://www.php.net/version_compare). Branches (`dev-main`) have no order: each is only equal to
 * itself.
 */
import { compareDigits, compareNumbers, digitsEnd, isDigit, isDotted, type VersionOrder } from '../version-order.ts'

const modifier = '[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)(\\d*(?:[.-]\\d+)*))?([.-]?dev)?'
const classical = new RegExp(`^v?(\\d{1,5})(\\.\\d+)?(\\.\\d+)?(\\.\\d+)?${modifier}$`, 'i')
const dated = new RegExp(`^v?(\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3}){0,2})${modifier}$`, 'i')
/** `2.x-dev`: the newest of a line. */
const line = /^v?(\d+)(\.(?:\d+|[x*]))?(\.(?:\d+|[x*]))?(\.(?:\d+|[x*]))?[.-]?dev$/i

/** Numbers and words with dots between them, or a whole branch, which begins with `dev-`. */
const normalised = (text: string): string | undefined => {
  let version = text.trim()
  const alias = version.indexOf(' as ')
  if (alias > 0) version = version.slice(0, alias).trimEnd()
  version = version.replace(/@(?:stable|RC|beta|alpha|dev)$/i, '')
  if (version === 'master' || version === 'trunk' || version === 'default') return `dev-${version}`
  if (version.slice(0, 4).toLowerCase() === 'dev-') return `dev-${version.slice(4)}`
  const plus = version.indexOf('+')
  if (plus > 0 && plus < version.length - 1 && !/[\s,]/.test(version)) version = version.slice(0, plus)
  const plain = classical.exec(version)
  if (plain) {
    const [, major, minor = '.0', patch = '.0', fourth = '.0'] = plain
    return `${major}${minor}${patch}${fourth}${suffix(plain[5], plain[6], plain[7])}`
  }
  const date = dated.exec(version)
  if (date) return `${date[1]!.replace(/\D/g, '.')}${suffix(date[2], date[3], date[4])}`
  const branch = line.exec(version)
  if (!branch) return undefined
  const numbers = branch.slice(1, 5).map(part => (part === undefined ? '.9999999' : part.replace(/[xX*]/, '9999999')))
  return `${numbers.join('')}.dev`
}

const words: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['pl', 'patch'],
  ['p', 'patch'],
])

const suffix = (word: string | undefined, number: string | undefined, dev: string | undefined): string => {
  const name = word?.toLowerCase()
  if (name === 'stable') return ''
  const known = name ? `.${words.get(name) ?? name}` : ''
  const numbers = number ? `.${number.replace(/^[.-]+/, '').replaceAll('-', '.')}` : ''
  return `${known}${numbers}${dev ? '.dev' : ''}`
}

/** version_compare's order of words and of what is none; the end of a version lies before numbers. */
const rank = (text: string, start: number): number => {
  if (start >= text.length) return 4
  const unit = text.charCodeAt(start)
  if (isDigit(unit)) return 5
  // dev, alpha, beta, rc, patch
  return unit === 100 ? 0 : unit === 97 ? 1 : unit === 98 ? 2 : unit === 114 ? 3 : 6
}

const wordEnd = (text: string, start: number): number => {
  const dot = text.indexOf('.', start)
  return dot < 0 ? text.length : dot
}

/** At most four numbers, the first of at most five digits: what normalising changes nothing of but its length. */
const isPlain = (text: string): boolean => {
  if (!isDotted(text) || digitsEnd(text, 0) > 5) return false
  let dots = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 46) dots++
  return dots < 4
}

export default {
  compare(a, b) {
    if (isPlain(a) && isPlain(b)) return compareNumbers(a, 0, a.length, b, 0, b.length)
    const one = normalised(a)
    const other = one === undefined ? undefined : normalised(b)
    if (one === undefined || other === undefined) return undefined
    if (one.startsWith('dev-') || other.startsWith('dev-')) return one === other ? 0 : undefined
    let i = 0
    let j = 0
    while (i < one.length || j < other.length) {
      const kind = rank(one, i)
      const difference = kind - rank(other, j)
      if (difference !== 0) return difference
      if (kind === 5) {
        const iEnd = digitsEnd(one, i)
        const jEnd = digitsEnd(other, j)
        const order = compareDigits(one, i, iEnd, other, j, jEnd)
        if (order !== 0) return order
        i = iEnd + 1
        j = jEnd + 1
      } else {
        i = wordEnd(one, i) + 1
        j = wordEnd(other, j) + 1
      }
    }
    return 0
  },
} satisfies VersionOrder
