/** `db update` beside a server that has real records where their own hosts have them: what is new, what changed, what goes wrong. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { importFeeds, type UpdateOptions, updateDatabase } from '../src/flows/feeds.ts'
import type { AdvisoryDatabase } from '../src/model/advisory.ts'
import { feedFiles } from '../src/read/feed-files.ts'
import { feeds } from '../src/read/feeds/registry.ts'
import { type DatabaseFiles, databaseFiles } from '../src/store/database-files.ts'
import { machine } from '../src/world/machine.ts'
import { feedState } from './advisories.ts'
import { type FeedServer, startFeedServer } from './feed-server.ts'
import { zip } from './zip-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-update-'))
const data = join(import.meta.dirname, '../data')
let server: FeedServer
let folder: string
let files: DatabaseFiles
let round = 0

/** The members of an archive of data/. */
const membersOf = (name: string): ReadonlyMap<string, Buffer> => {
  const file = machine.files.open(join(data, name))
  try {
    return new Map([...feedFiles(file, name)].map(one => [one.name.slice(one.name.lastIndexOf('/') + 1), Buffer.from(one.bytes)]))
  } finally {
    file.close()
  }
}

const osv = 'storage.googleapis.com/osv-vulnerabilities/npm'
const kev = 'www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json'
const epss = 'epss.cyentia.com/epss_scores-current.csv.gz'
const go = 'vuln.go.dev/vulndb.zip'
let npm: ReadonlyMap<string, Buffer>

const modified = (bytes: Uint8Array): string => (JSON.parse(Buffer.from(bytes).toString()) as { modified: string }).modified
const layOut = (records: ReadonlyMap<string, Uint8Array>): void => {
  server.files.set(`${osv}/all.zip`, zip([...records].map(([name, body]) => ({ name, body }))))
  const lines = [...records]
    .map(([name, body]) => [modified(body), name.replace('.json', '')] as const)
    .sort((a, b) => (a[0] < b[0] ? 1 : -1))
  server.files.set(`${osv}/modified_id.csv`, Buffer.from(lines.map(line => `${line.join(',')}\n`).join('')))
  for (const [name, body] of records) server.files.set(`${osv}/${name}`, body)
}

