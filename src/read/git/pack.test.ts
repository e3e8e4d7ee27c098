import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { delta, gitId, type PackMember, pack } from '../../../test/pack-writer.ts'
import type { LayerFile } from '../cataloger.ts'
import { type PackLimits, packLimits, readPack } from './pack.ts'

const fileOf = (bytes: Uint8Array): LayerFile => ({
  path: 'srv/.git/objects/pack/pack-1.pack',
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** Everything that comes by. */
const read = (bytes: Uint8Array, limits: Partial<PackLimits> = {}, hasTrees = true) => {
  const objects: [type: string, id: string, text: string][] = []
  const parts: string[] = []
  const report = readPack(
    fileOf(bytes),
    'sha1',
    {
      object: ({ type, body, id }) => {
        const text = body.size > 1000 ? `${body.size}` : Buffer.from(body.read(0, body.size)).toString()
        objects.push([type, id(), text])
      },
      inserted: part => parts.push(Buffer.from(part).toString()),
      wantsTrees: () => hasTrees,
      tree: (id, tree) => objects.push(['tree', id, Buffer.from(tree).toString()]),
    },
    { ...packLimits, ...limits },
  )
  return { objects, parts, ...report }
}
const whole = { broken: undefined, unread: 0, partly: 0 }
const blob = (body: string): PackMember => ({ type: 'blob', body })

describe('objects and changes of them', () => {
  test('chains, branches, bases by place and by id, whatever comes first', () => {
    const base = 'the first version\n'
    const second = `${base}and more\n`
    const members: PackMember[] = [
      // What it is for comes later.
      { type: 'reference-delta', reference: gitId('blob', second), body: delta(second.length, [[0, second.length], 'third\n']) },
      blob(base),
      { type: 'offset-delta', base: 1, body: delta(base.length, [[0, base.length], 'and more\n']) },
      { type: 'offset-delta', base: 1, body: delta(base.length, ['another ', [4, 5]]) },
      { type: 'commit', body: 'tree x\n\nmessage' },
    ]
    const { objects, ...report } = read(pack(members))
    expect(report).toEqual({ ...whole, parts: [] })
    const texts = [base, 'tree x\n\nmessage', second, `${second}third\n`, 'another first']
    expect(objects.map(([, , text]) => text).sort()).toEqual([...texts].sort())
    for (const [type, id, text] of objects) expect(id).toBe(gitId(type, text))
  })

  test('trees come last, and only when they are wanted', () => {
    const members: PackMember[] = [
      { type: 'tree', body: 'one' },
      { type: 'offset-delta', base: 0, body: delta(3, [[0, 3], '!']) },
      blob('two'),
    ]
    expect(read(pack(members)).objects.map(([, , text]) => text)).toEqual(['two', 'one', 'one!'])
    expect(read(pack(members), {}, false)).toEqual({ ...whole, parts: [], objects: [['blob', gitId('blob', 'two'), 'two']] })
  })

  test('a copy of size zero is one of 65,536 bytes; large places and sizes', () => {
    const base = Buffer.alloc(70_000, 'abc')
    const zero = Buffer.concat([delta(base.length, [], 0x10000), Buffer.from([0x80 | 1, 4])])
    const { objects, broken } = read(
      pack([
        { type: 'blob', body: base },
        { type: 'offset-delta', base: 0, body: zero },
      ]),
    )
    expect(broken).toBeUndefined()
    expect(objects[1]![1]).toBe(gitId('blob', base.subarray(4, 4 + 0x10000)))
  })

  test('what is too large for memory goes by in pieces, and what stands behind it is found', () => {
    const large = Buffer.alloc(40 * 1024 * 1024, 'some text \n')
    for (const member of [blob(''), { type: 'blob', body: large, stored: deflateSync(large, { level: 0 }) } as PackMember]) {
      const { objects, ...report } = read(pack([{ ...member, body: large }, blob('behind')]))
      expect(report).toEqual({ ...whole, parts: [] })
      expect(objects.map(([, id]) => id)).toEqual([gitId('blob', large), gitId('blob', 'behind')])
    }
  })
})

describe('beyond the bounds what a change brings is still seen', () => {
  const base = 'x'.repeat(100)
  const chain = (length: number): PackMember[] => [
    blob(base),
    ...Array.from(
      { length },
      (_, i): PackMember => ({ type: 'offset-delta', base: i, body: delta(100 + i, [[0, 100 + i], '!']) }),
    ),
  ]
  test('depth', () => {
    expect(read(pack(chain(60)))).toMatchObject({ ...whole, parts: [] })
    const { objects, parts, partly } = read(pack(chain(60)), { depth: 50 })
    expect([objects.length, parts.length, partly]).toEqual([51, 10, 10])
    expect(parts[0]).toBe('!')
  })

  test('a chain of 4,000 is held one link at a time', () => {
    expect(read(pack(chain(4000)), { held: 5000 })).toMatchObject(whole)
  })

  test('bytes that are held, where chains branch', () => {
    const members: PackMember[] = [blob(base)]
    // Each has one that is made of it, and one more.
    for (let i = 0; i < 20; i++)
      for (const text of ['a', 'b'])
        members.push({ type: 'offset-delta', base: 2 * i, body: delta(100 + i, [[0, 100 + i], text]) })
    expect(read(pack(members))).toMatchObject(whole)
    const { objects, parts } = read(pack(members), { held: 500 })
    expect(parts.length).toBeGreaterThan(0)
    expect(objects.length + parts.length).toBe(41)
  })

  test('bytes that are put together, bytes that are unpacked, entries', () => {
    expect(read(pack(chain(10)), { resolved: 400 }).partly).toBe(7)
    expect(read(pack(chain(10)), { unpacked: 105 }).broken).toMatch(
      /^behind \d of 11 objects: nothing more was read: they unpack to too much/,
    )
    expect(read(pack(chain(10)), { entries: 4 }).broken).toMatch(
      /^behind 4 of 11 objects: nothing more was read: there are too many/,
    )
  })
})

describe('broken packs', () => {
  const good = pack([blob('one'), blob('two')])
  test.each([
    ['no pack', Buffer.from('something else, and long enough'), /no header/],
    ['another version', Buffer.concat([Buffer.from('PACK\0\0\0\x09'), good.subarray(8)]), /version 9/],
    ['cut off', good.subarray(0, 20), /behind 0 of 2 objects/],
    ['the second is cut off', good.subarray(0, 30), /behind 1 of 2 objects/],
    ['fewer objects than it has', pack([blob('one'), blob('two'), blob('three'), blob('four')], 2), /more objects than it says/],
    ['more objects than it has', pack([blob('one')], 4_000_000_000), /behind 1 of 4,000,000,000 objects/],
    ['a size that is too small', pack([{ type: 'blob', body: 'four', size: 3 }]), /not as large/],
    ['a size that is too large', pack([{ type: 'blob', body: 'four', size: 5 }]), /not as large/],
    [
      'a bomb',
      pack([{ type: 'blob', body: '', size: 10, stored: deflateSync(Buffer.alloc(50_000_000)) }]),
      /broken|not as large/,
    ],
    [
      'a large one that gives more',
      pack([{ type: 'blob', body: '', size: 20e6, stored: deflateSync(Buffer.alloc(50e6)) }]),
      /larger/,
    ],
    [
      'a large one that gives less',
      pack([{ type: 'blob', body: '', size: 90e6, stored: deflateSync(Buffer.alloc(50e6)) }]),
      /not as large/,
    ],
    ['a size of many digits', pack([{ type: 'blob', body: '', size: 2 ** 52 }]), /size that cannot be/],
    ['no zlib', pack([{ type: 'blob', body: 'four', stored: Buffer.from('nothing') }]), /broken/],
  ])('%s', (_, bytes, message) => {
    expect(read(bytes).broken).toMatch(message)
  })

  test.each([
    ['a base that is nowhere', { type: 'reference-delta', reference: '12'.repeat(20), body: delta(3, ['planted']) }],
    ['a base where no object begins', { type: 'offset-delta', distance: 3, body: delta(3, ['planted']) }],
    ['a base before the pack', { type: 'offset-delta', distance: 1_000_000, body: delta(3, ['planted']) }],
    ['a base of another size', { type: 'offset-delta', base: 0, body: delta(4, ['planted']) }],
    ['a copy beyond the base', { type: 'offset-delta', base: 0, body: delta(3, ['planted', [2, 9]]) }],
    ['more than it says', { type: 'offset-delta', base: 0, body: delta(3, ['planted'], 5) }],
    ['less than it says', { type: 'offset-delta', base: 0, body: delta(3, ['planted'], 50) }],
    ['far too much', { type: 'offset-delta', base: 0, body: delta(3, ['planted'], 2 ** 40) }],
  ] as [string, PackMember][])('a change with %s gives what it brings', (_, member) => {
    expect(read(pack([blob('one'), member]))).toMatchObject({ broken: undefined, unread: 0, partly: 1, parts: ['planted'] })
  })

  test('changes that are made of each other end', () => {
    // Nobody can write ids that hold, so the ids are any.
    const members: PackMember[] = ['11', '22'].map(digits => ({
      type: 'reference-delta',
      reference: digits.repeat(20),
      body: delta(3, ['x']),
    }))
    expect(read(pack([...members, blob('one')]))).toMatchObject({ partly: 2, unread: 0 })
    const self: PackMember = { type: 'offset-delta', distance: 0, body: delta(3, ['x']) }
    expect(read(pack([self]))).toMatchObject({ partly: 1 })
  })

  test('a change whose instructions are broken could not be read', () => {
    const member: PackMember = { type: 'offset-delta', base: 0, body: Buffer.from([3, 3, 0]) }
    expect(read(pack([blob('one'), member]))).toMatchObject({ broken: undefined, unread: 1, partly: 0 })
  })
})
