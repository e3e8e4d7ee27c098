/**
 * The database of advisories: one SQLite file (https://www.sqlite.org/fileformat2.html), read by Node's own library. A package's advisories stand together
 * in one value, and records in blocks that are compressed together, so that a question costs one look-up and no more than one block is ever unpacked
 * for it. Every value carries a CRC-32.
 */
import { statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import {
  type AdvisoryDatabase,
  type AdvisoryEntry,
  type AdvisoryRecord,
  type AdvisoryStatus,
  type AffectedPackage,
  type CveFacts,
  DatabaseError,
  type DatabaseWriter,
  type FeedIdentity,
  type FeedItem,
  type FeedState,
  type Hearing,
  type ReleaseSupport,
  type StoredRecord,
  vulnerabilitiesOf,
} from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'

/** Rises when older programs could not read the file any more. */
export const databaseSchema = 1
/** `Bulk`, in the header of the file: https://www.sqlite.org/fileformat2.html#application_id */
const applicationId = 0x42756c6b

const recordsInBlock = 32
const valueLimit = 256 * 1024 * 1024
/** Unpacking takes longer than reading so much more. Bytes. */
const compressFrom = 4096

const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE part (id INTEGER PRIMARY KEY, feed TEXT, part TEXT, state TEXT, UNIQUE (feed, part));
CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE package (ecosystem INTEGER, name TEXT, part INTEGER, data BLOB, PRIMARY KEY (ecosystem, name, part)) WITHOUT ROWID;
CREATE TABLE block (id INTEGER PRIMARY KEY, part INTEGER, data BLOB);
CREATE INDEX block_part ON block (part);
CREATE TABLE name (id, record INTEGER, PRIMARY KEY (id, record)) WITHOUT ROWID;
CREATE TABLE cve (id INTEGER PRIMARY KEY, epss INTEGER, percentile INTEGER, kev TEXT, cvss TEXT, source INTEGER);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE release (product TEXT, position INTEGER, data TEXT, PRIMARY KEY (product, position)) WITHOUT ROWID;
`

/** First byte: 0 as it is, 1 zstd; then the CRC-32 of the rest. */
const pack = (value: unknown): Uint8Array => seal(Buffer.from(JSON.stringify(value)))

const seal = (text: Buffer): Uint8Array => {
  const body = text.length < compressFrom ? text : zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 9 } })
  const packed = Buffer.alloc(5 + body.length)
  packed[0] = body === text ? 0 : 1
  packed.writeUInt32LE(crc32(body), 1)
  body.copy(packed, 5)
  return packed
}

const unpack = (packed: unknown): unknown => JSON.parse(textIn(packed).toString())

const textIn = (packed: unknown): Buffer => {
  if (!(packed instanceof Uint8Array) || packed.length < 5)
    throw new DatabaseError('the database is broken: a value is missing', renew)
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  const body = bytes.subarray(5)
  if (crc32(body) !== bytes.readUInt32LE(1))
    throw new DatabaseError('the database is broken: a value has a wrong checksum', renew)
  return bytes[0] === 1 ? zstdDecompressSync(body, { maxOutputLength: valueLimit }) : body
}

/** Records of one block: how many bytes each has, one line; then their JSON, one after the other. Only the one that is asked for is parsed. */
const packRecords = (records: readonly (Omit<StoredRecord, 'feed'> | null)[]): Uint8Array => {
  const texts = records.map(record => Buffer.from(record === null ? '' : JSON.stringify(record)))
  return seal(Buffer.concat([Buffer.from(`${texts.map(({ length }) => length).join(' ')}\n`), ...texts]))
}

const recordIn = (text: Buffer, index: number): Omit<StoredRecord, 'feed'> | null | undefined => {
  const end = text.indexOf(10)
  const lengths = text.toString('latin1', 0, end).split(' ').map(Number)
  if (end === -1 || index >= lengths.length) return undefined
  let at = end + 1
  for (let i = 0; i < index; i++) at += lengths[i]!
  const length = lengths[index]!
  return length === 0 ? null : (JSON.parse(text.toString('utf8', at, at + length)) as Omit<StoredRecord, 'feed'>)
}

const recordsIn = (packed: unknown): (Omit<StoredRecord, 'feed'> | null)[] => {
  const text = textIn(packed)
  const found: (Omit<StoredRecord, 'feed'> | null)[] = []
  for (let i = 0; ; i++) {
    const record = recordIn(text, i)
    if (record === undefined) return found
    found.push(record)
  }
}

const renew =
  'bulkhead db update fetches a new one, bulkhead db import FILE takes one in, bulkhead db clear goes back to the one that came with bulkhead'

/** CVE ids as numbers are a third of the size: CVE-2024-3094 is 2024_0003094. Others stay texts. */
const codeOf = (id: string): number | string => {
  const match = /^CVE-(\d{4})-(\d{4,7})$/.exec(id)
  return match && (match[2]!.length === 4 || match[2]![0] !== '0') ? Number(match[1]) * 10_000_000 + Number(match[2]) : id
}

/** What an entry says, with short keys and without what is usual. */
type Stored = {
  readonly r: number
  readonly i: string
  readonly v?: readonly string[]
  readonly b?: 1
  readonly k?: 1
  readonly a?: readonly (readonly [string?, string?, string?])[]
  readonly x?: readonly string[]
  readonly s?: AdvisoryStatus
  readonly w?: string
  readonly p?: Severity
  readonly m?: string
  readonly n?: 1
}

const store = (record: AdvisoryRecord, one: AffectedPackage, number: number, vulnerabilities: readonly string[]): Stored => ({
  r: number,
  i: record.id,
  ...(vulnerabilities.length === 1 && vulnerabilities[0] === record.id ? {} : { v: vulnerabilities }),
  ...(record.isBundle ? { b: 1 } : {}),
  ...(one.keyedBy === 'binary' ? {} : { k: 1 }),
  ...(one.ranges.length === 0
    ? {}
    : {
        a: one.ranges.map(({ introduced, fixed, lastAffected }) =>
          lastAffected !== undefined
            ? [introduced ?? '', fixed ?? '', lastAffected]
            : fixed !== undefined
              ? [introduced ?? '', fixed]
              : [introduced ?? ''],
        ),
      }),
  ...(one.versions && one.versions.length > 0 ? { x: one.versions } : {}),
  ...(one.status === undefined || one.status === 'affected' ? {} : { s: one.status }),
  ...(one.reason === undefined || one.reason === '' ? {} : { w: one.reason }),
  ...(one.severity === undefined ? {} : { p: one.severity }),
  ...(one.module === undefined ? {} : { m: one.module }),
  ...(one.fixNeeds === undefined ? {} : { n: 1 }),
})

const restore = (one: Stored, feed: string): AdvisoryEntry => ({
  feed,
  record: one.r,
  id: one.i,
  vulnerabilities: one.v ?? [one.i],
  isBundle: one.b === 1,
  keyedBy: one.k === 1 ? 'source' : 'binary',
  ranges: (one.a ?? []).map(([introduced, fixed, lastAffected]) => ({
    ...(introduced ? { introduced } : {}),
    ...(fixed ? { fixed } : {}),
    ...(lastAffected ? { lastAffected } : {}),
  })),
  ...(one.x ? { versions: one.x } : {}),
  ...(one.s ? { status: one.s } : {}),
  ...(one.w === undefined ? {} : { reason: one.w }),
  ...(one.p ? { severity: one.p } : {}),
  ...(one.m === undefined ? {} : { module: one.m }),
  ...(one.n ? { fixNeeds: 'ubuntu-pro' as const } : {}),
})

type PartRow = { readonly id: number; readonly state: FeedState }

/** Opens a finished database for reading. Throws DatabaseError. */
export const openDatabase = (path: string): AdvisoryDatabase => {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw broken(path, error)
    }
  }
  const database = guarded(() => {
    const opened = new DatabaseSync(path, { readOnly: true })
    try {
      checkForm(opened, path)
    } catch (error) {
      opened.close()
      throw error
    }
    opened.exec('PRAGMA mmap_size = 268435456')
    return opened
  })
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const found = statements.get(sql)
    if (found) return found
    const made = database.prepare(sql)
    statements.set(sql, made)
    return made
  }
  const parts = guarded(() => new Map(partsOf(database).map(part => [part.id, part.state])))
  const ecosystemIds = guarded(
    () =>
      new Map(
        (prepared('SELECT id, name FROM ecosystem').all() as { id: number; name: string }[]).map(({ id, name }) => [name, id]),
      ),
  )
  const built = guarded(() => (prepared("SELECT value FROM meta WHERE key = 'built'").get() as { value?: string })?.value ?? '')
  const about = prepared('SELECT part, data FROM package WHERE ecosystem = ? AND name = ?')
  about.setReturnArrays(true)
  // CROSS JOIN: the names lead, each of them one look-up. https://www.sqlite.org/lang_select.html#special_handling_of_cross_join_
  const many = prepared(
    'SELECT p.name, p.part, p.data FROM json_each(?2) AS n CROSS JOIN package AS p WHERE p.ecosystem = ?1 AND p.name = n.value',
  )
  many.setReturnArrays(true)
  const blockOf = prepared('SELECT part, data FROM block WHERE id = ?')
  // The blocks that were asked for last: records of one package tend to stand together.
  const blocks = new Map<number, { readonly feed: string; readonly text: Buffer }>()
  const record = (number: number): StoredRecord => {
    const id = Math.floor(number / recordsInBlock)
    let block = blocks.get(id)
    if (!block) {
      const row = blockOf.get(id) as { part: number; data: Uint8Array } | undefined
      if (!row) throw new DatabaseError('the database is broken: a record is missing', renew)
      block = { feed: parts.get(row.part)?.feed ?? '?', text: textIn(row.data) }
      if (blocks.size >= 64) blocks.delete(blocks.keys().next().value!)
      blocks.set(id, block)
    }
    const found = recordIn(block.text, number % recordsInBlock)
    if (!found) throw new DatabaseError('the database is broken: a record is missing', renew)
    return { ...found, feed: block.feed }
  }
  return {
    path,
    built,
    feeds: [...parts.values()],
    about: (ecosystem, name) =>
      guarded(() => {
        const id = ecosystemIds.get(ecosystem)
        const rows = id === undefined ? [] : (about.all(id, name) as unknown as [part: number, data: Uint8Array][])
        if (rows.length === 0) return undefined
        return rows.flatMap(([part, data]) => {
          const feed = parts.get(part)?.feed ?? '?'
          return (unpack(data) as readonly Stored[]).map(one => restore(one, feed))
        })
      }),
    aboutMany: (ecosystem, names) =>
      guarded(() => {
        const found = new Map<string, AdvisoryEntry[]>()
        const id = ecosystemIds.get(ecosystem)
        if (id === undefined) return found
        for (const [name, part, data] of many.all(id, JSON.stringify(names)) as unknown as [string, number, Uint8Array][]) {
          const feed = parts.get(part)?.feed ?? '?'
          const entries = (unpack(data) as readonly Stored[]).map(one => restore(one, feed))
          const before = found.get(name)
          if (before) before.push(...entries)
          else found.set(name, entries)
        }
        return found
      }),
    record: number => guarded(() => record(number)),
    named: id =>
      guarded(() =>
        (prepared('SELECT record FROM name WHERE id = ?').all(codeOf(id)) as { record: number }[]).map(row => record(row.record)),
      ),
    facts: cve =>
      guarded(() => {
        const code = codeOf(cve)
        if (typeof code === 'string') return {}
        const row = prepared(
          'SELECT epss, percentile, kev, cvss, source.name AS source FROM cve LEFT JOIN source ON source.id = cve.source WHERE cve.id = ?',
        ).get(code) as CveRow | undefined
        return row ? factsOf(row) : {}
      }),
    releases: product =>
      guarded(() =>
        (prepared('SELECT data FROM release WHERE product = ? ORDER BY position').all(product) as { data: string }[]).map(
          ({ data }) => JSON.parse(data) as ReleaseSupport,
        ),
      ),
    ecosystems: base => [...ecosystemIds.keys()].filter(name => name === base || name.startsWith(`${base}:`)).sort(),
    close: () => database.close(),
  }
}

/** Throws when it is none of ours, or of another form. */
const checkForm = (database: DatabaseSync, path: string): void => {
  const { application_id: id } = database.prepare('PRAGMA application_id').get() as { application_id: number }
  if (id !== applicationId) throw new DatabaseError(`${path} is no database of advisories`, renew)
  const schema = Number((database.prepare("SELECT value FROM meta WHERE key = 'schema'").get() as { value?: string })?.value)
  if (schema !== databaseSchema)
    throw new DatabaseError(`${path} is of form ${schema}, and this bulkhead reads form ${databaseSchema}`, renew)
}

type CveRow = {
  readonly epss: number | null
  readonly percentile: number | null
  readonly kev: string | null
  readonly cvss: string | null
  readonly source: string | null
}

const factsOf = ({ epss, percentile, kev, cvss, source }: CveRow): CveFacts => ({
  ...(epss === null || percentile === null ? {} : { epss: { score: epss / scale, percentile: percentile / scale } }),
  ...(kev === null ? {} : { kev: JSON.parse(kev) as CveFacts['kev'] & object }),
  ...(cvss === null ? {} : { cvss: { vector: cvss, source: source ?? '' } }),
})
/** EPSS has five digits behind the point. */
const scale = 100_000

const partsOf = (database: DatabaseSync): readonly PartRow[] =>
  (database.prepare('SELECT id, state FROM part').all() as { id: number; state: string }[]).map(({ id, state }) => ({
    id,
    state: JSON.parse(state) as FeedState,
  }))

const broken = (path: string, error: unknown): DatabaseError => {
  if (error instanceof DatabaseError) return error
  const { code, message } = error as { code?: string; message: string }
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined
  if (code === 'ERR_SQLITE_ERROR' || error instanceof SyntaxError || code?.startsWith('Z') || code === 'ERR_BUFFER_TOO_LARGE')
    return exists
      ? new DatabaseError(`the database ${path} is broken: ${message}`, renew, error)
      : new DatabaseError(`there is no database ${path}`, renew, error)
  throw error
}

/** Makes an empty database. */
export const createDatabase = (path: string): void => {
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA page_size = 8192; PRAGMA application_id = ${applicationId}; ${tables}`)
  database.prepare("INSERT INTO meta VALUES ('schema', ?)").run(String(databaseSchema))
  database.close()
}