beforeAll(async () => {
  server = await startFeedServer()
  npm = new Map(
    [...membersOf('ghsa.tar.zst')].filter(
      ([, body]) => body.includes('"ecosystem": "npm"') || body.includes('"ecosystem":"npm"'),
    ),
  )
  expect(npm.size).toBeGreaterThan(150)
})
beforeEach(() => {
  folder = join(top, String(round++))
  files = databaseFiles(folder, undefined, () => new Date().toISOString())
  server.files.clear()
  server.tricks.clear()
  server.asked.length = 0
  layOut(npm)
  server.files.set(kev, zstdDecompressSync(readFileSync(join(data, 'kev.json.zst'))))
  const scores = gunzipSync(readFileSync(join(data, 'epss.csv.gz')))
    .toString()
    .split('\n')
    .slice(0, 5000)
    .join('\n')
  server.files.set(epss, gzipSync(scores))
  server.files.set(
    go,
    zip([...membersOf('go-vulndb.tar.zst')].slice(0, 300).map(([name, body]) => ({ name: `ID/${name}`, body }))),
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
afterAll(async () => {
  await server.stop()
  rmSync(top, { recursive: true, force: true })
})

const update = (only: readonly string[], more: Partial<UpdateOptions> = {}): ReturnType<typeof updateDatabase> =>
  updateDatabase(machine, files, {
    feeds: new Map(Object.entries(feeds)),
    only,
    mirror: server.address,
    patience: { tries: 3, first: 1, longest: 5, silence: 2000 },
    note: () => undefined,
    ...more,
  })
const using = <T>(use: (database: AdvisoryDatabase) => T): T => {
  const database = files.open()
  try {
    return use(database)
  } finally {
    database.close()
  }
}
const outcomes = ({ parts }: Awaited<ReturnType<typeof update>>): readonly string[] =>
  parts.map(({ feed, part, outcome }) => `${feed}${part === '' ? '' : `/${part}`} ${outcome}`)
const all = ['osv/npm', 'kev', 'epss', 'go-vulndb']

describe('what is new', () => {
  test('everything the first time, nothing the second, by asking only whether there is something', async () => {
    const first = await update(all)
    expect(first.problems).toEqual([])
    expect(outcomes(first)).toEqual(all.map(name => `${name} new`))
    using(database => {
      expect(database.feeds.find(({ feed }) => feed === 'osv')!.records).toBe(npm.size)
      expect(database.feeds.find(({ feed }) => feed === 'go-vulndb')!.records).toBe(300)
      expect(database.facts('CVE-1999-0001').epss?.score).toBeGreaterThan(0)
      expect(database.about('npm', 'axios')!.length).toBeGreaterThan(0)
    })
    server.asked.length = 0
    const second = await update(all)
    expect(outcomes(second)).toEqual(all.map(name => `${name} same`))
    expect(server.asked).toEqual([`200 ${osv}/modified_id.csv`, `304 ${kev}`, `304 ${epss}`, `304 ${go}`])
  })

  test('records that changed are fetched one by one; a withdrawn one goes; the others stay', async () => {
    await update(['osv/npm'])
    const [[changedName, changed], [goneName, gone]] = [...npm] as [[string, Buffer], [string, Buffer]]
    const edit = (bytes: Uint8Array, more: object): Buffer =>
      Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(bytes).toString()) as object), ...more }))
    const next = new Map(npm)
    next.set(changedName, edit(changed, { modified: '2026-11-01T00:00:00Z', summary: 'now it is otherwise' }))
    next.set(goneName, edit(gone, { modified: '2026-11-02T00:00:00Z', withdrawn: '2026-11-02T00:00:00Z' }))
    next.set(
      'GHSA-2222-3333-4444.json',
      edit(changed, { id: 'GHSA-2222-3333-4444', aliases: [], modified: '2026-11-03T00:00:00Z' }),
    )
    layOut(next)
    server.asked.length = 0
    const result = await update(['osv/npm'])
    expect(outcomes(result)).toEqual(['osv/npm changed'])
    expect(server.asked).toHaveLength(4)
    expect(server.asked).not.toContain(`200 ${osv}/all.zip`)
    using(database => {
      expect(database.named(changedName.replace('.json', ''))[0]!.summary).toBe('now it is otherwise')
      expect(database.named(goneName.replace('.json', ''))).toEqual([])
      expect(database.named('GHSA-2222-3333-4444')).toHaveLength(1)
      expect(database.feeds[0]!.records).toBe(npm.size)
      expect(database.feeds[0]!.dated).toBe('2026-11-03T00:00:00Z')
      const [kept] = [...npm.keys()].slice(5)
      expect(database.named(kept!.replace('.json', ''))).toHaveLength(1)
    })
    expect(outcomes(await update(['osv/npm']))).toEqual(['osv/npm same'])
  })

  test('a changed record that is gone, is about another ecosystem by now, or came broken', async () => {
    await update(['osv/npm'])
    const [gone, moved, broken] = [...npm.keys()] as [string, string, string]
    const idOf = (name: string): string => name.replace('.json', '')
    const path = (name: string): string => `${osv}/${name}`
    server.files.set(
      `${osv}/modified_id.csv`,
      Buffer.from([gone, moved, broken].map((name, i) => `2026-11-0${3 - i}T00:00:00Z,${idOf(name)}\n`).join('')),
    )
    server.files.delete(path(gone))
    server.files.set(
      path(moved),
      Buffer.from(
        JSON.stringify({
          id: idOf(moved),
          modified: '2026-11-02T00:00:00Z',
          affected: [{ package: { ecosystem: 'PyPI', name: 'x' }, versions: ['1'] }],
        }),
      ),
    )
    server.files.set(path(broken), Buffer.from('{"id": '))
    const result = await update(['osv/npm'])
    expect(outcomes(result)).toEqual(['osv/npm changed'])
    expect(result.problems.map(({ code, message }) => `${code} ${message.split(': ')[1]}`).sort()).toEqual(
      [`record-skipped ${idOf(gone)}`, `record-skipped ${idOf(broken)}`].sort(),
    )
    using(database => {
      expect(database.named(idOf(gone)).filter(({ id }) => id === idOf(gone))).toEqual([])
      expect(database.named(idOf(moved)).filter(({ id }) => id === idOf(moved))).toEqual([])
      expect(database.named(idOf(broken)).filter(({ id }) => id === idOf(broken))).toHaveLength(1)
      expect(database.feeds[0]!.records).toBe(npm.size - 2)
      expect(database.feeds[0]!.dated).toBe('2026-11-03T00:00:00Z')
    })
    expect(outcomes(await update(['osv/npm']))).toEqual(['osv/npm same'])
  })

  test('a copy that lacks something is fetched as a whole', async () => {
    await files.change(async writer => {
      const dated = '2026-12-01T00:00:00Z'
      writer.replace({ ...feedState({ feed: 'osv', part: 'npm', dated, caveat: 'a sample' }) }, [
        { kind: 'advisory', record: { id: 'GHSA-old', aliases: [], url: '', affected: [] } },
      ])
    })
    expect(outcomes(await update(['osv/npm']))).toEqual(['osv/npm new'])
    using(database => {
      expect(database.feeds).toMatchObject([{ records: npm.size }])
      expect(database.feeds[0]!.caveat).toBeUndefined()
    })
  })

  test('a server that has whole exports only is asked for the whole', async () => {
    await update(['osv/npm'])
    const names = [...npm.keys()].slice(0, 5)
    const next = new Map(npm)
    for (const name of names)
      next.set(
        name,
        Buffer.from(
          JSON.stringify({
            ...(JSON.parse(npm.get(name)!.toString()) as object),
            modified: '2026-11-01T00:00:00Z',
            summary: 'new',
          }),
        ),
      )
    layOut(next)
    for (const name of names) server.files.delete(`${osv}/${name}`)
    const result = await update(['osv/npm'])
    expect(outcomes(result)).toEqual(['osv/npm new'])
    expect(result.problems).toEqual([])
    using(database => {
      expect(database.feeds[0]!.records).toBe(npm.size)
      expect(database.named(names[0]!.replace('.json', ''))[0]!.summary).toBe('new')
    })
  })

  test('nothing could be had, or all is as it was: no database of today comes of it', async () => {
    server.files.delete(kev)
    expect(outcomes(await update(['kev']))).toEqual(['kev failed'])
    expect(readdirSync(folder)).toEqual([])
    files = databaseFiles(folder, undefined, () => '2026-08-01T00:00:00.000Z')
    await update(['osv/npm'])
    const before = readFileSync(join(folder, 'current.json'), 'utf8')
    files = databaseFiles(folder, undefined, () => '2026-09-01T00:00:00.000Z')
    expect(outcomes(await update(['kev']))).toEqual(['kev failed'])
    expect(readFileSync(join(folder, 'current.json'), 'utf8')).toBe(before)
    expect(outcomes(await update(['kev', 'osv/npm']))).toEqual(['kev failed', 'osv/npm same'])
    expect(files.current()!.note.built).toBe('2026-08-01T00:00:00.000Z')
  })

  test('a feed takes the place of its copy that came with the program', async () => {
    await update(['kev'])
    await files.change(async writer => {
      writer.replace({ ...writer.feeds[0]!, feed: 'ghsa', part: 'npm', ecosystems: ['npm'] }, [
        { kind: 'advisory', record: { id: 'GHSA-old', aliases: [], url: '', affected: [] } },
      ])
    })
    await update(['osv/npm'])
    using(database => expect(database.named('GHSA-old')).toEqual([]))
  })
})

