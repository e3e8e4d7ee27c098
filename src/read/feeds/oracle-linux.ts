import type { Feed, FeedPart } from '../feed.ts'
import { updateinfoIn, updateinfoItems } from '../updateinfo.ts'

/** `Oracle Linux:9` is no ecosystem of OSV's. */
const part = (release: string): FeedPart => ({
  name: release,
  ecosystems: ['Oracle Linux'],
  completeness: 'fixed',
  downloads: ['baseos/latest', 'appstream'].map(name => ({
    url: `https://yum.oracle.com/repo/OracleLinux/OL${release}/${name}/x86_64/repodata/repomd.xml`,
    via: [updateinfoIn],
    limit: 1024 ** 3,
  })),
})

/** The notices of its repositories, by binary packages: https://linux.oracle.com/security/ */
const feed: Feed = {
  title: 'Oracle Linux errata',
  home: 'https://linux.oracle.com/errata/',
  licence: 'NOASSERTION (facts)',
  rank: 10,
  parts: [part('8'), part('9'), part('10')],
  *read(file, { name: release }) {
    if (/updateinfo[^/]*\.xml(?:\.[a-z0-9]+)?$/.test(file.name))
      yield* updateinfoItems(
        file.bytes,
        `Oracle Linux:${release}`,
        id => `https://linux.oracle.com/errata/${encodeURIComponent(id)}.html`,
      )
  },
}

export default feed
