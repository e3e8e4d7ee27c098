import type { Feed, FeedPart } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

const part = (ecosystem: string): FeedPart => ({ name: ecosystem, ecosystems: [ecosystem], completeness: 'all', downloads: [] })

/** Alpaquita Linux and the containers that are made of it: https://github.com/bell-sw/osv-database */
const feed: Feed = {
  title: 'BellSoft security advisories',
  home: 'https://docs.bell-sw.com/security/cves/',
  licence: 'MIT',
  rank: 10,
  parts: [part('Alpaquita'), part('BellSoft Hardened Containers')],
  *read(file, part) {
    if (/(?:^|\/)BELL-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
