import type { Feed } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

/** Errata with names of binary packages: https://github.com/AlmaLinux/osv-database */
const feed: Feed = {
  title: 'AlmaLinux errata',
  home: 'https://errata.almalinux.org/',
  licence: 'MIT',
  rank: 10,
  parts: [{ name: '', ecosystems: ['AlmaLinux'], completeness: 'fixed', downloads: [] }],
  *read(file, part) {
    if (/(?:^|\/)AL[SBE]A-[^/]+\.json$/.test(file.name)) yield* osvItems(file, part)
  },
}

export default feed
