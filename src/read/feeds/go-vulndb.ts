import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

/** https://go.dev/doc/security/vuln/database: versions have no `v`; `stdlib` and `toolchain` stand for Go itself. */
const feed: Feed = {
  title: 'Go vulnerability database',
  home: 'https://pkg.go.dev/vuln/',
  licence: 'CC-BY-4.0',
  attribution: 'Go Vulnerability Database (https://vuln.go.dev/), The Go Authors, CC-BY-4.0',
  rank: 20,
  parts: [
    {
      name: '',
      ecosystems: ['Go'],
      completeness: 'all',
      downloads: [{ url: 'https://vuln.go.dev/vulndb.zip', limit: 256 * 1024 ** 2, members: /^ID\/GO-[^/]+\.json$/ }],
    },
  ],
  *read(file, part) {
    if (/(?:^|\/)GO-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
