import type { Feed } from '../feed.ts'
import { secdbItems } from '../secdb.ts'

/** In the form of Alpine's, without releases: https://packages.wolfi.dev/os/security.json */
const feed: Feed = {
  title: 'Wolfi security database',
  home: 'https://github.com/wolfi-dev/advisories',
  licence: 'Apache-2.0 (https://github.com/wolfi-dev/advisories)',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: ['Wolfi'],
      completeness: 'fixed',
      downloads: [{ url: 'https://packages.wolfi.dev/os/security.json', limit: 256 * 1024 ** 2 }],
    },
  ],
  *read(file) {
    if (/(?:^|\/)[^/]*security[^/]*\.json$/.test(file.name))
      yield* secdbItems(
        file,
        () => 'Wolfi',
        id => `https://images.chainguard.dev/security/${encodeURIComponent(id)}`,
      )
  },
}

export default feed
