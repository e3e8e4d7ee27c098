/** Which of two databases holds, what is left of a broken one, and when nothing is written. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { FeedIdentity, FeedItem } from '../model/advisory.ts'
import { changeDatabase, createDatabase, openDatabase } from './advisory-database.ts'
import { type DatabaseFiles, databaseFiles } from './database-files.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-database-files-'))
chmodSync(top, 0o755)
afterAll(() => rmSync(top, { recursive: true, force: true }))
let round = 0
let folder: string
let shipped: string
let told: string[]
beforeEach(() => {
  folder = join(top, `${round}-own`)
  shipped = join(top, `${round++}-shipped`)
  told = []
})

const identity = (feed: string, fetched = '2026-08-01T00:00:00.000Z'): FeedIdentity => ({
  feed,
  part: '',
  title: feed,
  home: 'https://example.org/',
  licence: 'CC0-1.0',
  ecosystems: ['npm'],
  completeness: 'all',
  rank: 10,
  fetched,
})
const record = (id: string): FeedItem => ({
  kind: 'advisory',
  record: {
    id,
    aliases: [],
    url: '',
    affected: [{ ecosystem: 'npm', name: 'left-pad', keyedBy: 'binary', ranges: [] }],
  },
})
const at = (day: string, from = folder, beside = shipped): DatabaseFiles =>
  databaseFiles(
    from,
    beside === 'none' ? undefined : beside,
    () => `${day}T00:00:00.000Z`,
    text => told.push(text),
  )
const put = (files: DatabaseFiles, feed: string, id: string): Promise<void> =>
  files.change(async writer => {
    writer.replace(identity(feed), [record(id)])
  })
/** One that comes with the program. */
const ship = async (day: string, id = `CVE-2026-${day.slice(5).replace('-', '')}`): Promise<void> => {
  rmSync(shipped, { recursive: true, force: true })
  const files = at(day, `${shipped}-work`, 'none')
  files.clear()
  await put(files, 'shipped', id)
  files.copyTo(shipped)
}
const has = (files: DatabaseFiles, id: string): boolean => {
  const database = files.open()
  try {
    return database.named(id).length > 0
  } finally {
    database.close()
  }
}
const ownFile = (): string => join(folder, readdirSync(folder).find(name => name.endsWith('.db'))!)
const exported = async (day: string, id: string): Promise<AsyncIterable<Uint8Array>> => {
  const files = at(day, `${folder}-elsewhere`, 'none')
  files.clear()
  await put(files, 'elsewhere', id)
  const path = `${folder}.export`
  rmSync(path, { force: true })
  await files.exportTo(path)
  const bytes = readFileSync(path)
  return (async function* () {
    yield bytes
  })()
}