describe('what goes wrong', () => {
  const cut = (at: number, times: number): Parameters<FeedServer['tricks']['set']>[1] => {
    let done = 0
    return (request, response, bytes) => {
      if (done++ >= times) return false
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"x"',
        'content-length': bytes.length - start,
        ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
      })
      response.write(bytes.subarray(start, start + at), () => response.destroy())
      return true
    }
  }

  test('a connection that breaks is taken up again where it broke', async () => {
    const size = server.files.get(go)!.length
    server.tricks.set(go, (request, response, bytes) => {
      if (request.headers.range !== undefined) return false
      return cut(100_000, 1)(request, response, bytes)
    })
    // The rest comes under the same validator.
    const etag = (await import('./feed-server.ts')).etagOf(server.files.get(go)!)
    server.tricks.set(go, (request, response, bytes) => {
      if (request.headers.range !== undefined) return false
      response.writeHead(200, { etag, 'content-length': bytes.length })
      response.write(bytes.subarray(0, 100_000), () => response.destroy())
      return true
    })
    expect(outcomes(await update(['go-vulndb']))).toEqual(['go-vulndb new'])
    expect(server.asked.some(line => /^206 .* bytes=\d+-$/.test(line))).toBe(true)
    expect(size).toBeGreaterThan(100_000)
    using(database => expect(database.feeds[0]!.records).toBe(300))
  })

  test('a file that has become another one meanwhile is fetched from its beginning', async () => {
    const etag = '"old"'
    server.tricks.set(go, (request, response, bytes) => {
      if (request.headers.range !== undefined) return false
      response.writeHead(200, { etag, 'content-length': bytes.length })
      response.write(Buffer.alloc(50_000), () => response.destroy())
      return true
    })
    // The part that is asked for belongs to the old file: the server sends the whole new one.
    expect(outcomes(await update(['go-vulndb']))).toEqual(['go-vulndb new'])
    using(database => expect(database.feeds[0]!.records).toBe(300))
  })

  test('a feed that cannot be had leaves its old data and the other feeds alone, and is told', async () => {
    await update(['osv/npm', 'kev', 'go-vulndb'])
    const whole = server.files.get(go)!
    const cases: [string, () => void, RegExp][] = [
      ['nothing there', () => server.files.delete(go), /404/],
      ['an error each time', () => server.tricks.set(go, (_, response) => Boolean(response.writeHead(503).end('no'))), /503/],
      ['cut off each time', () => server.tricks.set(go, cut(0, 99)), /closed|sent/],
      ['cut off in the middle, and said to be whole', () => server.files.set(go, whole.subarray(0, whole.length / 2)), /ZIP/],
      [
        'something else',
        () => server.files.set(go, Buffer.from('<html>please log in</html>'.repeat(1000))),
        /no record|no feed|not/,
      ],
      ['empty', () => server.files.set(go, Buffer.alloc(0)), /no record|ZIP|empty/],
      [
        'a redirect without end',
        () => server.tricks.set(go, (request, response) => Boolean(response.writeHead(302, { location: request.url }).end())),
        /without end/,
      ],
    ]
    for (const [what, prepare, says] of cases) {
      server.files.set(go, whole)
      server.tricks.clear()
      prepare()
      const result = await update(['go-vulndb', 'kev'], { force: true })
      expect(outcomes(result), what).toEqual(['go-vulndb failed', 'kev new'])
      expect(result.problems.map(({ kind, code }) => `${kind} ${code}`)).toEqual(['failed feed-unavailable'])
      expect(result.problems[0]!.message, what).toMatch(says)
      expect(result.problems[0]!.message, what).toContain('its data of')
      using(database => {
        expect(database.feeds.find(({ feed }) => feed === 'go-vulndb')!.records, what).toBe(300)
        expect(database.feeds.find(({ feed }) => feed === 'osv')!.records).toBe(npm.size)
      })
    }
  })

  test('one broken record among many is skipped, counted and named', async () => {
    const records = new Map<string, Uint8Array>(npm)
    records.set('GHSA-3333-3333-3333.json', Buffer.from('{"id": "GHSA-3333-3333-3333", "affected": [{'))
    records.set('GHSA-4444-4444-4444.json', Buffer.from('{"id": 7}'))
    server.files.set(`${osv}/all.zip`, zip([...records].map(([name, body]) => ({ name, body }))))
    const result = await update(['osv/npm'])
    expect(outcomes(result)).toEqual(['osv/npm new'])
    expect(result.problems.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'uncovered record-skipped',
      'uncovered record-skipped',
    ])
    using(database => {
      expect(database.feeds[0]!.records).toBe(npm.size)
      expect(database.feeds[0]!.skipped).toBe(2)
    })
  })

  test('an export that lost most of its records is refused, unless it is forced', async () => {
    await update(['osv/npm'])
    const few = new Map([...npm].slice(0, 20))
    server.files.set(`${osv}/all.zip`, zip([...few].map(([name, body]) => ({ name, body }))))
    server.files.set(
      `${osv}/modified_id.csv`,
      Buffer.from(`2027-01-01T00:00:00Z,GHSA-x\n${'2026-12-01T00:00:00Z,GHSA-y\n'.repeat(3000)}`),
    )
    server.files.delete(`${osv}/GHSA-x.json`)
    const refused = await update(['osv/npm'], { feeds: new Map(Object.entries(feeds)) })
    expect(refused.parts[0]!.outcome).toBe('failed')
    using(database => expect(database.feeds[0]!.records).toBe(npm.size))
    const forced = await update(['osv/npm'], { force: true })
    expect(forced.parts[0]!.outcome).toBe('new')
    using(database => expect(database.feeds[0]!.records).toBe(20))
  })

  test('a bomb ends at its bound', async () => {
    await update(['go-vulndb'])
    const body = Buffer.alloc(200 * 1024 * 1024)
    server.files.set(go, zip([{ name: 'ID/GO-2024-0001.json', body }]))
    const result = await update(['go-vulndb'])
    expect(result.problems[0]!.message).toMatch(/250 times/)
    using(database => expect(database.feeds[0]!.records).toBe(300))
    server.files.set(epss, gzipSync(Buffer.alloc(300 * 1024 * 1024)))
    expect((await update(['epss'])).problems[0]!.message).toMatch(/250 times/)
  })

  test('more bytes than a feed may have are refused', async () => {
    server.tricks.set(kev, (_, response) => {
      response.writeHead(200, { 'content-length': 10 * 1024 ** 3 })
      response.write('{', () => response.destroy())
      return true
    })
    expect((await update(['kev'])).problems[0]!.message).toMatch(/more than \d+ bytes/)
  })

  test('only one at a time; the lock of a process that is gone is taken over', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'lock'), String(process.ppid))
    await expect(update(['kev'])).rejects.toThrow(/another bulkhead/)
    const gone = spawnSync('true').pid
    writeFileSync(join(folder, 'lock'), String(gone))
    expect(outcomes(await update(['kev']))).toEqual(['kev new'])
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  test('a feed that nobody knows is wrong usage', async () => {
    await expect(update(['osv/nothing'])).rejects.toThrow(/no feed is called osv\/nothing/)
  })
})

