import type { AdvisoryStatus, AffectedPackage, FeedItem } from '../../model/advisory.ts'
import {
  cut,
  detailsOf,
  type Fields,
  fieldsOf,
  filled,
  isId,
  isName,
  isVersion,
  jsonOf,
  severityOf,
  shown,
  summaryOf,
  textOf,
} from '../advisory-fields.ts'
import { Unreadable } from '../cataloger.ts'
import { type DebianPackage, debianEntries, debianStatus } from '../debian-lists.ts'
import { debianEcosystem } from '../debian-releases.ts'
import type { Feed } from '../feed.ts'
import { jsonEntries } from '../json-entries.ts'

/**
 * `{ PACKAGE: { CVE: { description, releases: { bookworm: { status, fixed_version, urgency, nodsa, nodsa_reason } } } } }`, by source packages, or the list
 * that it is made from: https://security-team.debian.org/security_tracker.html
 */
const feed: Feed = {
  title: 'Debian security tracker',
  home: 'https://security-tracker.debian.org/tracker/',
  licence: 'none stated (https://security-tracker.debian.org/)',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: ['Debian'],
      completeness: 'all',
      downloads: [{ url: 'https://security-tracker.debian.org/tracker/data/json', limit: 512 * 1024 ** 2 }],
      replaces: ['debian-changelogs/'],
    },
  ],
  *read(file) {
    if (/(?:^|\/)(?:json|(?:debian-)?tracker[^/]*\.json)$/.test(file.name)) yield* fromJson(file.bytes)
    else if (/(?:^|\/)CVE\/list$|(?:^|\/)debian-tracker[^/]*\.list$/.test(file.name)) yield* fromList(file.bytes)
  },
}

export default feed

const page = (id: string): string => `https://security-tracker.debian.org/tracker/${encodeURIComponent(id)}`

function* fromJson(bytes: Uint8Array): Generator<FeedItem> {
  for (const [name, issues] of jsonEntries(bytes)) {
    if (!isName(name)) {
      yield { kind: 'skipped', what: shown(name), why: 'it is no name of a package' }
      continue
    }
    for (const [id, value] of jsonEntries(issues)) {
      const issue = fieldsOf(jsonOf(value))
      const releases = fieldsOf(issue?.releases)
      if (!isId(id) || !issue || !releases) {
        yield { kind: 'skipped', what: `${cut(name, 60)} ${shown(id)}`, why: 'it is no vulnerability with its releases' }
        continue
      }
      const affected: AffectedPackage[] = []
      for (const [codename, release] of Object.entries(releases)) {
        const ecosystem = debianEcosystem(codename)
        if (ecosystem === undefined) continue
        const one = inRelease(fieldsOf(release))
        if (typeof one === 'string') yield { kind: 'skipped', what: `${cut(name, 60)} ${id} ${codename}`, why: one }
        else affected.push({ ecosystem, name, keyedBy: 'source', ...one })
      }
      if (affected.length === 0) continue
      yield {
        kind: 'advisory',
        record: {
          id,
          aliases: [],
          ...filled({ summary: summaryOf(undefined, issue.description), details: detailsOf(issue.description) }),
          url: page(id),
          affected,
        },
      }
    }
  }
}

type Said = Pick<AffectedPackage, 'ranges' | 'status' | 'reason' | 'severity'>

/** What is said of a release, or why that is not understood. */
const inRelease = (release: Fields | undefined): Said | string => {
  if (!release) return 'it does not say how the release is affected'
  const { status, fixed_version: fixed } = release
  const urgency = textOf(release.urgency)
  const weight = filled({ severity: severityOf(urgency) })
  if (status === 'resolved') {
    if (!isVersion(fixed)) return 'it is resolved, and does not say in which version'
    if (fixed === '0') return { ranges: [], status: 'not-affected' }
    return { ranges: [{ fixed }], ...weight, ...(urgency === 'unimportant' ? { status: 'unimportant' as const } : {}) }
  }
  if (status !== 'open' && status !== 'undetermined') return `${shown(status)} is no status`
  const reason = textOf(release.nodsa)
  return {
    ranges: [{}],
    status: status === 'undetermined' ? 'undetermined' : openStatus(urgency, reason, release.nodsa_reason),
    ...weight,
    ...(reason === undefined ? {} : { reason: cut(reason, 300) }),
  }
}

