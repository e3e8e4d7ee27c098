import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

/** What Bitnami's containers are made of, under Bitnami's names: https://github.com/bitnami/vulndb */
const feed: Feed = {
  title: 'Bitnami vulnerability database',
  home: 'https://github.com/bitnami/vulndb',
  licence: 'Apache-2.0',
  rank: 50,
  parts: [{ name: '', ecosystems: ['Bitnami'], completeness: 'all', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)BIT-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
