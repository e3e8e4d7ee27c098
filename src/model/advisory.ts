/** Advisories in the terms of the OSV schema (https://ossf.github.io/osv-schema/), whatever form their feed has. All plain data. */
import type { Severity } from './finding.ts'

/**
 * What whoever maintains the package says of it. `minor`: Debian's no-dsa, fixed at the next occasion. `unimportant`: no security impact where it is
 * packaged. `deferred`: postponed, or a fix is being prepared. `undetermined`: nobody has looked yet. Only `affected` makes a build fail.
 */
export type AdvisoryStatus =
  | 'affected'
  | 'not-affected'
  | 'wont-fix'
  | 'deferred'
  | 'minor'
  | 'unimportant'
  | 'undetermined'
  | 'end-of-life'

/** Versions from `introduced` (inclusive; undefined: from the first one on) to before `fixed`, or up to `lastAffected` inclusive; without both: all later ones. */
export type VersionRange = { readonly introduced?: string; readonly fixed?: string; readonly lastAffected?: string }

/** What a record says of one package. */
export type AffectedPackage = {
  /** As the OSV schema names it, with the release where there is one: `npm`, `Debian:12`, `Alpine:v3.20`, `Ubuntu:22.04:LTS`. */
  readonly ecosystem: string
  /** As the ecosystem normalises it: PyPI's in small letters with `-`, Maven's `group:artifact`. */
  readonly name: string
  /** Whether `name` is what is built from (Debian's source package, Alpine's origin) or what is installed. */
  readonly keyedBy: 'source' | 'binary'
  /** Any of them. Empty together with `versions`: no version at all, as for `not-affected`. */
  readonly ranges: readonly VersionRange[]
  /** Single versions beside the ranges. */
  readonly versions?: readonly string[]
  /** Default: `affected`. */
  readonly status?: AdvisoryStatus
  /** The maintainer's own words for the status. */
  readonly reason?: string
  /** The maintainer's own weight of it in this package. */
  readonly severity?: Severity
  /** `nodejs:18`: only packages of that module's stream. */
  readonly module?: string
  /** Who gets the fix: only those with this subscription. */
  readonly fixNeeds?: 'ubuntu-pro'
}

/** One record of a feed. */
export type AdvisoryRecord = {
  /** As its feed calls it: `DSA-5380-1`, `GHSA-35jh-r3h4-6jhm`. Not always only once: Debian's tracker has one record for each package and CVE. */
  readonly id: string
  /** Other names of the same vulnerability. Of a bundle: the vulnerabilities that it is about. */
  readonly aliases: readonly string[]
  /** One notice about several vulnerabilities (DSA, RHSA, USN), each of which counts by itself. */
  readonly isBundle?: true
  readonly summary?: string
  /** At most 4,000 characters. */
  readonly details?: string
  /** In the feed's own word. */
  readonly severity?: Severity
  /** CVSS vectors: https://www.first.org/cvss/ */
  readonly cvss?: readonly string[]
  readonly cwes?: readonly string[]
  /** ISO 8601. */
  readonly published?: string
  readonly modified?: string
  /** ISO 8601: since then it says nothing any more. */
  readonly withdrawn?: string
  /** Where a person reads it. */
  readonly url: string
  readonly references?: readonly string[]
  /** Bad on purpose: malware under the name of a package. */
  readonly isMalware?: true
  readonly affected: readonly AffectedPackage[]
}

