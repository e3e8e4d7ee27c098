import type { FeedItem } from '../../model/advisory.ts'
import { cut, dateOf, fieldsOf, isCve, isName, isVersion, jsonOf, shown } from '../advisory-fields.ts'
import { byteLines } from '../byte-lines.ts'
import { Unreadable } from '../cataloger.ts'
import { debianEcosystem } from '../debian-releases.ts'
import type { Feed, FeedFile } from '../feed.ts'

/**
 * What the changelogs of Debian's packages say was fixed, one JSON object a line, in a file named after the release: `{"source":"openssl",
 * "cve":"CVE-2026-84784","fixed":"3.5.7-1~deb13u3","dist":"trixie-security","date":"2026-09-29"}`; beside it, the packages that were looked at.
 */
const feed: Feed = {
  title: 'Changelogs of Debian packages',
  home: 'https://metadata.ftp-master.debian.org/changelogs/',
  licence: 'NONE (facts)',
  rank: 12,
  parts: [{ name: '', ecosystems: ['Debian'], completeness: 'some', downloads: [] }],
  *read(file) {
    const match = /(?:^|\/)([a-z]+)\.(jsonl|examined-sources\.json)$/.exec(file.name)
    if (!match) return
    const ecosystem = debianEcosystem(match[1]!)
    if (ecosystem === undefined) throw new Unreadable(`${match[1]} is no release of Debian`)
    yield* match[2] === 'jsonl' ? fixes(file, ecosystem) : examined(file, ecosystem)
  },
}

export default feed

function* examined({ bytes }: FeedFile, ecosystem: string): Generator<FeedItem> {
  const sources = fieldsOf(jsonOf(bytes))
  if (!sources) throw new Unreadable('it is no list of packages')
  for (const name of Object.keys(sources)) if (isName(name)) yield { kind: 'examined', ecosystem, name }
}

function* fixes({ bytes }: FeedFile, ecosystem: string): Generator<FeedItem> {
  for (const line of byteLines(bytes)) {
    if (line.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      yield { kind: 'skipped', what: cut(line, 60), why: 'it is no JSON' }
      continue
    }
    const { source, cve, fixed, date } = fieldsOf(value) ?? {}
    if (!isName(source) || !isCve(cve) || !isVersion(fixed)) {
      yield { kind: 'skipped', what: shown(value), why: 'it lacks a source, a CVE or a version' }
      continue
    }
    const modified = dateOf(date)
    yield {
      kind: 'advisory',
      record: {
        id: cve,
        aliases: [],
        ...(modified === undefined ? {} : { modified }),
        url: `https://security-tracker.debian.org/tracker/${cve}`,
        affected: [{ ecosystem, name: source, keyedBy: 'source', ranges: [{ fixed }] }],
      },
    }
  }
}