describe('which one holds', () => {
  test('what was taken in, also when it is older than the one that was there already; one that comes later and is newer', async () => {
    await ship('2026-08-20')
    const files = at('2026-08-21')
    expect(files.current()).toMatchObject({ isShipped: true })
    expect(files.current()!.why).toBeUndefined()
    await files.importFrom(await exported('2026-08-10', 'CVE-2026-0001'), 'x')
    expect(files.current()).toMatchObject({ isShipped: false, why: expect.stringMatching(/of 2026-08-10, holds.*there already/) })
    expect(has(files, 'CVE-2026-0001')).toBe(true)
    await ship('2026-08-05')
    expect(files.current()).toMatchObject({ isShipped: false, why: expect.stringMatching(/2026-08-05, is not newer/) })
    await ship('2026-09-01')
    expect(files.current()).toMatchObject({
      isShipped: true,
      why: expect.stringMatching(/came later than your own, of 2026-08-10/),
    })
    expect(has(files, 'CVE-2026-0901')).toBe(true)
  })

  test('what was changed under a clock in the past', async () => {
    await ship('2026-08-20')
    const files = at('2020-01-01')
    await put(files, 'mine', 'CVE-2026-0001')
    expect(files.current()).toMatchObject({ isShipped: false })
    expect(has(files, 'CVE-2026-0001')).toBe(true)
    expect(has(files, 'CVE-2026-0820')).toBe(true)
  })

  test('one of another form counts as none, and is said where nothing else is there', async () => {
    await ship('2026-08-20')
    await put(at('2026-08-21'), 'mine', 'CVE-2026-0001')
    const pointer = join(folder, 'current.json')
    writeFileSync(pointer, readFileSync(pointer, 'utf8').replace('"schema":1', '"schema":7'))
    expect(at('2026-08-22').current()).toMatchObject({ isShipped: true, why: expect.stringContaining('form 7') })
    const alone = at('2026-08-22', folder, 'none')
    expect(alone.current()).toBeUndefined()
    expect(() => alone.open()).toThrow(/your own database of advisories is of form 7, and this bulkhead reads form 1/)
    await put(alone, 'mine', 'CVE-2026-0002')
    expect(has(alone, 'CVE-2026-0001')).toBe(false)
    expect(has(alone, 'CVE-2026-0002')).toBe(true)
    const note = join(shipped, 'advisories.json')
    writeFileSync(note, readFileSync(note, 'utf8').replace('"schema":1', '"schema":8'))
    expect(() => at('2026-08-22', `${folder}-new`).open()).toThrow(
      /came with bulkhead is of form 8, and this bulkhead reads form 1/,
    )
  })

  test('a file of another form under a note of ours is not changed', async () => {
    const path = `${folder}.db`
    createDatabase(path)
    const database = new DatabaseSync(path)
    database.exec("UPDATE meta SET value = '9' WHERE key = 'schema'")
    database.close()
    await expect(changeDatabase(path, '', async () => undefined)).rejects.toThrow(/of form 9, and this bulkhead reads form 1/)
    expect(() => openDatabase(path)).toThrow(/of form 9/)
  })
})

describe('nothing new', () => {
  test('nothing was had: nothing is written', async () => {
    const files = at('2026-08-21')
    await files.change(async () => undefined)
    expect(readdirSync(folder)).toEqual([])
    await ship('2026-08-20')
    await files.change(async writer => {
      expect(() =>
        writer.replace(identity('mine'), [], {
          accept: () => {
            throw new RangeError('empty')
          },
        }),
      ).toThrow('empty')
      writer.remove('nobody', '')
    })
    expect(readdirSync(folder)).toEqual([])
    expect(files.current()).toMatchObject({ isShipped: true })
  })

  test('all is as it was: the database is of the day that it was of', async () => {
    await ship('2026-08-20')
    const files = at('2026-08-25')
    await files.change(async writer => writer.confirm({ feed: 'shipped', part: '', fetched: '2026-08-25T00:00:00.000Z' }))
    expect(files.current()).toMatchObject({ isShipped: false, note: { built: '2026-08-20T00:00:00.000Z' } })
    const database = files.open()
    expect(database.built).toBe('2026-08-20T00:00:00.000Z')
    expect(database.feeds).toMatchObject([{ fetched: '2026-08-25T00:00:00.000Z', dated: '2026-08-01T00:00:00.000Z' }])
    database.close()
    await put(files, 'mine', 'CVE-2026-0001')
    expect(files.current()!.note.built).toBe('2026-08-25T00:00:00.000Z')
  })
})

