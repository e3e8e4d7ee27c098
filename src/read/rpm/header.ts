/** One package of an RPM database: https://rpm-software-management.github.io/rpm/manual/format_header.html, without the magic in front. */
import { Unreadable } from '../cataloger.ts'

export type RpmPackage = {
  readonly name: string
  readonly epoch: number | undefined
  readonly version: string
  readonly release: string
  readonly architecture: string
  /** `openssl-3.0.7-24.el9.src.rpm`; empty for source packages and keys. */
  readonly sourceRpm: string
  readonly licence: string
  readonly vendor: string
  /** `nodejs:18:9020020230327152102:rhel9`; empty outside of modules. */
  readonly module: string
  readonly provides: readonly string[]
  readonly requires: readonly string[]
  readonly files: readonly string[]
}

const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  licence: 1014,
  architecture: 1022,
  oldFiles: 1027,
  sourceRpm: 1044,
  provides: 1047,
  requires: 1049,
  folderIndexes: 1116,
  names: 1117,
  folders: 1118,
  module: 5096,
} as const

/** rpm's own bounds. */
const entriesLimit = 65_535
export const headerLimit = 256 * 1024 * 1024
const stringsLimit = 2_000_000

/** Throws Unreadable. */
export const parseHeader = (blob: Uint8Array): RpmPackage => {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  if (blob.length < 8) throw new Unreadable('a package has no header')
  const count = view.getUint32(0)
  const size = view.getUint32(4)
  const start = 8 + 16 * count
  if (count > entriesLimit || start + size > blob.length) throw new Unreadable("a package's header is broken")
  const end = start + size
  const entries = new Map<number, { readonly type: number; readonly at: number; readonly count: number }>()
  for (let i = 0; i < count; i++) {
    const at = 8 + 16 * i
    const entry = { type: view.getUint32(at + 4), at: start + view.getUint32(at + 8), count: view.getUint32(at + 12) }
    if (entry.at > end) throw new Unreadable("a package's header is broken")
    entries.set(view.getUint32(at), entry)
  }
  const decoder = new TextDecoder()
  const strings = (tag: number): readonly string[] => {
    const entry = entries.get(tag)
    // 6: a string, 8: several, 9: one for each language.
    if (!entry || (entry.type !== 6 && entry.type !== 8 && entry.type !== 9)) return []
    if (entry.count > stringsLimit) throw new Unreadable("a package's header is broken")
    const found: string[] = []
    let at = entry.at
    for (let i = 0; i < (entry.type === 6 ? 1 : entry.count); i++) {
      const stop = blob.indexOf(0, at)
      if (stop === -1 || stop >= end) throw new Unreadable("a package's header is broken")
      found.push(decoder.decode(blob.subarray(at, stop)))
      at = stop + 1
    }
    return found
  }
  const numbers = (tag: number): readonly number[] => {
    const entry = entries.get(tag)
    // 4: of 32 bits.
    if (!entry || entry.type !== 4) return []
    if (entry.at + 4 * entry.count > end) throw new Unreadable("a package's header is broken")
    return Array.from({ length: entry.count }, (_, i) => view.getUint32(entry.at + 4 * i))
  }
  const text = (tag: number): string => strings(tag)[0] ?? ''
  const name = text(tags.name)
  const version = text(tags.version)
  if (name === '' || version === '') throw new Unreadable('a package has no name or no version')
  const folders = strings(tags.folders)
  const indexes = numbers(tags.folderIndexes)
  return {
    name,
    epoch: numbers(tags.epoch)[0],
    version,
    release: text(tags.release),
    architecture: text(tags.architecture),
    sourceRpm: text(tags.sourceRpm),
    licence: text(tags.licence),
    vendor: text(tags.vendor),
    module: text(tags.module),
    provides: strings(tags.provides),
    requires: strings(tags.requires),
    files: [...strings(tags.names).map((file, i) => `${folders[indexes[i] ?? -1] ?? ''}${file}`), ...strings(tags.oldFiles)],
  }
}
