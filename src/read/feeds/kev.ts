import { cut, dateOf, fieldsOf, isCve, jsonOf, looseDate, shown, textOf } from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'

/** Its schema: https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json */
const feed: Feed = {
  title: 'CISA known exploited vulnerabilities',
  home: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  licence: 'CC0-1.0',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: [],
      completeness: 'all',
      downloads: [
        {
          url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
          limit: 64 * 1024 ** 2,
        },
      ],
    },
  ],
  *read(file) {
    if (!file.name.endsWith('.json')) return
    const catalogue = fieldsOf(jsonOf(file.bytes))
    if (!catalogue || !Array.isArray(catalogue.vulnerabilities)) throw new Unreadable('it is no catalogue of vulnerabilities')
    const at = looseDate(catalogue.dateReleased)
    if (at !== undefined) yield { kind: 'dated', at }
    for (const value of catalogue.vulnerabilities) {
      const entry = fieldsOf(value)
      const added = dateOf(entry?.dateAdded)
      if (!entry || !isCve(entry.cveID) || added === undefined) {
        yield { kind: 'skipped', what: shown(entry?.cveID ?? value), why: 'it has no CVE or no date' }
        continue
      }
      const due = dateOf(entry.dueDate)
      const name = textOf(entry.vulnerabilityName)
      yield {
        kind: 'cve',
        id: entry.cveID,
        facts: {
          kev: {
            added,
            ...(due === undefined ? {} : { due }),
            isRansomware: entry.knownRansomwareCampaignUse === 'Known',
            ...(name === undefined ? {} : { name: cut(name, 300) }),
          },
        },
      }
    }
  },
}

export default feed