/** What came of a change: only confirmed, other data are as they were; `same`: nothing at all was written. */
export type ChangeOutcome = 'changed' | 'confirmed' | 'same'

/**
 * Lets `work` change the file, which nobody else may have open, and writes down when that was (`built`, ISO 8601) if any data changed. Everything is one file
 * afterwards, without free pages. Throws DatabaseError.
 */
export const changeDatabase = async (
  path: string,
  built: string,
  work: (writer: DatabaseWriter) => Promise<void>,
): Promise<ChangeOutcome> => {
  const database = new DatabaseSync(path)
  let outcome: ChangeOutcome = 'same'
  try {
    checkForm(database, path)
    // The file is a copy that nobody needs after a crash.
    database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE')
    await work(
      writerOn(database, did => {
        if (outcome !== 'changed') outcome = did
      }),
    )
    if ((outcome as ChangeOutcome) === 'changed') {
      database.prepare("INSERT OR REPLACE INTO meta VALUES ('built', ?)").run(built)
      database.exec(`DELETE FROM cve WHERE epss IS NULL AND kev IS NULL AND cvss IS NULL; VACUUM`)
    }
    return outcome
  } catch (error) {
    throw broken(path, error)
  } finally {
    database.close()
  }
}

const writerOn = (database: DatabaseSync, heard: (did: 'changed' | 'confirmed') => void): DatabaseWriter => {
  const all = new Map(partsOf(database).map(row => [`${row.state.feed}/${row.state.part}`, row]))
  const ecosystems = new Map(
    (database.prepare('SELECT id, name FROM ecosystem').all() as { id: number; name: string }[]).map(({ id, name }) => [
      name,
      id,
    ]),
  )
  const ecosystemId = (name: string): number => {
    const known = ecosystems.get(name)
    if (known !== undefined) return known
    const id = Number(database.prepare('INSERT INTO ecosystem (name) VALUES (?)').run(name).lastInsertRowid)
    ecosystems.set(name, id)
    return id
  }
  const partId = ({ feed, part }: Pick<FeedState, 'feed' | 'part'>): number => {
    const known = all.get(`${feed}/${part}`)
    if (known) return known.id
    return Number(database.prepare("INSERT INTO part (feed, part, state) VALUES (?, ?, '{}')").run(feed, part).lastInsertRowid)
  }
  const save = (id: number, state: FeedState): FeedState => {
    database.prepare('UPDATE part SET state = ? WHERE id = ?').run(JSON.stringify(state), id)
    all.set(`${state.feed}/${state.part}`, { id, state })
    return state
  }
  const clear = (id: number, identity: Pick<FeedState, 'feed' | 'part'>): void => {
    forgetNames(database, id)
    database.prepare('DELETE FROM package WHERE part = ?').run(id)
    database.prepare('DELETE FROM block WHERE part = ?').run(id)
    for (const column of cveColumns(all.get(`${identity.feed}/${identity.part}`)?.state))
      database.exec(`UPDATE cve SET ${column} = NULL WHERE ${column} IS NOT NULL`)
  }
  /** All or nothing. */
  const atOnce = <T>(work: () => T): T => {
    const known = new Map(all)
    const names = new Map(ecosystems)
    database.exec('BEGIN')
    try {
      const result = work()
      database.exec('COMMIT')
      heard('changed')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      all.clear()
      for (const [key, row] of known) all.set(key, row)
      ecosystems.clear()
      for (const [name, id] of names) ecosystems.set(name, id)
      throw error
    }
  }
  return {
    get feeds() {
      return [...all.values()].map(({ state }) => state)
    },
    replace: (identity, items, hearing) =>
      atOnce(() => {
        const id = partId(identity)
        clear(id, identity)
        const state = takeIn(database, id, identity, items, ecosystemId, hearing)
        hearing?.accept?.(state)
        return save(id, state)
      }),
    amend: (identity, ids, items, hearing) =>
      atOnce(() => {
        const id = partId(identity)
        const before = all.get(`${identity.feed}/${identity.part}`)?.state
        const kept = [...items]
        const changed = new Set([...ids, ...kept.flatMap(one => (one.kind === 'advisory' ? [one.record.id] : []))])
        const removed = forgetRecords(database, id, changed)
        const state = takeIn(database, id, identity, kept, ecosystemId, hearing)
        return save(id, { ...state, records: (before?.records ?? 0) - removed + state.records })
      }),
    confirm({ feed, part, fetched }) {
      const known = all.get(`${feed}/${part}`)
      if (!known) return
      save(known.id, { ...known.state, fetched })
      heard('confirmed')
    },
    remove(feed, part) {
      const known = all.get(`${feed}/${part}`)
      if (!known) return
      atOnce(() => {
        clear(known.id, known.state)
        database.prepare('DELETE FROM part WHERE id = ?').run(known.id)
        all.delete(`${feed}/${part}`)
      })
    },
  }
}