describe('files of feeds from this machine', () => {
  const take = (path: string, feed?: string): ReturnType<typeof importFeeds> =>
    importFeeds(machine, files, path, {
      feeds: new Map(Object.entries(feeds)),
      note: () => undefined,
      ...(feed === undefined ? {} : { feed }),
    })
  const dayOf = (name: string): string => using(database => database.feeds.find(({ feed }) => feed === name)!.dated.slice(0, 10))
  const osvRecord = (id: string, modified: string, ecosystem = 'npm'): { name: string; body: Buffer } => ({
    name: `${id}.json`,
    body: Buffer.from(
      JSON.stringify({ id, modified, affected: [{ package: { ecosystem, name: 'left-pad' }, versions: ['1'] }] }),
    ),
  })

  test('they are of the day of their newest record, and not of today', async () => {
    const path = join(folder, '../osv@npm.zip')
    const far = '9998-01-01T00:00:00Z'
    writeFileSync(
      path,
      zip([
        osvRecord('GHSA-2222-2222-2222', '0001-01-01T00:00:00Z'),
        osvRecord('GHSA-2222-2222-2223', '2025-02-03T04:05:06Z'),
        osvRecord('GHSA-2222-2222-2224', far),
      ]),
    )
    utimesSync(path, new Date('2025-06-07T00:00:00Z'), new Date('2025-06-07T00:00:00Z'))
    expect((await take(path)).problems).toEqual([])
    expect(dayOf('osv')).toBe('2025-02-03')
    // Without any day in it: when the file was written.
    writeFileSync(path, zip([osvRecord('GHSA-2222-2222-2222', '0001-01-01T00:00:00Z'), osvRecord('GHSA-2222-2222-2224', far)]))
    utimesSync(path, new Date('2025-06-07T00:00:00Z'), new Date('2025-06-07T00:00:00Z'))
    await take(path)
    expect(dayOf('osv')).toBe('2025-06-07')
    // What a feed says of itself goes first.
    const known = join(folder, '../kev.json')
    writeFileSync(known, server.files.get(kev)!)
    await take(known)
    expect(dayOf('kev')).toBe((JSON.parse(readFileSync(known, 'utf8')) as { dateReleased: string }).dateReleased.slice(0, 10))
  })

  test('far fewer records than before are taken in, and told', async () => {
    const path = join(folder, '../osv@npm.zip')
    const many = Array.from({ length: 9 }, (_, i) => osvRecord(`GHSA-2222-2222-222${i}`, '2025-02-03T04:05:06Z'))
    writeFileSync(path, zip(many))
    await take(path)
    writeFileSync(path, zip(many.slice(0, 4)))
    const { parts, problems } = await take(path)
    expect(parts.map(({ outcome }) => outcome)).toEqual(['new'])
    expect(problems).toEqual([
      { kind: 'uncovered', code: 'part-shrank', message: 'osv/npm: it has 4 records now, and had 9 before' },
    ])
    using(database => expect(database.feeds[0]!.records).toBe(4))
  })

  test('a file of some parts of a feed is taken in as those; one of none is refused', async () => {
    const path = join(folder, '../some.zip')
    const modified = '2025-02-03T04:05:06Z'
    writeFileSync(path, zip([osvRecord('GHSA-2222-2222-2222', modified), osvRecord('GHSA-2222-2222-2223', modified, 'PyPI')]))
    const result = await take(path, 'osv')
    expect(outcomes(result)).toEqual(['osv/npm new', 'osv/PyPI new'])
    expect(result.problems).toEqual([])
    writeFileSync(path, zip([osvRecord('GHSA-2222-2222-2222', modified, 'Nowhere')]))
    const none = await take(path, 'osv')
    expect(outcomes(none)).toEqual(['osv failed'])
    expect(none.problems).toEqual([
      { kind: 'failed', code: 'feed-unreadable', message: `${path}: it has no record that could be read` },
    ])
    using(database => expect(database.feeds).toHaveLength(2))
  })
})

