/** A database of advisories in memory, for tests of those who ask it. */
import {
  type AdvisoryDatabase,
  type AdvisoryEntry,
  type AdvisoryRecord,
  type CveFacts,
  type FeedState,
  type ReleaseSupport,
  type StoredRecord,
  vulnerabilitiesOf,
} from '../src/model/advisory.ts'
import type { Distro, Package } from '../src/model/package.ts'

export const feedState = (more: Partial<FeedState> = {}): FeedState => ({
  feed: 'test',
  part: '',
  title: 'Test',
  home: 'https://example.org/',
  licence: 'CC0-1.0',
  ecosystems: ['Debian', 'npm', 'PyPI', 'Alpine', 'AlmaLinux', 'Ubuntu', 'Go', 'Maven', 'Bitnami', 'generic'],
  completeness: 'all',
  rank: 10,
  dated: '2026-08-01T00:00:00Z',
  fetched: '2026-08-01T00:00:00Z',
  records: 1,
  skipped: 0,
  ...more,
})

type Draft = Partial<AdvisoryRecord> & Pick<AdvisoryRecord, 'id' | 'affected'> & { readonly feed?: string }

export const databaseOf = (
  drafts: readonly Draft[],
  more: {
    readonly feeds?: readonly FeedState[]
    readonly facts?: Readonly<Record<string, CveFacts>>
    readonly releases?: readonly ReleaseSupport[]
    readonly examined?: readonly (readonly [ecosystem: string, name: string])[]
  } = {},
): AdvisoryDatabase => {
  const records: StoredRecord[] = []
  const entries = new Map<string, AdvisoryEntry[]>()
  for (const [ecosystem, name] of more.examined ?? []) entries.set(`${ecosystem}\n${name}`, [])
  for (const draft of drafts) {
    const { affected, feed = 'test', ...rest } = draft
    const record: StoredRecord = {
      aliases: [],
      url: `https://example.org/${draft.id}`,
      ...rest,
      feed,
      packages: affected.map(({ ecosystem, name }) => ({ ecosystem, name })),
    }
    const number = records.push(record) - 1
    for (const { ecosystem, name, ...what } of affected) {
      const key = `${ecosystem}\n${name}`
      const list = entries.get(key) ?? []
      entries.set(key, list)
      list.push({
        ...what,
        feed,
        record: number,
        id: record.id,
        vulnerabilities: vulnerabilitiesOf(record),
        isBundle: record.isBundle === true,
      })
    }
  }
  const ecosystems = new Set([...entries.keys()].map(key => key.slice(0, key.indexOf('\n'))))
  return {
    path: 'memory',
    built: '2026-08-01T00:00:00Z',
    feeds: more.feeds ?? [feedState()],
    about: (ecosystem, name) => entries.get(`${ecosystem}\n${name}`),
    aboutMany: (ecosystem, names) =>
      new Map(
        names.flatMap(name => {
          const found = entries.get(`${ecosystem}\n${name}`)
          return found ? [[name, found] as const] : []
        }),
      ),
    record: number => records[number]!,
    named: id => records.filter(one => one.id === id || one.aliases.includes(id)),
    facts: cve => more.facts?.[cve] ?? {},
    releases: product => (more.releases ?? []).filter(one => one.product === product),
    ecosystems: base => [...ecosystems].filter(name => name === base || name.startsWith(`${base}:`)).sort(),
    close: () => undefined,
  }
}

export const distroOf = (id: string, version: string, more: Partial<Distro> = {}): Distro => ({
  id,
  idLike: [],
  version,
  codename: '',
  name: `${id} ${version}`,
  variant: '',
  ...more,
})

export const packageOf = (purl: string, name: string, version: string, more: Partial<Package> = {}): Package => ({
  purl,
  name,
  version,
  ecosystem: /^pkg:([^/]+)/.exec(purl)![1]!,
  at: [{ in: 'layer', layer: `sha256:${'a'.repeat(64)}`, path: '/somewhere' }],
  dependsOn: [],
  licences: [],
  ...more,
})

export const deb = (name: string, version: string, more: Partial<Package> = {}): Package =>
  packageOf(`pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=amd64`, name, version, more)
export const npm = (name: string, version: string, more: Partial<Package> = {}): Package =>
  packageOf(`pkg:npm/${name}@${version}`, name, version, more)
export const rpm = (name: string, version: string, module?: string, more: Partial<Package> = {}): Package =>
  packageOf(
    `pkg:rpm/almalinux/${name}@${version.replace(/^\d+:/, '')}?arch=x86_64${module === undefined ? '' : `&modularitylabel=${encodeURIComponent(module)}`}`,
    name,
    version,
    more,
  )
export const apk = (name: string, version: string, more: Partial<Package> = {}): Package =>
  packageOf(`pkg:apk/alpine/${name}@${version}`, name, version, more)
