import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delta, gitId, type PackMember, pack, tree } from '../../../test/pack-writer.ts'
import type { FoundSomewhere } from '../../model/inventory.ts'
import { packLimits } from '../../read/git/pack.ts'
import { sampleText } from './detector.ts'
import { gitName } from './git-cataloger.ts'
import { gitHits, gitProblems, type PlacedHit } from './git-leaks.ts'
import { detectors } from './registry.ts'
import { type GitFound, scanGit } from './scan-git.ts'

const scan = (path: string, bytes: Uint8Array, reveal = false): GitFound | undefined =>
  scanGit({ path, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, { reveal })
const packPath = 'srv/.git/objects/pack/pack-1.pack'
const looseOf = (type: string, body: string | Uint8Array, folder = 'srv/.git/objects') => {
  const bytes = Buffer.from(body)
  const id = gitId(type, bytes)
  return {
    id,
    path: `${folder}/${id.slice(0, 2)}/${id.slice(2)}`,
    bytes: deflateSync(Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes])),
  }
}
const [token, other] = detectors['github-token']!.samples.real() as [string, string]
const settings = `\nDB_PASSWORD=${sampleText(16)}\n`
const somewhere = (path: string, data: unknown): FoundSomewhere => ({
  cataloger: gitName,
  layer: 0,
  path: `/${path}`,
  data,
  fate: { kind: 'present' },
})
/** Files of one layer → what is told. */
const told = (files: readonly { readonly path: string; readonly bytes: Uint8Array }[]) =>
  gitHits(files.flatMap(({ path, bytes }) => (scan(path, bytes) ? [somewhere(path, scan(path, bytes))] : [])))
    .flatMap(({ data }) => data as readonly PlacedHit[])
    .map(({ detector, git }) => [detector, git.name, git.count])

describe('loose objects', () => {
  test('each kind, and that the rest is not ours', () => {
    for (const type of ['blob', 'commit', 'tag']) {
      const { path, bytes, id } = looseOf(type, `a\nt=${token}`)
      expect(scan(path, bytes)?.hits).toEqual([
        expect.objectContaining({ detector: 'github-token', type, id, line: 2, count: 1 }),
      ])
      expect(JSON.stringify(scan(path, bytes))).not.toContain(token.slice(6, 16))
      expect(scan(path, bytes, true)?.hits).toEqual([expect.objectContaining({ value: token })])
      for (const elsewhere of ['srv/x', 'srv/objects/ab/cd', `${path}.txt`]) expect(scan(elsewhere, bytes)).toBeUndefined()
      expect(scan(path.slice('srv/.git/'.length), bytes)?.hits).toHaveLength(1)
    }
    const { path } = looseOf('blob', '')
    for (const body of ['', 'a', `plain ${token}`]) expect(scan(path, Buffer.from(body))).toBeUndefined()
    expect(scan(path, deflateSync('something else'))).toBeUndefined()
  })

  test('broken ones are told, once for all of a repository', () => {
    const { path, bytes } = looseOf('blob', `t=${token} ${sampleText(3000)}`)
    for (const broken of [bytes.subarray(0, 30), bytes.subarray(0, -3), Buffer.concat([bytes, Buffer.from('x')])])
      expect(scan(path, broken)).toMatchObject({ hits: [], trouble: { kind: 'failed' } })
    const lies = deflateSync(`blob 99999999\0${token}`)
    expect(scan(path, lies)).toMatchObject({ trouble: { kind: 'failed' } })
    const bomb = deflateSync(Buffer.concat([Buffer.from('blob 10\0'), Buffer.alloc(50_000_000)]))
    expect(scan(path, bomb)).toMatchObject({ trouble: { kind: 'failed' } })
    const everywhere = [1, 2, 3].map(i => somewhere(path.replace(/..$/, `0${i}`), scan(path, lies)))
    expect(gitProblems({ image: undefined, everywhere }).map(({ kind, code, message }) => [kind, code, message])).toEqual([
      ['failed', 'git-objects-unreadable', expect.stringMatching(/^\/srv\/\.git\/objects .*, and 2 more objects like it$/)],
    ])
  })

  test('a large one is looked through to its end', () => {
    const { path, bytes } = looseOf('blob', `${'nothing to see here\n'.repeat(2_000_000)}${token}\n`)
    expect(scan(path, bytes)?.hits).toEqual([expect.objectContaining({ detector: 'github-token', line: 2_000_001 })])
  })

  test('trees in other files say what a blob is called, and that decides', () => {
    const blob = looseOf('blob', settings)
    const named = (name: string) => {
      const inner = looseOf('tree', tree([['100644', name, blob.id]]))
      const outer = looseOf('tree', tree([['40000', 'deploy', inner.id]]))
      return told([blob, inner, outer])
    }
    expect(named('.env')).toEqual([[expect.stringMatching(/-secret$/), 'deploy/.env', 1]])
    expect(named('README.md')).toEqual([])
    // Nobody knows: git add, and no commit.
    expect(told([blob])).toEqual([[expect.stringMatching(/-secret$/), undefined, 1]])
  })

  test('one value in many versions of a file is told once, two values twice; another repository is another', () => {
    const versions = Array.from({ length: 30 }, (_, i) => looseOf('blob', `version ${i}\nt=${token}`))
    expect(told(versions)).toEqual([['github-token', undefined, 30]])
    expect(told([...versions, looseOf('blob', other)])).toHaveLength(2)
    expect(told([...versions, looseOf('blob', token, 'opt/.git/objects')])).toHaveLength(2)
  })
})

