import { expect, test } from 'vitest'
import { spdxOfDebian } from './debian-licences.ts'

test.each([
  ['GPL-2+', 'GPL-2.0-or-later'],
  ['GPL-2.0+', 'GPL-2.0-or-later'],
  ['GPL-3', 'GPL-3.0-only'],
  ['LGPL-2.1+', 'LGPL-2.1-or-later'],
  ['LGPL-2', 'LGPL-2.0-only'],
  ['AGPL-3+', 'AGPL-3.0-or-later'],
  ['GFDL-1.2+', 'GFDL-1.2-or-later'],
  ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
  ['Expat', 'MIT'],
  ['BSD-3-clause', 'BSD-3-Clause'],
  ['Apache-2', 'Apache-2.0'],
  ['apache-2.0', 'Apache-2.0'],
  ['CC0', 'CC0-1.0'],
  ['MPL-1.1+', 'MPL-1.1+'],
  ['Zope-2.1', 'ZPL-2.1'],
  ['LGPL-3+ or GPL-2+', 'LGPL-3.0-or-later OR GPL-2.0-or-later'],
  ['Expat and ISC', 'MIT AND ISC'],
])('%s is %s', (debian, spdx) => {
  expect(spdxOfDebian(debian)).toBe(spdx)
})

test.each([
  'GPL',
  'GPL-9+',
  'public-domain',
  'permissive',
  'GPL-2+ with OpenSSL exception',
  'GPL-1+ or Artistic',
  'GPL-2+, and Expat',
  'and',
  'or or or',
  '+',
  '',
])('%j has no name there, and stays', text => {
  expect(spdxOfDebian(text)).toBe(text)
})
