import type { Feed, FeedPart } from '../feed.ts'
import { repositoryIndex, updateinfoIn, updateinfoItems } from '../updateinfo.ts'

/** `Amazon Linux:2023` is no ecosystem of OSV's. */
const part = (release: string, mirrors: string): FeedPart => ({
  name: release,
  ecosystems: ['Amazon Linux'],
  completeness: 'fixed',
  downloads: [{ url: mirrors, via: [repositoryIndex, updateinfoIn], limit: 1024 ** 3 }],
})

/** The notices of its repositories, by binary packages: https://docs.aws.amazon.com/linux/al2023/ug/alas.html */
const feed: Feed = {
  title: 'Amazon Linux security center',
  home: 'https://alas.aws.amazon.com/',
  licence: 'NOASSERTION (facts)',
  rank: 10,
  parts: [
    part('2', 'https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list'),
    part('2023', 'https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list'),
  ],
  *read(file, { name: release }) {
    if (/updateinfo[^/]*\.xml(?:\.[a-z0-9]+)?$/.test(file.name))
      yield* updateinfoItems(file.bytes, `Amazon Linux:${release}`, id => pageOf(id, release))
  },
}

export default feed

/** `ALAS2-2018-939` is at `AL2/ALAS-2018-939.html`. */
const pageOf = (id: string, release: string): string =>
  `https://alas.aws.amazon.com/AL${release}/${encodeURIComponent(id.replace(/^ALAS\d+/, 'ALAS'))}.html`
