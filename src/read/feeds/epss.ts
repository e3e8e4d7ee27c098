import { cut, isCve, looseDate } from '../advisory-fields.ts'
import { byteLines } from '../byte-lines.ts'
import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'

/** `#model_version:…,score_date:…`, the names of the columns, `CVE-1999-0001,0.03351,0.87650`: https://www.first.org/epss/data_stats */
const feed: Feed = {
  title: 'EPSS: probability of exploitation',
  home: 'https://www.first.org/epss/',
  licence: 'free to use with attribution (https://www.first.org/epss/)',
  attribution: 'Exploit Prediction Scoring System (EPSS), FIRST.org: https://www.first.org/epss/',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: [],
      completeness: 'all',
      downloads: [{ url: 'https://epss.cyentia.com/epss_scores-current.csv.gz', limit: 256 * 1024 ** 2 }],
    },
  ],
  *read(file) {
    if (!/\.csv(?:\.gz)?$/.test(file.name)) return
    let isHeaded = false
    for (const line of byteLines(file.bytes)) {
      if (line.startsWith('#')) {
        const at = looseDate(/score_date:([^,]+)/.exec(line)?.[1])
        if (at !== undefined) yield { kind: 'dated', at }
        continue
      }
      if (!isHeaded) {
        if (!line.startsWith('cve,epss,percentile')) throw new Unreadable('its columns are not cve, epss, percentile')
        isHeaded = true
        continue
      }
      if (line === '') continue
      const [id, score, percentile] = line.split(',', 3)
      const epss = { score: probability(score), percentile: probability(percentile) }
      if (isCve(id) && !Number.isNaN(epss.score) && !Number.isNaN(epss.percentile)) yield { kind: 'cve', id, facts: { epss } }
      else yield { kind: 'skipped', what: cut(line, 60), why: 'it is no CVE with its score' }
    }
    if (!isHeaded) throw new Unreadable('its columns are not cve, epss, percentile')
  },
}

export default feed

const probability = (text: string | undefined): number =>
  text !== undefined && /^(?:0(?:\.\d+)?|1(?:\.0+)?|\d(?:\.\d+)?e-\d+)$/i.test(text) ? Number(text) : Number.NaN