/** Which columns of `cve` a part filled: a part is the only one that fills them. */
const cveColumns = (state: (FeedState & { readonly fills?: readonly string[] }) | undefined): readonly string[] =>
  (state?.fills ?? []).filter(column => /^(?:epss|percentile|kev|cvss)$/.test(column))

/** The names of a part's records, by way of the records themselves. */
const forgetNames = (database: DatabaseSync, part: number): void => {
  const remove = database.prepare('DELETE FROM name WHERE record = ? AND id = ?')
  for (const { id, data } of database.prepare('SELECT id, data FROM block WHERE part = ?').iterate(part) as Iterable<{
    id: number
    data: Uint8Array
  }>)
    for (const [i, record] of recordsIn(data).entries())
      if (record) for (const name of namesOf(record)) remove.run(id * recordsInBlock + i, codeOf(name))
}

const namesOf = ({ id, aliases }: Pick<AdvisoryRecord, 'id' | 'aliases'>): readonly string[] => [...new Set([id, ...aliases])]

/** Takes single records out of a part; says how many there were. */
const forgetRecords = (database: DatabaseSync, part: number, ids: ReadonlySet<string>): number => {
  let removed = 0
  const blockWith = database.prepare('SELECT part, data FROM block WHERE id = ?')
  const rewrite = database.prepare('UPDATE block SET data = ? WHERE id = ?')
  const forget = database.prepare('DELETE FROM name WHERE record = ? AND id = ?')
  const packageData = database.prepare(
    'SELECT data FROM package WHERE ecosystem = (SELECT id FROM ecosystem WHERE name = ?) AND name = ? AND part = ?',
  )
  const rewritePackage = database.prepare(
    'UPDATE package SET data = ? WHERE ecosystem = (SELECT id FROM ecosystem WHERE name = ?) AND name = ? AND part = ?',
  )
  for (const id of ids) {
    const rows = database.prepare('SELECT record FROM name WHERE id = ?').all(codeOf(id)) as { record: number }[]
    for (const { record: number } of rows) {
      const blockId = Math.floor(number / recordsInBlock)
      const row = blockWith.get(blockId) as { part: number; data: Uint8Array } | undefined
      if (row?.part !== part) continue
      const records = recordsIn(row.data)
      const record = records[number % recordsInBlock]
      if (record?.id !== id) continue
      for (const { ecosystem, name } of record.packages) {
        const found = packageData.get(ecosystem, name, part) as { data: Uint8Array } | undefined
        if (found)
          rewritePackage.run(pack((unpack(found.data) as Stored[]).filter(({ r }) => r !== number)), ecosystem, name, part)
      }
      for (const name of namesOf(record)) forget.run(number, codeOf(name))
      records[number % recordsInBlock] = null
      rewrite.run(packRecords(records), blockId)
      removed++
    }
  }
  return removed
}

