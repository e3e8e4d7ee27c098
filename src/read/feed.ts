/** What knows of vulnerabilities: one file each in `feeds/`. */
import type { Completeness, FeedItem } from '../model/advisory.ts'

export type Feed = {
  /** For people: `Debian security tracker`. */
  readonly title: string
  /** Where a person reads about it. */
  readonly home: string
  /** SPDX expression, or the owner's words. */
  readonly licence: string
  /** Who must be named, where the licence asks for it. */
  readonly attribution?: string
  /** Smaller decides where several feeds know the same vulnerability of the same package. The maintainer of the packages: 10; others: 50. */
  readonly rank: number
  readonly parts: readonly FeedPart[]
  /** Files are given one after the other, in the order in which the archive has them; what was understood comes out. Broken ones give `skipped`. Throws Unreadable when the whole file is not what it should be. */
  read(file: FeedFile, part: FeedPart): Iterable<FeedItem>
}

export type FeedPart = {
  /** `npm`; '' when the feed has one part only. */
  readonly name: string
  /** OSV ecosystems without their releases; empty: it is about vulnerabilities wherever they are. */
  readonly ecosystems: readonly string[]
  readonly completeness: Completeness
  /** What is fetched, one after the other; undefined: it is only imported from files. */
  readonly downloads: readonly Download[]
  /** `feed/part` whose data this one takes the place of, once it was read: a snapshot's. */
  readonly replaces?: readonly string[]
}

export type Download = {
  readonly url: string
  /** Where `url` only leads to the address (a list of mirrors, the index of a repository): each gets the text that came and gives the next address. Throws Unreadable. */
  readonly via?: readonly ((text: string, url: string) => string)[]
  /** A larger answer is refused. Bytes. */
  readonly limit: number
  /** Which of an archive's members are read; undefined: all. */
  readonly members?: RegExp
  /** How it is asked for what changed since: OSV's list of changed records, newest first. */
  readonly changes?: { readonly list: string; readonly record: (id: string) => string }
}

/** One file: a member of an archive, or what was downloaded itself, after decompression. */
export type FeedFile = {
  /** The path inside the archive, or the last part of the address. */
  readonly name: string
  /** Only lent: valid until the next file. */
  readonly bytes: Uint8Array
}