describe('a broken one', () => {
  const breaks: readonly (readonly [string, () => void])[] = [
    ['a note that is none', () => writeFileSync(join(folder, 'current.json'), '{"format":')],
    ['a note of something else', () => writeFileSync(join(folder, 'current.json'), '{"format":"x"}')],
    [
      'a note that names another file',
      () => {
        const path = join(folder, 'current.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace(/advisories-[0-9a-f]+\.db/, '../elsewhere.db'))
      },
    ],
    ['a file that is cut off', () => truncateSync(ownFile(), 5000)],
    [
      'a changed bit',
      () => {
        const path = ownFile()
        const bytes = readFileSync(path)
        bytes[bytes.length - 50]! ^= 1
        writeFileSync(path, bytes)
      },
    ],
    ['no file', () => rmSync(ownFile())],
  ]
  test.each(breaks)('%s: it can be removed, taken in anew, and changed', async (_, harm) => {
    await ship('2026-08-20')
    const files = at('2026-08-21')
    const prepare = async (): Promise<void> => {
      files.clear()
      await put(files, 'mine', 'CVE-2026-0001')
      harm()
      expect(() => files.open()).toThrow(/broken|not what was written|cannot be read/)
    }
    await prepare()
    expect(files.clear()).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    expect(files.current()).toMatchObject({ isShipped: true })
    await prepare()
    await files.importFrom(await exported('2026-08-22', 'CVE-2026-0002'), 'x')
    expect(has(files, 'CVE-2026-0002')).toBe(true)
    await prepare()
    expect(told).toEqual([])
    await put(files, 'mine', 'CVE-2026-0003')
    expect(told).toEqual([expect.stringContaining('it was left aside')])
    expect(has(files, 'CVE-2026-0003')).toBe(true)
    expect(has(files, 'CVE-2026-0820')).toBe(true)
    // And where none came with the program either.
    const alone = at('2026-08-21', folder, 'none')
    await prepare()
    await put(alone, 'mine', 'CVE-2026-0004')
    expect(has(alone, 'CVE-2026-0004')).toBe(true)
    expect(has(alone, 'CVE-2026-0820')).toBe(false)
  })

  test('a broken one that came with the program does not stand in the way of an own one', async () => {
    await ship('2026-08-20')
    const files = at('2026-08-21')
    await put(files, 'mine', 'CVE-2026-0001')
    writeFileSync(join(shipped, 'advisories.json'), 'nonsense')
    expect(has(files, 'CVE-2026-0001')).toBe(true)
    files.clear()
    expect(() => files.open()).toThrow(/is broken/)
    await put(files, 'mine', 'CVE-2026-0002')
    expect(has(files, 'CVE-2026-0002')).toBe(true)
  })
})

test('a copy in a folder that nobody can write to answers', async () => {
  await put(at('2026-08-21', folder, 'none'), 'mine', 'CVE-2026-0001')
  const copy = `${folder}-copy`
  mkdirSync(copy)
  for (const name of readdirSync(folder)) {
    copyFileSync(join(folder, name), join(copy, name))
    chmodSync(join(copy, name), 0o444)
  }
  chmodSync(copy, 0o555)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { databaseFiles } = await import(${JSON.stringify(join(import.meta.dirname, 'database-files.ts'))})
       if (process.getuid() === 0) process.setuid(65534)
       const database = databaseFiles(${JSON.stringify(copy)}, undefined, () => '').open()
       console.log(database.named('CVE-2026-0001').length)`,
    ],
    { encoding: 'utf8' },
  )
  chmodSync(copy, 0o755)
  expect(stderr).toBe('')
  expect(stdout).toBe('1\n')
})

describe('the lock', () => {
  const lock = (): string => join(folder, 'lock')
  test('an empty one is being written; after a while it is nobody’s', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(lock(), '')
    const files = at('2026-08-21', folder, 'none')
    await expect(put(files, 'mine', 'CVE-2026-0001')).rejects.toThrow(/another bulkhead/)
    expect(existsSync(lock())).toBe(true)
    utimesSync(lock(), new Date(), new Date(Date.now() - 60_000))
    await put(files, 'mine', 'CVE-2026-0001')
    expect(existsSync(lock())).toBe(false)
  })

  test('it names its holder from its first moment on', async () => {
    const files = at('2026-08-21', folder, 'none')
    await files.change(async () => {
      expect(readFileSync(lock(), 'utf8')).toBe(String(process.pid))
      expect(readdirSync(folder).filter(name => name.includes('.lock.'))).toEqual([])
    })
    expect(existsSync(lock())).toBe(false)
  })
})