describe('packs', () => {
  test('a password without a shape counts where it would count in a file', () => {
    const names = (name: string) =>
      scan(
        packPath,
        pack([
          { type: 'blob', body: settings },
          { type: 'tree', body: tree([['100644', name, gitId('blob', settings)]]) },
        ]),
      )?.hits.map(hit => hit.name) ?? []
    expect(names('.env')).toEqual(['.env'])
    expect(names('README.md')).toEqual([])
  })

  test('a value in a sample and in a real file is told of the real one', () => {
    const [first, second] = [`1 ${token}`, `2 ${token}`]
    const names = tree([
      ['40000', 'tests', gitId('tree', tree([['100644', 'a.txt', gitId('blob', first)]]))],
      ['100644', 'b.txt', gitId('blob', second)],
    ])
    const members: PackMember[] = [
      { type: 'blob', body: first },
      { type: 'blob', body: second },
      { type: 'tree', body: names },
      { type: 'tree', body: tree([['100644', 'a.txt', gitId('blob', first)]]) },
    ]
    expect(scan(packPath, pack(members))?.hits.map(({ name, count }) => [name, count])).toEqual([['b.txt', 2]])
  })

  test('of a change whose base is missing the entry is told, and that more may be there', () => {
    const member: PackMember = {
      type: 'reference-delta',
      reference: '12'.repeat(20),
      body: delta(300, [[0, 100], `t=${token}\n`]),
    }
    const found = scan(packPath, pack([member]))
    expect(found).toMatchObject({
      hits: [{ detector: 'github-token', id: undefined, offset: 12, line: 0 }],
      trouble: { kind: 'uncovered', message: 'of 1 object only what the change brings was looked through' },
    })
  })

  test('more than two hundred values: that is said', () => {
    const body = (seed: number): string => `url=postgres://ann:${sampleText(16, undefined, seed)}@db.internal/app\n`
    const many = pack(Array.from({ length: 300 }, (_, i): PackMember => ({ type: 'blob', body: body(i + 1) })))
    const found = scan(packPath, many)
    expect([found?.hits.length, found?.trouble]).toEqual([
      200,
      { kind: 'uncovered', message: 'it has more secrets than are told' },
    ])
  })
})

test('whatever is changed in a pack or a loose object, the answer comes, and stays within the bounds', () => {
  const base = `${'a line of text\n'.repeat(40)}t=${token}\n`
  const members: PackMember[] = [
    { type: 'commit', body: `tree x\n\n${other}` },
    { type: 'blob', body: base },
    { type: 'offset-delta', base: 1, body: delta(base.length, [[0, 200], 'new\n', [200, base.length - 200]]) },
    { type: 'offset-delta', base: 2, body: delta(base.length + 4, ['first\n', [0, base.length]]) },
    { type: 'reference-delta', reference: gitId('blob', base), body: delta(base.length, [[0, 99], settings]) },
    { type: 'tree', body: tree([['100644', '.env', gitId('blob', base)]]) },
  ]
  const loose = looseOf('blob', base)
  const limits = { ...packLimits, unpacked: 1e6, resolved: 1e6, held: 1e5, entries: 100 }
  const subjects = [
    { path: packPath, bytes: pack(members) },
    { path: packPath.replace('1.pack', `${'ab'.repeat(32)}.pack`), bytes: pack(members) },
    loose,
  ]
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.nat(400) }),
    fc.record({ kind: fc.constant('again' as const), at: fc.nat(), value: fc.nat(400) }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...subjects),
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      ({ path, bytes }, mutations) => {
        let changed = Buffer.from(bytes)
        for (const { kind, at, value } of mutations) {
          const place = at % Math.max(1, changed.length)
          if (kind === 'set') changed[place] = value
          else if (kind === 'cut') changed = Buffer.concat([changed.subarray(0, place), changed.subarray(place + value)])
          else changed = Buffer.concat([changed.subarray(0, place), changed.subarray(Math.max(0, place - value))])
        }
        let most = 0
        const file = {
          path,
          size: changed.length,
          read: (offset: number, length: number) => {
            most = Math.max(most, length)
            return changed.subarray(offset, offset + length)
          },
        }
        const found = scanGit(file, { reveal: false }, limits)
        expect(most).toBeLessThan(20e6)
        expect(found?.hits.length ?? 0).toBeLessThanOrEqual(200)
        expect(JSON.stringify(found ?? {})).not.toContain(token.slice(6, 20))
        // What is not whole is not passed over: a pack that lost its second object cannot say that all is well.
        if (path !== loose.path && changed.length < bytes.length - 60) expect(found?.trouble).toBeDefined()
      },
    ),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 500) },
  )
})