/** What comes goes into the tables, through one of its own in which it is sorted by package: nothing of a feed is held in memory. */
const takeIn = (
  database: DatabaseSync,
  part: number,
  identity: FeedIdentity,
  items: Iterable<FeedItem>,
  ecosystemId: (name: string) => number,
  hearing: Hearing | undefined,
): FeedState => {
  database.exec('DROP TABLE IF EXISTS temp.arrived; CREATE TEMP TABLE arrived (ecosystem INTEGER, name TEXT, data TEXT)')
  const arrive = database.prepare('INSERT INTO arrived VALUES (?, ?, ?)')
  const name = database.prepare('INSERT OR IGNORE INTO name VALUES (?, ?)')
  const putBlock = database.prepare('INSERT INTO block VALUES (?, ?, ?)')
  const { next } = database.prepare('SELECT coalesce(max(id), 0) + 1 AS next FROM block').get() as { next: number }
  const facts = factsWriter(database)
  const fills = new Set<string>()
  let blockId = next
  let block: Omit<StoredRecord, 'feed'>[] = []
  let records = 0
  let skipped = 0
  let { dated } = identity
  const flush = (): void => {
    if (block.length === 0) return
    putBlock.run(blockId++, part, packRecords(block))
    block = []
  }
  const products = new Map<string, number>()
  for (const item of items) {
    switch (item.kind) {
      case 'advisory': {
        const { record } = item
        if (record.withdrawn !== undefined && record.withdrawn !== '') break
        const number = blockId * recordsInBlock + block.length
        const vulnerabilities = vulnerabilitiesOf(record)
        const { affected, ...rest } = record
        const packages = new Map(
          affected.map(one => [`${one.ecosystem} ${one.name}`, { ecosystem: one.ecosystem, name: one.name }]),
        )
        block.push({ ...rest, packages: [...packages.values()] })
        for (const one of namesOf(record)) name.run(codeOf(one), number)
        for (const one of affected)
          arrive.run(ecosystemId(one.ecosystem), one.name, JSON.stringify(store(record, one, number, vulnerabilities)))
        records++
        if (block.length === recordsInBlock) flush()
        break
      }
      case 'examined':
        arrive.run(ecosystemId(item.ecosystem), item.name, '')
        break
      case 'cve':
        records++
        for (const column of facts(item.id, item.facts)) fills.add(column)
        break
      case 'release': {
        const { product } = item.support
        const position = products.get(product) ?? 0
        if (position === 0) database.prepare('DELETE FROM release WHERE product = ?').run(product)
        products.set(product, position + 1)
        database.prepare('INSERT INTO release VALUES (?, ?, ?)').run(product, position, JSON.stringify(item.support))
        records++
        break
      }
      case 'dated':
        dated = item.at
        break
      case 'skipped':
        skipped++
        hearing?.skipped?.(item)
    }
  }
  flush()
  const before = database.prepare('SELECT data FROM package WHERE ecosystem = ? AND name = ? AND part = ?')
  const put = database.prepare('INSERT OR REPLACE INTO package VALUES (?, ?, ?, ?)')
  let ecosystem = -1
  let current = ''
  let entries: Stored[] = []
  let isOpen = false
  const close = (): void => {
    if (!isOpen) return
    const old = before.get(ecosystem, current, part) as { data: Uint8Array } | undefined
    put.run(ecosystem, current, part, pack(old ? [...(unpack(old.data) as Stored[]), ...entries] : entries))
  }
  for (const row of database
    .prepare('SELECT ecosystem, name, data FROM arrived ORDER BY ecosystem, name, rowid')
    .iterate() as Iterable<{
    ecosystem: number
    name: string
    data: string
  }>) {
    if (!isOpen || row.ecosystem !== ecosystem || row.name !== current) {
      close()
      isOpen = true
      ecosystem = row.ecosystem
      current = row.name
      entries = []
    }
    if (row.data !== '') entries.push(JSON.parse(row.data) as Stored)
  }
  close()
  database.exec('DROP TABLE temp.arrived')
  return {
    ...identity,
    dated: dated ?? identity.fetched,
    records,
    skipped,
    ...(fills.size > 0 ? { fills: [...fills] } : {}),
  }
}

