/**
 * Licences of Debian's copyright files as SPDX has them. The short names of Debian (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/)
 * differ from SPDX's (https://spdx.org/licenses/) in the GNU licences, in a few names, and in their case.
 */
import ids from 'spdx-license-ids/index.json' with { type: 'json' }

/** `GPL-2+ or Expat` → `GPL-2.0-or-later OR MIT`. What has a part without a name in SPDX's list stays as it was. */
export const spdxOfDebian = (licence: string): string => {
  const words = licence.trim().split(/\s+/)
  if (words.length % 2 === 0 || words.length > 99) return licence
  const parts = words.map((word, i) => (i % 2 === 0 ? spdxId(word) : /^(?:and|or)$/i.test(word) ? word.toUpperCase() : undefined))
  return parts.includes(undefined) ? licence : parts.join(' ')
}

const listed = new Map(ids.map(id => [id.toLowerCase(), id]))

/** Names that are not SPDX's with other letters. Without a version, Creative Commons Zero has one only. */
const others: Readonly<Record<string, string>> = {
  expat: 'MIT',
  cc0: 'CC0-1.0',
  'eiffel-1': 'EFL-1.0',
  'eiffel-2': 'EFL-2.0',
  'psf-2': 'PSF-2.0',
  'zope-1.1': 'ZPL-1.1',
  'zope-2.0': 'ZPL-2.0',
  'zope-2.1': 'ZPL-2.1',
}

const spdxId = (word: string): string | undefined => {
  const small = word.toLowerCase()
  const gnu = /^(a?gpl|lgpl|gfdl)(-niv)?-(\d{1,2}(?:\.\d{1,2})?)(\+?)$/.exec(small)
  if (gnu) {
    const [, name = '', invariant, version = '', later] = gnu
    const whole = version.includes('.') ? version : `${version}.0`
    const middle = invariant === undefined ? '' : '-no-invariants'
    return listed.get(`${name}-${whole}${middle}-${later === '+' ? 'or-later' : 'only'}`)
  }
  if (Object.hasOwn(others, small)) return others[small]
  if (small.endsWith('+') && small.length > 1) {
    const base = spdxId(word.slice(0, -1))
    return base === undefined || base.endsWith('+') ? undefined : `${base}+`
  }
  // `Apache-2`, `MPL-2`.
  return listed.get(small) ?? (/-\d$/.test(small) ? listed.get(`${small}.0`) : undefined)
}
