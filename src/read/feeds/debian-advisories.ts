import type { AffectedPackage } from '../../model/advisory.ts'
import { cut, distinct, filled, isCve, isName, isVersion, summaryOf } from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import { debianEntries, debianStatus } from '../debian-lists.ts'
import { debianEcosystem } from '../debian-releases.ts'
import type { Download, Feed } from '../feed.ts'

const list = (name: string): Download => ({
  url: `https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/${name}/list`,
  limit: 64 * 1024 ** 2,
})

/** Debian's notices, and those of its long-term support, by source packages: https://www.debian.org/security/ */
const feed: Feed = {
  title: 'Debian security advisories',
  home: 'https://www.debian.org/security/',
  licence: 'none stated (https://security-tracker.debian.org/)',
  rank: 11,
  parts: [{ name: '', ecosystems: ['Debian'], completeness: 'fixed', downloads: [list('DSA'), list('DLA')] }],
  *read(file) {
    if (!/(?:^|\/)list$/.test(file.name) || /(?:^|\/)(?:CVE|DTSA)\/list$/.test(file.name)) return
    let count = 0
    for (const { id, title, date, references, packages } of debianEntries(file.bytes)) {
      if (!/^D[SL]A-/.test(id)) throw new Unreadable('it is no list of notices')
      count++
      const cves = distinct(references.filter(isCve))
      // Repairs of earlier notices, new data, ends of support: nothing that could be vulnerable.
      if (cves.length === 0 && /regression|bugfix|database|end[- ]of|update of/i.test(title)) continue
      const affected: AffectedPackage[] = []
      for (const { codename = '', name, fixed, word = '', note } of packages) {
        const ecosystem = debianEcosystem(codename)
        if (ecosystem === undefined || !isName(name)) continue
        const common = { ecosystem, name, keyedBy: 'source' as const }
        if (isVersion(fixed)) {
          affected.push({ ...common, ranges: [{ fixed }] })
          continue
        }
        const status = debianStatus(word)
        const reason = filled({ reason: note === '' ? undefined : cut(note, 300) })
        if (status !== undefined) affected.push({ ...common, ranges: status === 'not-affected' ? [] : [{}], status, ...reason })
      }
      if (affected.length === 0) continue
      yield {
        kind: 'advisory',
        record: {
          id,
          aliases: cves,
          isBundle: true,
          ...filled({ summary: summaryOf(title), published: date }),
          url: `https://security-tracker.debian.org/tracker/${id}`,
          affected,
        },
      }
    }
    if (count === 0) throw new Unreadable('it is no list of notices')
  },
}

export default feed
