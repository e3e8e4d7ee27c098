/** ZIP archives by their central directory, nothing unpacked: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { inflateRawSync } from 'node:zlib'
import { Unreadable } from './cataloger.ts'

export type Read = (offset: number, length: number) => Uint8Array

export type ZipEntry = {
  readonly name: string
  /** Bytes as they are stored, and as they are read. */
  readonly stored: number
  readonly size: number
  readonly method: number
  readonly isEncrypted: boolean
  /** Offset of the local header. */
  readonly at: number
}

/** The largest jar of a real server has 70,000. */
const entryLimit = 300_000
/** Bytes of the directory for each entry that there may be. */
const directoryShare = 224
const endSize = 22
const longestComment = 65_535

/**
 * Throws Unreadable when the end of the archive, where its directory is, is not as it should be. Programs in front of the archive are no trouble.
 * `most`: how many entries there may be.
 */
export const readZip = (read: Read, size: number, most = entryLimit): readonly ZipEntry[] => {
  const tailAt = Math.max(0, size - endSize - longestComment)
  const tail = Buffer.from(read(tailAt, size - tailAt))
  let end = -1
  for (let at = tail.length - endSize; at >= 0; at--)
    if (tail.readUInt32LE(at) === 0x06054b50) {
      end = at
      break
    }
  if (end === -1) throw new Unreadable('it has no end of a ZIP archive')
  let count = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let start = tail.readUInt32LE(end + 16)
  let directoryEnd = tailAt + end
  // Numbers that are too large for their fields stand in records in front of the end.
  if (
    (count === 0xffff || length === 0xffffffff || start === 0xffffffff) &&
    end >= 20 &&
    tail.readUInt32LE(end - 20) === 0x07064b50
  ) {
    const at = Number(tail.readBigUInt64LE(end - 12))
    const record = Number.isSafeInteger(at) && at + 56 <= size ? Buffer.from(read(at, 56)) : Buffer.alloc(0)
    if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50) throw new Unreadable('its ZIP64 records are broken')
    count = Number(record.readBigUInt64LE(32))
    length = Number(record.readBigUInt64LE(40))
    start = Number(record.readBigUInt64LE(48))
    directoryEnd = at
  }
  // What stands in front of the archive shifts all offsets.
  const shift = directoryEnd - (start + length)
  if (
    !Number.isSafeInteger(count) ||
    count > most ||
    length > most * directoryShare ||
    shift < 0 ||
    start + shift + length > size
  )
    throw new Unreadable('its ZIP directory is broken, or too large')
  const directory = Buffer.from(read(start + shift, length))
  if (directory.length < length) throw new Unreadable('its ZIP directory is cut off')
  const entries: ZipEntry[] = []
  let at = 0
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50 && entries.length < count) {
    const flags = directory.readUInt16LE(at + 8)
    const nameLength = directory.readUInt16LE(at + 28)
    const extraLength = directory.readUInt16LE(at + 30)
    const commentLength = directory.readUInt16LE(at + 32)
    const next = at + 46 + nameLength + extraLength + commentLength
    if (next > directory.length) throw new Unreadable('its ZIP directory is broken')
    let stored = directory.readUInt32LE(at + 20)
    let whole = directory.readUInt32LE(at + 24)
    let header = directory.readUInt32LE(at + 42)
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    if (stored === 0xffffffff || whole === 0xffffffff || header === 0xffffffff) {
      for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
        if (extra.readUInt16LE(field) !== 1) continue
        const values = extra.subarray(field + 4, Math.min(extra.length, field + 4 + extra.readUInt16LE(field + 2)))
        let used = 0
        const wide = (value: number): number => {
          if (value !== 0xffffffff || used + 8 > values.length) return value
          used += 8
          return Number(values.readBigUInt64LE(used - 8))
        }
        whole = wide(whole)
        stored = wide(stored)
        header = wide(header)
      }
    }
    const bytes = directory.subarray(at + 46, at + 46 + nameLength)
    entries.push({
      name: bytes.toString((flags & 0x800) !== 0 || bytes.every(byte => byte < 128) ? 'utf8' : 'latin1'),
      stored,
      size: whole,
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (flags & 1) !== 0,
      at: header + shift,
    })
    at = next
  }
  return entries
}

/** An entry's bytes. Throws Unreadable when they are more than `limit`, are encrypted, or are packed in a way other than the two usual ones. */
export const readEntry = (read: Read, entry: ZipEntry, limit: number): Uint8Array => {
  if (entry.isEncrypted) throw new Unreadable(`its entry ${entry.name} is encrypted`)
  if (entry.size > limit || entry.stored > limit) throw new Unreadable(`its entry ${entry.name} has more than ${limit} bytes`)
  const start = bodyOf(read, entry)
  const stored = read(start, entry.stored)
  if (stored.length < entry.stored) throw new Unreadable(`its entry ${entry.name} is cut off`)
  if (entry.method === 0) return new Uint8Array(stored)
  if (entry.method !== 8) throw new Unreadable(`its entry ${entry.name} is packed by method ${entry.method}`)
  try {
    // More than it says would be a bomb. In one piece: pieces would be held a second time while they are put together.
    const most = Math.max(1, Math.min(limit, entry.size))
    return inflateRawSync(stored, { maxOutputLength: most, chunkSize: Math.max(64, most + 1) })
  } catch (error) {
    throw new Unreadable(`its entry ${entry.name} is broken`, error)
  }
}

/** Where an entry's stored bytes begin. */
const bodyOf = (read: Read, { at, name }: ZipEntry): number => {
  const header = Number.isSafeInteger(at) ? Buffer.from(read(at, 30)) : Buffer.alloc(0)
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw new Unreadable(`its entry ${name} has no header`)
  return at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
}

/** An entry that was not compressed, as a part of the archive itself; undefined for all others. */
export const storedPart = (read: Read, entry: ZipEntry): Read | undefined => {
  if (entry.method !== 0 || entry.isEncrypted) return undefined
  const start = bodyOf(read, entry)
  return (offset, length) => read(start + offset, Math.max(0, Math.min(length, entry.stored - offset)))
}
