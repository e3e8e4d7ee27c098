import { fieldsOf, listOf } from '../advisory-fields.ts'
import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

const ecosystem = 'Docker Hardened Images'

/** What Docker's hardened images are made of. The schema calls the ecosystem otherwise than the records: https://github.com/docker-hardened-images/advisories */
const feed: Feed = {
  title: 'Docker hardened images: advisories',
  home: 'https://github.com/docker-hardened-images/advisories',
  licence: 'Apache-2.0',
  rank: 50,
  parts: [{ name: '', ecosystems: [ecosystem], completeness: 'some', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)(?:CVE|GHSA)-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part, renamed)
  },
}

export default feed

const renamed = (value: unknown): unknown => {
  const record = fieldsOf(value)
  if (!record) return value
  return {
    ...record,
    affected: listOf(record.affected).map(one => {
      const entry = fieldsOf(one)
      const what = fieldsOf(entry?.package)
      return entry && what?.ecosystem === 'DHI' ? { ...entry, package: { ...what, ecosystem } } : one
    }),
  }
}
