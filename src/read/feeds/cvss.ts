import { cut, isCve, isVector } from '../advisory-fields.ts'
import { byteLines } from '../byte-lines.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'

/** One vector for each CVE, and whose it is: `CVE-1999-0006,CVSS:3.1/AV:N/…,vulnrichment:CISA-ADP`. */
const feed: Feed = {
  title: 'CVSS vectors of CVEs',
  home: 'https://www.first.org/cvss/',
  licence: 'CC0-1.0 AND MIT AND Apache-2.0 (facts)',
  rank: 50,
  parts: [{ name: '', ecosystems: [], completeness: 'some', downloads: [] }],
  *read(file) {
    if (!/(?:^|\/)cve-cvss\.csv$|(?:^|\/)cvss[^/]*\.csv$/.test(file.name)) return
    let isHeaded = false
    for (const line of byteLines(file.bytes)) {
      if (!isHeaded) {
        if (!line.startsWith('cve,vector,source')) throw new Unreadable('its columns are not cve, vector, source')
        isHeaded = true
        continue
      }
      if (line === '') continue
      const [id, vector, source] = line.split(',', 3)
      if (isCve(id) && isVector(vector)) yield { kind: 'cve', id, facts: { cvss: { vector, source: cut(source ?? '', 60) } } }
      else yield { kind: 'skipped', what: cut(line, 60), why: 'it is no CVE with its vector' }
    }
    if (!isHeaded) throw new Unreadable('its columns are not cve, vector, source')
  },
}

export default feed
