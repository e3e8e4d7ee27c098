import type { FeedItem } from '../../model/advisory.ts'
import {
  cut,
  distinct,
  fieldsOf,
  filled,
  isCve,
  isCwe,
  isId,
  isName,
  isUrl,
  isVersion,
  jsonOf,
  listOf,
  rangeTo,
  severityOf,
  shown,
  summaryOf,
} from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'
import { cveOfLinks } from '../retirejs-names.ts'

/** Its list of npm packages; the other one is of scripts in browsers. https://github.com/RetireJS/retire.js/tree/master/repository */
const feed: Feed = {
  title: 'Retire.js',
  home: 'https://retirejs.github.io/retire.js/',
  licence: 'Apache-2.0',
  rank: 60,
  parts: [{ name: '', ecosystems: ['npm'], completeness: 'evidence', downloads: [] }],
  *read(file) {
    if (!/(?:^|\/)npmrepository[^/]*\.json$/.test(file.name)) return
    const repository = fieldsOf(jsonOf(file.bytes))
    if (!repository) throw new Unreadable('it is no list of packages')
    for (const [name, value] of Object.entries(repository)) {
      if (name === 'retire-example') continue
      const { vulnerabilities } = fieldsOf(value) ?? {}
      if (!isName(name) || !Array.isArray(vulnerabilities)) {
        yield { kind: 'skipped', what: shown(name), why: 'it has no list of vulnerabilities' }
        continue
      }
      for (const [i, one] of vulnerabilities.entries()) yield itemOf(name, one, i + 1)
    }
  },
}

export default feed

const itemOf = (name: string, value: unknown, number: number): FeedItem => {
  const entry = fieldsOf(value) ?? {}
  const { atOrAbove, below } = entry
  if (!isVersion(below) || (atOrAbove !== undefined && !isVersion(atOrAbove)))
    return { kind: 'skipped', what: cut(`${name} ${number}`, 128), why: 'it does not say which versions' }
  const identifiers = fieldsOf(entry.identifiers)
  const links = listOf(entry.info).filter(isUrl)
  const stated = listOf(identifiers?.CVE).filter(isCve)
  const known = stated.length === 0 && !isId(identifiers?.githubID) ? cveOfLinks(links) : undefined
  const cves = known === undefined ? stated : [known]
  const own = `RETIREJS-${name.replaceAll(/[^\w@/.-]/g, '_').slice(0, 90)}-${number}`
  const names = distinct([...cves, ...[identifiers?.githubID].filter(isId)])
  const isBundle = cves.length > 1
  const [id = own, ...aliases] = isBundle ? [own, ...cves] : names
  return {
    kind: 'advisory',
    record: {
      id,
      aliases,
      ...filled({
        isBundle: isBundle ? (true as const) : undefined,
        summary: summaryOf(identifiers?.summary),
        severity: severityOf(entry.severity),
        cwes: listOf(entry.cwe).filter(isCwe).slice(0, 16),
        references: links.slice(0, 5),
      }),
      url: links[0] ?? 'https://retirejs.github.io/retire.js/',
      affected: [{ ecosystem: 'npm', name, keyedBy: 'binary', ranges: [rangeTo(below, atOrAbove)] }],
    },
  }
}
