import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

/** The branch of the database that has OSV's form: https://github.com/rustsec/advisory-db/tree/osv */
const feed: Feed = {
  title: 'RustSec advisory database',
  home: 'https://rustsec.org/',
  licence: 'CC0-1.0',
  rank: 20,
  parts: [{ name: '', ecosystems: ['crates.io'], completeness: 'all', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)RUSTSEC-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
