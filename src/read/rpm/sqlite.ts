/** Tables of an SQLite database, read by their pages: https://www.sqlite.org/fileformat2.html */
import { copyOf, type LayerFile, Unreadable } from '../cataloger.ts'
import { headerLimit } from './header.ts'

type Value = number | string | Uint8Array | null

/** The values of each row of a table. Throws Unreadable, also when there is no such table. */
export function* readSqliteTable(file: LayerFile, table: string): Generator<readonly Value[]> {
  const head = copyOf(file.read(0, 100))
  if (head.length < 100 || Buffer.from(head.subarray(0, 16)).toString('latin1') !== 'SQLite format 3\0')
    throw new Unreadable('it is no SQLite database')
  const header = new DataView(head.buffer)
  const written = header.getUint16(16)
  const pageSize = written === 1 ? 65_536 : written
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw new Unreadable('its page size is impossible')
  // 2: UTF-16; rpm writes UTF-8.
  const usable = pageSize - head[20]!
  if (usable < 480) throw new Unreadable('its page size is impossible')
  const database = { file, pageSize, usable, pages: Math.ceil(file.size / pageSize) }
  let root: number | undefined
  for (const [type, name, , page] of rows(database, 1))
    if (type === 'table' && name === table && typeof page === 'number') root = page
  if (root === undefined) throw new Unreadable(`it has no table ${table}`)
  yield* rows(database, root)
}

type Database = { readonly file: LayerFile; readonly pageSize: number; readonly usable: number; readonly pages: number }

function* rows(database: Database, root: number): Generator<readonly Value[]> {
  const { pages, pageSize, usable } = database
  const pending = [root]
  const seen = new Set<number>()
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    if (seen.has(number) || number < 1 || number > pages) throw new Unreadable('its pages lead in circles, or outside of it')
    seen.add(number)
    const page = readPage(database, number)
    const start = number === 1 ? 100 : 0
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
    const type = page[start]
    if (type !== 5 && type !== 13) throw new Unreadable('a page is none of a table')
    const count = view.getUint16(start + 3)
    const pointers = start + (type === 5 ? 12 : 8)
    if (pointers + 2 * count > pageSize) throw new Unreadable('a page has more cells than places')
    if (type === 5) {
      pending.push(view.getUint32(start + 8))
      for (let i = count - 1; i >= 0; i--) {
        const at = view.getUint16(pointers + 2 * i)
        if (at + 4 > pageSize) throw new Unreadable('a cell lies outside of its page')
        pending.push(view.getUint32(at))
      }
      continue
    }
    for (let i = 0; i < count; i++) {
      const at = view.getUint16(pointers + 2 * i)
      const size = varint(page, at)
      const row = varint(page, size.next)
      if (size.value > headerLimit || size.value > database.file.size) throw new Unreadable('a row is longer than the file')
      // How much of a row stays in its page: section 1.6 of the format.
      const most = usable - 35
      const least = Math.floor(((usable - 12) * 32) / 255) - 23
      const rest = least + ((size.value - least) % (usable - 4))
      const local = size.value <= most ? size.value : rest <= most ? rest : least
      if (row.next + local + (local < size.value ? 4 : 0) > pageSize) throw new Unreadable('a row lies outside of its page')
      const payload = new Uint8Array(size.value)
      payload.set(page.subarray(row.next, row.next + local))
      let filled = local
      let next = local < size.value ? view.getUint32(row.next + local) : 0
      for (let left = pages; filled < size.value; left--) {
        if (next < 1 || next > pages || left <= 0) throw new Unreadable('a chain of pages does not end')
        const more = readPage(database, next)
        const taken = Math.min(usable - 4, size.value - filled)
        payload.set(more.subarray(4, 4 + taken), filled)
        filled += taken
        next = new DataView(more.buffer, more.byteOffset, more.byteLength).getUint32(0)
      }
      yield parseRecord(payload)
    }
  }
}

const readPage = ({ file, pageSize }: Database, number: number): Uint8Array => {
  const page = copyOf(file.read((number - 1) * pageSize, pageSize))
  if (page.length < pageSize) throw new Unreadable('a page is cut off')
  return page
}

/** Big-endian groups of seven bits, at most nine bytes. */
const varint = (bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } => {
  let value = 0
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) throw new Unreadable('a number is cut off')
    if (i === 8) return { value: value * 256 + byte, next: at + 9 }
    value = value * 128 + (byte & 127)
    if (byte < 128) return { value, next: at + i + 1 }
  }
  throw new Unreadable('a number is cut off')
}

const parseRecord = (payload: Uint8Array): readonly Value[] => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const head = varint(payload, 0)
  const values: Value[] = []
  let body = head.value
  const take = (size: number): number => {
    if (body + size > payload.length) throw new Unreadable('a row is cut off')
    body += size
    return body - size
  }
  for (let at = head.next; at < head.value; ) {
    const { value: type, next } = varint(payload, at)
    at = next
    if (type === 0) values.push(null)
    else if (type === 8 || type === 9) values.push(type - 8)
    else if (type === 7) values.push(view.getFloat64(take(8)))
    else if (type <= 6) {
      const size = [0, 1, 2, 3, 4, 6, 8][type]!
      const start = take(size)
      let number = view.getInt8(start)
      for (let i = 1; i < size; i++) number = number * 256 + payload[start + i]!
      values.push(number)
    } else if (type >= 12) {
      const size = Math.floor((type - 12) / 2)
      const start = take(size)
      const bytes = payload.subarray(start, start + size)
      values.push(type % 2 === 0 ? bytes : new TextDecoder().decode(bytes))
    } else throw new Unreadable('a value is of a kind that nobody knows')
  }
  return values
}