describe('what is there stays there', () => {
  test('twenty kills during an update: the old database is whole each time', async () => {
    await update(['osv/npm', 'kev'])
    for (const path of [go, epss])
      server.tricks.set(path, (_, response, bytes) => {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, bytes.length / 2))
        setTimeout(() => response.end(bytes.subarray(bytes.length / 2)), 150)
        return true
      })
    const program = join(import.meta.dirname, '../src/cli/run.ts')
    let killed = 0
    for (let i = 0; i < 20; i++) {
      const child = spawn(
        process.execPath,
        [program, 'db', 'update', '--only', 'epss,go-vulndb,osv/npm', '--force', '-q', '--mirror', server.address],
        { env: { ...process.env, BULKHEAD_DB: folder, BULKHEAD_SHIPPED_DB: '' }, stdio: 'ignore' },
      )
      const ended = new Promise<boolean>(resolve => child.once('exit', (_, signal) => resolve(signal === 'SIGKILL')))
      // A server that is slow: the kill falls into the downloads, the writing, the renaming, wherever it happens to.
      await sleep(250 + i * 25)
      child.kill('SIGKILL')
      if (await ended) killed++
      files.verify()
      using(database => {
        expect(database.about('npm', 'axios')!.length).toBeGreaterThan(0)
        expect(database.feeds.find(({ feed }) => feed === 'kev')!.records).toBe(1662)
      })
    }
    expect(killed).toBeGreaterThan(10)
    // What the killed ones left behind does not stand in the way, and goes.
    await update(['kev'], { force: true })
    expect(readdirSync(folder).filter(name => name !== 'current.json' && !/^advisories-/.test(name))).toEqual([])
  })

  test('a file that was changed by somebody else is not believed', async () => {
    await update(['kev'])
    const name = readdirSync(folder).find(one => one.startsWith('advisories-'))!
    const bytes = readFileSync(join(folder, name))
    bytes[bytes.length - 100]! ^= 1
    writeFileSync(join(folder, name), bytes)
    expect(() => files.open()).toThrow(/is not what was written/)
    expect(() => files.verify()).toThrow(/is not what was written/)
    files.clear()
    expect(() => files.open()).toThrow(/there is no database/)
    expect(outcomes(await update(['kev']))).toEqual(['kev new'])
  })

  test('exported and taken in again it is the same; a broken export is refused, and the old one holds', async () => {
    await update(['osv/npm', 'kev'])
    const path = join(top, 'export')
    const { sha256 } = await files.exportTo(path)
    const other = databaseFiles(join(top, 'other'), undefined, () => new Date().toISOString())
    const pieces = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000)
    }
    const bytes = readFileSync(path)
    expect((await other.importFrom(pieces(bytes), path)).built).toBeTruthy()
    expect(other.verify().sha256).toBe(sha256)
    const flipped = Buffer.from(bytes)
    flipped[Math.floor(bytes.length / 2)]! ^= 4
    for (const [broken, says] of [
      [bytes.subarray(0, bytes.length - 1000), /broken/],
      [flipped, /broken/],
      [Buffer.from('{"format":"something else"}\n'), /no database/],
      [Buffer.from(bytes.toString('latin1').replace('"schema":1', '"schema":9'), 'latin1'), /of form 9/],
      [Buffer.alloc(0), /no database/],
    ] as const) {
      await expect(other.importFrom(pieces(broken), 'export')).rejects.toThrow(says)
      expect(other.verify().sha256).toBe(sha256)
    }
    rmSync(join(top, 'other'), { recursive: true, force: true })
  })
})