const openStatus = (urgency: string | undefined, nodsa: string | undefined, why: unknown): AdvisoryStatus => {
  if (urgency === 'unimportant' || urgency === 'end-of-life') return urgency
  if (why === 'ignored') return 'wont-fix'
  if (why === 'postponed') return 'deferred'
  return nodsa === undefined ? 'affected' : 'minor'
}

/** Whose state follows from unstable's when nothing is said of them. */
const following = ['buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'sid']

function* fromList(bytes: Uint8Array): Generator<FeedItem> {
  let count = 0
  for (const { id: listed, title, references, packages } of debianEntries(bytes)) {
    count++
    if (packages.length === 0) continue
    // `CVE-2023-XXXX`: it has no number so far.
    const id = /^CVE-\d{4}-X+$/.test(listed) ? `TEMP-${listed.slice(4, 8)}-${packages[0]!.name}` : listed
    if (!isId(id)) {
      yield { kind: 'skipped', what: shown(id), why: 'it is no id' }
      continue
    }
    // Releases that got a notice have their versions in the lists of notices.
    const hasNotice = references.some(one => /^D[SL]A-/.test(one))
    const affected: AffectedPackage[] = []
    for (const name of new Set(packages.map(one => one.name))) {
      if (!isName(name)) continue
      const said = new Map(packages.filter(one => one.name === name).map(one => [one.codename ?? '', one]))
      const unstable = said.get('')
      for (const codename of new Set([...said.keys(), ...(unstable ? following : [])])) {
        const own = said.get(codename)
        if (codename === '' || (!own && hasNotice && codename !== 'sid')) continue
        if (!own && unstable?.word === 'removed' && codename === 'sid') continue
        const ecosystem = debianEcosystem(codename)
        const one = ecosystem && inLine(own ?? unstable!, unstable, own !== undefined || codename === 'sid')
        if (one) affected.push({ ecosystem, name, keyedBy: 'source', ...one })
      }
    }
    if (affected.length === 0) continue
    const description = title.replace(/^[([]|[)\]]$/g, '')
    yield {
      kind: 'advisory',
      record: { id, aliases: [], ...filled({ summary: summaryOf(description) }), url: page(id), affected },
    }
  }
  if (count === 0) throw new Unreadable('it is no list of vulnerabilities')
}

const inLine = (line: DebianPackage, unstable: DebianPackage | undefined, isOwn: boolean): Said | undefined => {
  const notes = `${line.note}; ${unstable?.note ?? ''}`.split(';').map(note => note.trim())
  const isUnimportant = notes.includes('unimportant')
  const severity = notes.map(severityOf).find(one => one !== undefined)
  const weight = filled({ severity, status: isUnimportant ? ('unimportant' as const) : undefined })
  if (line.fixed !== undefined) {
    if (!isVersion(line.fixed)) return undefined
    if (line.fixed === '0') return { ranges: [], status: 'not-affected' }
    return { ranges: [{ fixed: line.fixed }], ...weight, ...(isOwn ? {} : { reason: 'fixed in unstable' }) }
  }
  const status = debianStatus(line.word ?? '')
  if (status === undefined) return undefined
  const reason = filled({ reason: line.word === 'unfixed' || line.note === '' ? undefined : cut(line.note, 300) })
  if (status === 'not-affected') return { ranges: [], status, ...reason }
  return { ranges: [{}], ...weight, status: isUnimportant ? 'unimportant' : status, ...reason }
}
