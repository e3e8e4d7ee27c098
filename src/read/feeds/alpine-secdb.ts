import type { FeedItem } from '../../model/advisory.ts'
import { fieldsOf, isName, jsonOf } from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed, FeedFile } from '../feed.ts'
import { secdbItems } from '../secdb.ts'

const releases = [
  ...['v3.13', 'v3.14', 'v3.15', 'v3.16', 'v3.17', 'v3.18', 'v3.19', 'v3.20', 'v3.21', 'v3.22', 'v3.23', 'v3.24'],
  'edge',
]

const feed: Feed = {
  title: 'Alpine security database',
  home: 'https://secdb.alpinelinux.org/',
  licence: 'https://secdb.alpinelinux.org/license.txt',
  attribution: 'Alpine Linux security database (https://secdb.alpinelinux.org/)',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: ['Alpine'],
      completeness: 'fixed',
      downloads: releases.flatMap(release =>
        ['main', 'community'].map(name => ({
          url: `https://secdb.alpinelinux.org/${release}/${name}.json`,
          limit: 64 * 1024 ** 2,
        })),
      ),
    },
  ],
  *read(file) {
    if (file.name.endsWith('.versions.json')) yield* examined(file)
    else if (/(?:^|\/)(?:main|community)\.(?:json|ya?ml)$/.test(file.name))
      yield* secdbItems(file, ecosystemOf, id => `https://security.alpinelinux.org/vuln/${encodeURIComponent(id)}`)
  },
}

export default feed

const ecosystemOf = (release: string | undefined): string | undefined =>
  release !== undefined && /^(?:v\d+\.\d+|edge)$/.test(release) ? `Alpine:${release}` : undefined

/** Beside the database: all packages of the repository, `{ "openssl": "3.3.2-r3" }`, in a folder that is named after the release. */
function* examined({ name, bytes }: FeedFile): Generator<FeedItem> {
  const ecosystem = ecosystemOf(/(?:^|\/)([^/]+)\/[^/]+$/.exec(name)?.[1])
  if (ecosystem === undefined) return
  const versions = fieldsOf(jsonOf(bytes))
  if (!versions) throw new Unreadable('it is no list of packages')
  for (const name of Object.keys(versions)) if (isName(name)) yield { kind: 'examined', ecosystem, name }
}
