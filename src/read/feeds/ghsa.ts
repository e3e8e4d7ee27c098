import type { Feed, FeedPart } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

const part = (ecosystem: string): FeedPart => ({ name: ecosystem, ecosystems: [ecosystem], completeness: 'some', downloads: [] })

/** GitHub's reviewed advisories, in files that are called after them: https://github.com/github/advisory-database */
const feed: Feed = {
  title: 'GitHub advisory database',
  home: 'https://github.com/advisories',
  licence: 'CC-BY-4.0',
  attribution: 'GitHub Advisory Database (https://github.com/github/advisory-database), CC-BY-4.0',
  rank: 30,
  parts: [part('npm'), part('Maven')],
  *read(file, part) {
    if (/(?:^|\/)(?:GHSA|MAL)-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
