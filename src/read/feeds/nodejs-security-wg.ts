import type { FeedItem } from '../../model/advisory.ts'
import {
  baseName,
  cut,
  dateOf,
  detailsOf,
  distinct,
  fieldsOf,
  filled,
  isCve,
  isName,
  isUrl,
  isVector,
  jsonOf,
  listOf,
  severityOf,
  shown,
  summaryOf,
} from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed, FeedFile } from '../feed.ts'
import { npmRanges } from '../npm-range.ts'

/**
 * `vuln/core`: Node.js itself, as the program `node` (`generic` is the purl type of programs that no package manager knows, and no ecosystem of OSV's);
 * `vuln/npm`: packages, until 2021. https://github.com/nodejs/security-wg/tree/main/vuln
 */
const feed: Feed = {
  title: 'Node.js security working group',
  home: 'https://github.com/nodejs/security-wg',
  licence: 'MIT',
  rank: 40,
  parts: [
    { name: 'core', ecosystems: ['generic'], completeness: 'some', downloads: [] },
    { name: 'npm', ecosystems: ['npm'], completeness: 'evidence', downloads: [] },
  ],
  *read(file, { name }) {
    if (!/(?:^|\/)\d+\.json$/.test(file.name) || /(?:^|\/)deps\//.test(file.name)) return
    try {
      const item = itemOf(file, name === 'core')
      if (item) yield item
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      yield { kind: 'skipped', what: cut(file.name, 128), why: error.message }
    }
  },
}

export default feed

const itemOf = (file: FeedFile, isCore: boolean): FeedItem | undefined => {
  const record = fieldsOf(jsonOf(file.bytes))
  if (!record) throw new Unreadable('it is no record')
  // The two folders tell themselves apart by what is in their records too.
  if (isCore !== (record.module_name === undefined)) return undefined
  const number = baseName(file.name).slice(0, -'.json'.length)
  const versions = isCore ? record.vulnerable : record.vulnerable_versions
  const patched = isCore ? record.patched : record.patched_versions
  const name = isCore ? 'node' : record.module_name
  if (!isName(name)) throw new Unreadable(`${shown(name)} is no name of a package`)
  if (typeof versions !== 'string') throw new Unreadable('it does not say which versions are vulnerable')
  // How the older records say all of them.
  const vulnerable = versions.replace(/<=\s*99\.999\.\d+/g, '*')
  const ranges =
    npmRanges(vulnerable, typeof patched === 'string' ? patched : undefined) ??
    // What only the second of them has wrong is no reason to lose it.
    npmRanges(vulnerable)
  if (!ranges) throw new Unreadable(`${shown(vulnerable)} is no range of versions`)
  if (ranges.length === 0) return undefined
  const cves = distinct([...listOf(record.cve), ...listOf(record.cves)].filter(isCve))
  const links = [record.ref, ...listOf(record.references)].filter(isUrl)
  const vector = record.cvss_vector
  return {
    kind: 'advisory',
    record: {
      id: `NSWG-${isCore ? 'COR' : 'ECO'}-${number.slice(0, 10)}`,
      aliases: cves,
      ...filled({
        isBundle: cves.length > 1 ? (true as const) : undefined,
        summary: summaryOf(record.title ?? record.description, record.overview),
        details: detailsOf(record.overview),
        severity: severityOf(record.severity),
        cvss: isVector(vector) ? [vector] : [],
        published: dateOf(record.publish_date),
        modified: dateOf(record.updated_at),
        references: links.slice(0, 5),
      }),
      url: isCore
        ? (links[0] ?? `https://github.com/nodejs/security-wg/blob/main/vuln/core/${number}.json`)
        : `https://github.com/nodejs/security-wg/blob/main/vuln/npm/${number}.json`,
      affected: [{ ecosystem: isCore ? 'generic' : 'npm', name, keyedBy: 'binary', ranges }],
    },
  }
}
