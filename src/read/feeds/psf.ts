import { fieldsOf, listOf } from '../advisory-fields.ts'
import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

/**
 * CPython: https://github.com/psf/advisory-database. The records have commits and no ecosystem; those that name versions too (`v3.8.9`) are about the program
 * `python`. `generic` is the purl type of programs that no package manager knows, and no ecosystem of OSV's.
 */
const feed: Feed = {
  title: 'Python Software Foundation advisory database',
  home: 'https://github.com/psf/advisory-database',
  licence: 'CC-BY-4.0',
  attribution: 'Python Software Foundation Advisory Database (https://github.com/psf/advisory-database), CC-BY-4.0',
  rank: 10,
  parts: [{ name: '', ecosystems: ['generic'], completeness: 'some', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)PSF-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part, withPackage)
  },
}

export default feed

const withPackage = (value: unknown): unknown => {
  const record = fieldsOf(value)
  if (!record) return value
  return {
    ...record,
    affected: listOf(record.affected).map(one => {
      const entry = fieldsOf(one)
      if (!entry || entry.package !== undefined) return one
      const versions = listOf(entry.versions).map(version =>
        typeof version === 'string' ? version.replace(/^v(?=\d)/, '') : version,
      )
      return { ...entry, package: { ecosystem: 'generic', name: 'python' }, versions }
    }),
  }
}