/** Writes what a feed knows of a CVE beside what others know; says which columns that were. */
const factsWriter = (database: DatabaseSync): ((id: string, facts: CveFacts) => readonly string[]) => {
  const epss = database.prepare(
    'INSERT INTO cve (id, epss, percentile) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET epss = excluded.epss, percentile = excluded.percentile',
  )
  const kev = database.prepare('INSERT INTO cve (id, kev) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET kev = excluded.kev')
  const cvss = database.prepare(
    'INSERT INTO cve (id, cvss, source) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET cvss = excluded.cvss, source = excluded.source',
  )
  const sources = new Map(
    (database.prepare('SELECT id, name FROM source').all() as { id: number; name: string }[]).map(({ id, name }) => [name, id]),
  )
  const sourceId = (name: string): number => {
    const known = sources.get(name)
    if (known !== undefined) return known
    const id = Number(database.prepare('INSERT INTO source (name) VALUES (?)').run(name).lastInsertRowid)
    sources.set(name, id)
    return id
  }
  return (id, facts) => {
    const code = codeOf(id)
    if (typeof code === 'string') return []
    const filled: string[] = []
    if (facts.epss) {
      epss.run(code, Math.round(facts.epss.score * scale), Math.round(facts.epss.percentile * scale))
      filled.push('epss', 'percentile')
    }
    if (facts.kev) {
      kev.run(code, JSON.stringify(facts.kev))
      filled.push('kev')
    }
    if (facts.cvss) {
      cvss.run(code, facts.cvss.vector, sourceId(facts.cvss.source))
      filled.push('cvss')
    }
    return filled
  }
}
