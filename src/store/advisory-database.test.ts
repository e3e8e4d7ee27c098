/** What goes into the database comes out of it again, whatever it is; what changes, changes alone. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type AdvisoryDatabase,
  type AdvisoryRecord,
  DatabaseError,
  type DatabaseWriter,
  type FeedIdentity,
  type FeedItem,
} from '../model/advisory.ts'
import { type ChangeOutcome, changeDatabase, createDatabase, openDatabase } from './advisory-database.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-advisories-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
let count = 0
const fresh = (): string => {
  const path = join(top, `${count++}.db`)
  createDatabase(path)
  return path
}
const built = '2026-08-01T00:00:00.000Z'
const identity = (more: Partial<FeedIdentity> = {}): FeedIdentity => ({
  feed: 'test',
  part: '',
  title: 'Test',
  home: 'https://example.org/',
  licence: 'CC0-1.0',
  ecosystems: ['npm'],
  completeness: 'all',
  rank: 10,
  fetched: built,
  ...more,
})
const record = (id: string, more: Partial<AdvisoryRecord> = {}): FeedItem => ({
  kind: 'advisory',
  record: {
    id,
    aliases: [],
    url: `https://example.org/${id}`,
    affected: [{ ecosystem: 'npm', name: 'left-pad', keyedBy: 'binary', ranges: [{ fixed: '1.0.1' }] }],
    ...more,
  },
})
const change = (path: string, work: (writer: DatabaseWriter) => void): Promise<ChangeOutcome> =>
  changeDatabase(path, built, async writer => work(writer))
const using = <T>(path: string, use: (database: AdvisoryDatabase) => T): T => {
  const database = openDatabase(path)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

const name = fc.oneof(
  fc.constantFrom('left-pad', '__proto__', 'constructor', 'a b', '', 'ö', '@x/y'),
  fc.string({ maxLength: 8 }),
)
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const version = fc.constantFrom('1.0', '2:1.0-1~deb12u1', '0.0.0-2023', 'x')
const affected = fc
  .record({
    ecosystem: fc.constantFrom('npm', 'Debian:12', 'Alpine:v3.20'),
    name,
    keyedBy: fc.constantFrom('source' as const, 'binary' as const),
    ranges: fc.array(fc.record({ introduced: optional(version), fixed: optional(version), lastAffected: optional(version) }), {
      maxLength: 3,
    }),
    versions: optional(fc.array(version, { minLength: 1, maxLength: 3 })),
    status: optional(fc.constantFrom('not-affected' as const, 'minor' as const, 'end-of-life' as const)),
    reason: optional(fc.string({ minLength: 1, maxLength: 20 })),
    severity: optional(fc.constantFrom('high' as const, 'low' as const)),
    module: optional(fc.constant('nodejs:18')),
    fixNeeds: optional(fc.constant('ubuntu-pro' as const)),
  })
  .map(value => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as typeof value)

/** Without keys whose value is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('what goes in comes out', () => {
  test('any record, by package, by id, by alias', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            id: fc.oneof(
              fc.constantFrom('CVE-2024-0001', 'CVE-2024-00012', 'CVE-2024-1234567', 'GHSA-2222-3333-4444', '__proto__'),
              fc.string({ minLength: 1, maxLength: 6 }),
            ),
            aliases: fc.array(fc.constantFrom('CVE-2024-3094', 'CVE-1999-0001', 'X-1'), { maxLength: 2 }),
            affected: fc.array(affected, { maxLength: 3 }),
          }),
          { maxLength: 80 },
        ),
        async drafts => {
          const path = fresh()
          const records = new Map<string, AdvisoryRecord>()
          for (const one of drafts) if (!records.has(one.id)) records.set(one.id, { ...one, url: 'https://example.org/' })
          await change(path, writer => {
            const state = writer.replace(
              identity(),
              [...records.values()].map(one => ({ kind: 'advisory', record: one })),
            )
            expect(state.records).toBe(records.size)
          })
          using(path, database => {
            for (const one of records.values()) {
              const found = database.named(one.id).find(({ id }) => id === one.id)
              expect(found?.aliases).toEqual(one.aliases)
              for (const alias of one.aliases) expect(database.named(alias).some(({ id }) => id === one.id)).toBe(true)
              for (const what of one.affected) {
                const entries = database.about(what.ecosystem, what.name)!.filter(({ id }) => id === one.id)
                const same = entries.map(({ feed: _f, record: _r, id: _i, vulnerabilities: _v, isBundle: _b, ...rest }) =>
                  plain(rest),
                )
                const { ecosystem: _e, name: _n, ...wanted } = what
                expect(same).toContainEqual(
                  plain({
                    ...wanted,
                    ranges: wanted.ranges.map(range => ({ ...range })),
                  }),
                )
                expect(database.record(entries[0]!.record).id).toBe(one.id)
              }
            }
            expect(database.about('npm', 'nobody-has-this-name')).toBeUndefined()
          })
          rmSync(path)
        },
      ),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 15) },
    )
  })

  test('facts of CVEs, each column from its own feed', async () => {
    const path = fresh()
    const epss: FeedItem = { kind: 'cve', id: 'CVE-2024-3094', facts: { epss: { score: 0.12345, percentile: 0.9 } } }
    const kev: FeedItem = { kind: 'cve', id: 'CVE-2024-3094', facts: { kev: { added: '2024-04-01', isRansomware: true } } }
    const cvss: FeedItem = { kind: 'cve', id: 'CVE-2024-3094', facts: { cvss: { vector: 'CVSS:3.1/AV:N', source: 'nvd' } } }
    await change(path, writer => {
      writer.replace(identity({ feed: 'epss' }), [epss])
      writer.replace(identity({ feed: 'kev' }), [kev])
      writer.replace(identity({ feed: 'cvss' }), [cvss])
    })
    using(path, database =>
      expect(database.facts('CVE-2024-3094')).toEqual({
        epss: { score: 0.12345, percentile: 0.9 },
        kev: { added: '2024-04-01', isRansomware: true },
        cvss: { vector: 'CVSS:3.1/AV:N', source: 'nvd' },
      }),
    )
    await change(path, writer => {
      writer.replace(identity({ feed: 'kev' }), [{ ...kev, id: 'CVE-2020-0001' }])
    })
    using(path, database => {
      expect(database.facts('CVE-2024-3094').kev).toBeUndefined()
      expect(database.facts('CVE-2024-3094').epss).toBeDefined()
      expect(database.facts('CVE-2020-0001').kev).toBeDefined()
      expect(database.facts('GHSA-xxxx')).toEqual({})
    })
  })

  test('who was examined is known, although there is nothing to say', async () => {
    const path = fresh()
    await change(path, writer => {
      writer.replace(identity(), [{ kind: 'examined', ecosystem: 'Debian:12', name: 'bash' }, record('CVE-2024-0001')])
    })
    using(path, database => {
      expect(database.about('Debian:12', 'bash')).toEqual([])
      expect(database.about('Debian:12', 'zsh')).toBeUndefined()
      expect(database.ecosystems('Debian')).toEqual(['Debian:12'])
    })
  })
})

describe('changes', () => {
  test('a part that is replaced leaves the others alone, and nothing of itself', async () => {
    const path = fresh()
    await change(path, writer => {
      writer.replace(identity({ feed: 'a' }), [record('CVE-2024-0001'), record('CVE-2024-0002')])
      writer.replace(identity({ feed: 'b' }), [record('CVE-2024-0001')])
    })
    await change(path, writer => {
      writer.replace(identity({ feed: 'a' }), [record('CVE-2024-0003')])
    })
    using(path, database => {
      expect(database.about('npm', 'left-pad')!.map(({ feed, id }) => `${feed} ${id}`)).toEqual([
        'a CVE-2024-0003',
        'b CVE-2024-0001',
      ])
      expect(database.named('CVE-2024-0002')).toEqual([])
      expect(database.named('CVE-2024-0001').map(({ feed }) => feed)).toEqual(['b'])
    })
    await change(path, writer => writer.remove('b', ''))
    using(path, database => {
      expect(database.named('CVE-2024-0001')).toEqual([])
      expect(database.feeds.map(({ feed }) => feed)).toEqual(['a'])
    })
  })

  test('single records: changed ones take the place of the old ones, withdrawn ones go, the rest stays', async () => {
    const path = fresh()
    const many = Array.from({ length: 100 }, (_, i) => record(`CVE-2024-${1000 + i}`))
    await change(path, writer => {
      writer.replace(identity(), many)
    })
    await change(path, writer => {
      const state = writer.amend(
        identity(),
        ['CVE-2024-1052', 'CVE-2024-1053'],
        [
          record('CVE-2024-1050', {
            affected: [{ ecosystem: 'npm', name: 'right-pad', keyedBy: 'binary', ranges: [{ fixed: '9' }] }],
          }),
          record('CVE-2024-1051', { withdrawn: '2024-01-01' }),
          record('CVE-2024-9999'),
        ],
      )
      expect(state.records).toBe(98)
    })
    using(path, database => {
      const ids = database.about('npm', 'left-pad')!.map(({ id }) => id)
      expect(ids).toHaveLength(97)
      expect(ids).not.toContain('CVE-2024-1052')
      expect(database.named('CVE-2024-1053')).toEqual([])
      expect(ids).toContain('CVE-2024-9999')
      expect(ids).not.toContain('CVE-2024-1050')
      expect(database.about('npm', 'right-pad')!.map(({ id }) => id)).toEqual(['CVE-2024-1050'])
      expect(database.named('CVE-2024-1051')).toEqual([])
      // Each of them still leads to its own record.
      for (const { id, record: number } of database.about('npm', 'left-pad')!) expect(database.record(number).id).toBe(id)
    })
  })

  test('what throws half-way has changed nothing', async () => {
    const path = fresh()
    await change(path, writer => {
      writer.replace(identity(), [record('CVE-2024-0001')])
    })
    await change(path, writer => {
      const breaks = function* (): Generator<FeedItem> {
        yield record('CVE-2024-0002', { affected: [{ ecosystem: 'PyPI', name: 'x', keyedBy: 'binary', ranges: [] }] })
        throw new RangeError('cut off')
      }
      expect(() => writer.replace(identity(), breaks())).toThrow('cut off')
      expect(() =>
        writer.replace(identity({ feed: 'new' }), [record('CVE-2024-0002')], {
          accept: () => {
            throw new RangeError('too small')
          },
        }),
      ).toThrow('too small')
      expect(writer.feeds).toHaveLength(1)
      writer.replace(identity({ feed: 'later' }), [
        record('CVE-2024-0003', { affected: [{ ecosystem: 'PyPI', name: 'y', keyedBy: 'binary', ranges: [] }] }),
      ])
    })
    using(path, database => {
      expect(database.about('npm', 'left-pad')!.map(({ id }) => id)).toEqual(['CVE-2024-0001'])
      expect(database.named('CVE-2024-0002')).toEqual([])
      expect(database.about('PyPI', 'y')).toHaveLength(1)
    })
  })

  test('the same data give the same bytes', async () => {
    const bytes: Buffer[] = []
    for (let i = 0; i < 2; i++) {
      const path = fresh()
      await change(path, writer => {
        writer.replace(
          identity(),
          Array.from({ length: 70 }, (_, j) => record(`CVE-2024-${1000 + j}`)),
        )
      })
      bytes.push(readFileSync(path))
    }
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true)
  })
})

describe('a broken database', () => {
  test('says so: a file that is none, an empty one, one that is cut off, one of another form', async () => {
    const path = join(top, 'broken.db')
    for (const content of ['', 'no database', '\0'.repeat(10_000)]) {
      writeFileSync(path, content)
      expect(() => openDatabase(path)).toThrow(DatabaseError)
    }
    expect(() => openDatabase(join(top, 'nothing.db'))).toThrow(/there is no database/)
    const whole = fresh()
    await change(whole, writer => {
      writer.replace(
        identity(),
        Array.from({ length: 500 }, (_, i) => record(`CVE-2024-${1000 + i}`, { details: `${i}`.repeat(400) })),
      )
    })
    writeFileSync(path, readFileSync(whole).subarray(0, statSync(whole).size / 2))
    expect(() => using(path, database => database.about('npm', 'left-pad')!.map(one => database.record(one.record)))).toThrow(
      DatabaseError,
    )
  })

  test('no bit can change unseen: every answer is the old one, or an error', async () => {
    const whole = fresh()
    await change(whole, writer => {
      writer.replace(
        identity(),
        Array.from({ length: 200 }, (_, i) => record(`CVE-2024-${1000 + i}`, { summary: `summary ${i}` })),
      )
    })
    const ask = (path: string): string =>
      using(path, database => JSON.stringify(database.about('npm', 'left-pad')!.map(one => database.record(one.record).summary)))
    const right = ask(whole)
    const bytes = readFileSync(whole)
    let refused = 0
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes)
        changed[at]! ^= mask
        const path = join(top, 'flipped.db')
        writeFileSync(path, changed)
        try {
          expect(ask(path)).toBe(right)
        } catch (error) {
          // A name that changed is not found any more, which the digest of the whole file tells.
          if (error instanceof TypeError && /undefined|null/.test(error.message)) return
          expect(error).toBeInstanceOf(DatabaseError)
          refused++
        }
      }),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
    )
    expect(refused).toBeGreaterThan(10)
  })
})
