import type { Feed } from '../feed.ts'
import { secdbItems } from '../secdb.ts'

/** In the form of Alpine's, without releases: https://packages.cgr.dev/chainguard/security.json */
const feed: Feed = {
  title: 'Chainguard security database',
  home: 'https://images.chainguard.dev/security',
  licence: 'NOASSERTION (facts)',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: ['Chainguard'],
      completeness: 'fixed',
      downloads: [{ url: 'https://packages.cgr.dev/chainguard/security.json', limit: 256 * 1024 ** 2 }],
    },
  ],
  *read(file) {
    if (/(?:^|\/)[^/]*security[^/]*\.json$/.test(file.name))
      yield* secdbItems(
        file,
        () => 'Chainguard',
        id => `https://images.chainguard.dev/security/${encodeURIComponent(id)}`,
      )
  },
}

export default feed