/** What is known of a vulnerability whatever it is found in. */
export type CveFacts = {
  /** Probability (0 to 1) of exploitation within 30 days: https://www.first.org/epss/ */
  readonly epss?: { readonly score: number; readonly percentile: number }
  /** In CISA's catalogue of known exploited vulnerabilities: https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
  readonly kev?: { readonly added: string; readonly due?: string; readonly isRansomware: boolean; readonly name?: string }
  readonly cvss?: { readonly vector: string; readonly source: string }
}

/** A release of a distribution or product, and until when it gets security fixes. ISO dates; `true`: has ended, nobody says when; `false`: no end is set. */
export type ReleaseSupport = {
  /** endoflife.date's product: `debian`, `alpine-linux`, `nodejs`. */
  readonly product: string
  readonly release: string
  readonly codename?: string
  readonly isLts: boolean
  readonly released?: string
  readonly endOfLife: string | boolean
  /** Until when those are served who pay, or use the community's long-term support. */
  readonly extendedEnd?: string | boolean
  readonly latest?: string
}

/** What a feed gives, one after the other. */
export type FeedItem =
  | { readonly kind: 'advisory'; readonly record: AdvisoryRecord }
  /** Somebody looked at this package, whether or not there is an advisory. */
  | { readonly kind: 'examined'; readonly ecosystem: string; readonly name: string }
  | { readonly kind: 'cve'; readonly id: string; readonly facts: CveFacts }
  | { readonly kind: 'release'; readonly support: ReleaseSupport }
  /** The day that the data is of, when the feed itself says so. ISO 8601. */
  | { readonly kind: 'dated'; readonly at: string }
  /** One that could not be read: counted, and the others go on. */
  | { readonly kind: 'skipped'; readonly what: string; readonly why: string }

/**
 * `all`: what is not mentioned is not known to be vulnerable. `fixed`: only vulnerabilities that have a fix. `some`: a part of what there is: what is
 * not mentioned was not looked at, unless it is `examined`. `evidence`: old, or a few: it adds findings, and what it mentions counts as looked at only where
 * another feed has looked.
 */
export type Completeness = 'all' | 'fixed' | 'some' | 'evidence'

/** What the database knows of one package from one record. */
export type AdvisoryEntry = Omit<AffectedPackage, 'ecosystem' | 'name'> & {
  readonly feed: string
  /** For `AdvisoryDatabase.record`. */
  readonly record: number
  readonly id: string
  /** What vulnerabilities it is about, by their best known names: CVE before GHSA before others. */
  readonly vulnerabilities: readonly string[]
  readonly isBundle: boolean
}

/** A record as the database gives it back: what it says of each package stands with the package. */
export type StoredRecord = Omit<AdvisoryRecord, 'affected'> & {
  readonly feed: string
  readonly packages: readonly { readonly ecosystem: string; readonly name: string }[]
}

/** One part of one feed as it was taken in. */
export type FeedState = {
  readonly feed: string
  /** `npm` of OSV's exports; '' where a feed has no parts. */
  readonly part: string
  readonly title: string
  /** Where it comes from, for people. */
  readonly home: string
  readonly licence: string
  /** OSV ecosystems without their releases; empty: of all. */
  readonly ecosystems: readonly string[]
  readonly completeness: Completeness
  /** What a reader must know of this copy of the data. */
  readonly caveat?: string
  /** Smaller decides where several know the same vulnerability of the same package. */
  readonly rank: number
  /** ISO 8601: what day the data is of, and when it was fetched (the same where only one is known). */
  readonly dated: string
  readonly fetched: string
  readonly records: number
  readonly skipped: number
  /** Of its address: for asking again. */
  readonly etag?: string
  readonly lastModified?: string
}

/** A feed's part that is taken in: its state, but for what is counted meanwhile. */
export type FeedIdentity = Omit<FeedState, 'dated' | 'records' | 'skipped'> & { readonly dated?: string }

/** Changes to a copy of the database, which takes its place in the end, or is thrown away. A call that throws has changed nothing. */
export type DatabaseWriter = {
  readonly feeds: readonly FeedState[]
  /** Takes the place of all that the part had. Records that were withdrawn are left out. What `items` or `accept` throw is thrown on. */
  replace(identity: FeedIdentity, items: Iterable<FeedItem>, hearing?: Hearing): FeedState
  /** Changes single records of a part that is there: the ones called `ids` go, those among `items` come. */
  amend(identity: FeedIdentity, ids: Iterable<string>, items: Iterable<FeedItem>, hearing?: Hearing): FeedState
  /** Asked again, and nothing was new. */
  confirm(identity: Pick<FeedState, 'feed' | 'part' | 'fetched'>): void
  remove(feed: string, part: string): void
}

export type Hearing = {
  /** Gets what was skipped. */
  skipped?(item: Extract<FeedItem, { kind: 'skipped' }>): void
  /** Looks at what came of it, and throws when it should not hold. */
  accept?(state: FeedState): void
}

/** Where databases are kept. */
export type DatabaseStore = {
  /** The newest there is: the user's own, else the one that came with the program. Throws DatabaseError. */
  open(): AdvisoryDatabase
  /** Works on a copy of the user's own (or the one that came with the program, or an empty one). Throws DatabaseError, also when another process is at it. */
  change(work: (writer: DatabaseWriter) => Promise<void>): Promise<void>
}

/** The database of advisories, as the flows see it. `store/` implements it. */
export type AdvisoryDatabase = {
  readonly path: string
  /** ISO 8601. */
  readonly built: string
  readonly feeds: readonly FeedState[]
  /** What is known of a package; undefined: it is not mentioned anywhere. Throws DatabaseError. */
  about(ecosystem: string, name: string): readonly AdvisoryEntry[] | undefined
  /** The same of many, in a fraction of the time: those of which something is known. Throws DatabaseError. */
  aboutMany(ecosystem: string, names: readonly string[]): ReadonlyMap<string, readonly AdvisoryEntry[]>
  /** Throws DatabaseError. */
  record(number: number): StoredRecord
  /** All records that have this id or are about it. Throws DatabaseError. */
  named(id: string): readonly StoredRecord[]
  facts(cve: string): CveFacts
  /** Releases of a product, as the feed orders them. */
  releases(product: string): readonly ReleaseSupport[]
  /** The ecosystems (with releases) that begin with this one: `Alpine` gives `Alpine:v3.20`, … */
  ecosystems(base: string): readonly string[]
  close(): void
}

/** The database is not there, is broken, or of another form. The message is one sentence. */
export class DatabaseError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DatabaseError'
    this.hint = hint
  }
}

/**
 * What vulnerabilities a record is about, by the names that all feeds share: CVE ids; else GHSA's, else the first of all its ids that begins with
 * letters that feeds share, else its own. Of a bundle without any: itself.
 */
export const vulnerabilitiesOf = ({
  id,
  aliases,
  isBundle,
}: Pick<AdvisoryRecord, 'id' | 'aliases' | 'isBundle'>): readonly string[] => {
  const all = isBundle ? aliases : [id, ...aliases]
  for (const pattern of sharedNames) {
    const found = all.filter(one => pattern.test(one))
    if (found.length > 0) return [...new Set(found)].sort()
  }
  return [id]
}

const sharedNames: readonly RegExp[] = [/^CVE-\d{4}-\d+$/, /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/, /^MAL-\d{4}-\d+$/]
