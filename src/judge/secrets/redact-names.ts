/**
 * Tokens that stand in names: of files, packages, versions, licences, releases. They have the shape of an issuer's, which no name has; what is known only by
 * what stands beside it is none here.
 */

import { detectSecrets } from './detect.ts'
import { type Detection, isPlaceholder } from './detector.ts'

/** Whose shape leaves no doubt: a checksum, or the issuer's own prefix; and passwords in addresses. */
const isCertain = ({ id, prefix, detector, start, end }: Detection): boolean =>
  detector.hasChecksum === true ||
  (prefix.length >= 3 && end - start >= 16) ||
  id === 'url-password' ||
  id === 'connection-string'

const inAddress = /:\/\/[^\s:@/?#"']{0,64}:(?<secret>[^\s@/?#"'$]{3,128})@/dg

const placesIn = (text: string): readonly { readonly start: number; readonly end: number }[] => [
  ...detectSecrets(text).filter(isCertain),
  ...Array.from(text.matchAll(inAddress), ({ indices, groups }) => ({
    value: groups!.secret!,
    start: indices!.groups!.secret![0],
    end: indices!.groups!.secret![1],
  })).filter(({ value }) => !isPlaceholder(value)),
]

export const tokensInName = (name: string): readonly Detection[] => detectSecrets(name).filter(isCertain)

const hideName = (name: string): string => {
  let shown = ''
  let at = 0
  for (const { start, end } of [...placesIn(name)].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue
    // What overlaps is one.
    if (start >= at) shown += `${name.slice(at, start)}***`
    at = end
  }
  return shown + name.slice(at)
}

/** Plain data with what is secret in its texts hidden; the very same where there is nothing. */
export const withoutTokens = <Data>(data: Data): Data => {
  const texts = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length >= shortest) texts.add(value)
    } else for (const one of partsOf(value)) collect(one)
  }
  collect(data)
  // One look at all of them together costs a tenth of one at each.
  const whole = [...texts].join('\n')
  if (placesIn(whole).length === 0) return data
  const shown = new Map([...texts].map(text => [text, hideName(text)]))
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string') return shown.get(value) ?? value
    if (Array.isArray(value)) return value.map(hide)
    if (value instanceof Map) return new Map([...value].map(([key, one]) => [hide(key), hide(one)]))
    return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [hide(key), hide(one)])) : value
  }
  return hide(data) as Data
}

/** A password in an address is at least as long. */
const shortest = 8

const partsOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value
  if (value instanceof Map) return [...value].flat()
  return isPlain(value) ? Object.entries(value).flat() : []
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
