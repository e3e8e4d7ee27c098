/** rpm's own format "ndb", which SUSE uses: https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c */
import { copyOf, type LayerFile, Unreadable } from '../cataloger.ts'
import { headerLimit } from './header.ts'

const fileMagic = 0x506d7052
const slotMagic = 0x746f6c53
const blobMagic = 0x53626c42
const pageSize = 4096
const slotSize = 16
/** Offsets of blobs count blocks. */
const blockSize = 16
/** A million packages. */
const slotPagesLimit = 4096

/** Every package's header. Throws Unreadable. */
export function* readNdb(file: LayerFile): Generator<Uint8Array> {
  const head = copyOf(file.read(0, 32))
  const header = new DataView(head.buffer)
  if (head.length < 32 || header.getUint32(0, true) !== fileMagic) throw new Unreadable('it is no ndb file')
  if (header.getUint32(4, true) !== 0) throw new Unreadable('it is an ndb file of a version that nobody knows')
  const slotPages = header.getUint32(12, true)
  if (slotPages > slotPagesLimit || slotPages * pageSize > file.size) throw new Unreadable('its table of packages is broken')
  const bytes = copyOf(file.read(0, slotPages * pageSize))
  const table = new DataView(bytes.buffer)
  let total = 0
  for (let at = 32; at + slotSize <= bytes.length; at += slotSize) {
    if (table.getUint32(at, true) !== slotMagic) throw new Unreadable('its table of packages is broken')
    const index = table.getUint32(at + 4, true)
    const offset = table.getUint32(at + 8, true) * blockSize
    // A place that is free.
    if (offset === 0) continue
    const lead = copyOf(file.read(offset, 16))
    const blob = new DataView(lead.buffer)
    if (lead.length < 16 || blob.getUint32(0, true) !== blobMagic || blob.getUint32(4, true) !== index)
      throw new Unreadable('a package is not where the table has it')
    const length = blob.getUint32(12, true)
    total += length
    // Packages that lie upon each other would make a small file large.
    if (length > headerLimit || total > file.size) throw new Unreadable('a package is longer than the file')
    const value = copyOf(file.read(offset + 16, length))
    if (value.length < length) throw new Unreadable('a package is cut off')
    yield value
  }
}
