/**
 * Values of a Berkeley DB hash file, as rpm up to 4.15 kept its packages: the structures of Oracle's dbinc/db_page.h
 * (https://github.com/berkeleydb/libdb/blob/v5.3.28/src/dbinc/db_page.h).
 */
import { copyOf, type LayerFile, Unreadable } from '../cataloger.ts'
import { headerLimit } from './header.ts'

const hashMagic = 0x061561
/** Page types. */
const unsortedHash = 2
const overflow = 7
const sortedHash = 13
/** Kinds of items on a hash page. */
const inPage = 1
const offPage = 3
const headerSize = 26

/** Every value, with its key. Throws Unreadable. */
export function* readBerkeley(file: LayerFile): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
  const meta = copyOf(file.read(0, 512))
  const view = new DataView(meta.buffer)
  if (meta.length < 512) throw new Unreadable('it is no Berkeley DB')
  const isLittle = view.getUint32(12, true) === hashMagic
  if (!isLittle && view.getUint32(12, false) !== hashMagic) throw new Unreadable('it is no hash file of Berkeley DB')
  const pageSize = view.getUint32(20, isLittle)
  if (meta[24] !== 0) throw new Unreadable('it is encrypted')
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    throw new Unreadable('its page size is impossible')
  const pages = Math.min(view.getUint32(32, isLittle) + 1, Math.ceil(file.size / pageSize))
  const readPage = (number: number): DataView => {
    const bytes = copyOf(file.read(number * pageSize, pageSize))
    if (bytes.length < pageSize) throw new Unreadable('a page is cut off')
    return new DataView(bytes.buffer)
  }
  const chained = (first: number, length: number): Uint8Array => {
    if (length > headerLimit || length > file.size) throw new Unreadable('a value is longer than the file')
    const value = new Uint8Array(length)
    let filled = 0
    for (let number = first, left = pages; filled < length; left--) {
      if (number === 0 || left <= 0) throw new Unreadable('a chain of pages does not end')
      const page = readPage(number)
      if (page.getUint8(25) !== overflow) throw new Unreadable('a chain of pages leads elsewhere')
      const used = Math.min(page.getUint16(22, isLittle), pageSize - headerSize, length - filled)
      if (used === 0) throw new Unreadable('a page of a chain is empty')
      value.set(new Uint8Array(page.buffer, headerSize, used), filled)
      filled += used
      number = page.getUint32(16, isLittle)
    }
    return value
  }
  for (let number = 1; number < pages; number++) {
    const kind = file.read(number * pageSize + 25, 1)[0]
    if (kind !== unsortedHash && kind !== sortedHash) continue
    const page = readPage(number)
    const count = page.getUint16(20, isLittle)
    if (headerSize + 2 * count > pageSize) throw new Unreadable('a page has more items than places')
    const offset = (i: number): number => page.getUint16(headerSize + 2 * i, isLittle)
    const item = (i: number): Uint8Array => {
      const at = offset(i)
      // Items are put in from the end of the page: each ends where the one before it begins.
      const end = i === 0 ? pageSize : offset(i - 1)
      if (at < headerSize || at >= end || end > pageSize) throw new Unreadable('an item lies outside of its page')
      const type = page.getUint8(at)
      if (type === inPage) return new Uint8Array(page.buffer, at + 1, end - at - 1)
      if (type === offPage && at + 12 <= pageSize)
        return chained(page.getUint32(at + 4, isLittle), page.getUint32(at + 8, isLittle))
      throw new Unreadable('an item is of a kind that no database of packages has')
    }
    for (let i = 0; i + 1 < count; i += 2) yield { key: item(i), value: item(i + 1) }
  }
}
