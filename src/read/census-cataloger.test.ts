import { expect, test } from 'vitest'
import type { LayerFile } from './cataloger.ts'
import { censusCataloger } from './census-cataloger.ts'

const file = (path: string, body: string | Uint8Array): LayerFile => {
  const bytes = Buffer.from(body)
  return { path, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }
}
const collect = (path: string, body: string | Uint8Array) => censusCataloger.collect(file(path, body))

test('of passwords nothing is kept but what kind they are', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/sh\n\n# no\n+::::::\nann::1:1::/:\nold:aBcDeFgHiJkLm:2:2::/:/bin/sh\r\nbob:*:3:3::/:\nbroken:x:y:z\nshort\n'
  expect(collect('etc/passwd', passwd)).toEqual({
    of: 'passwd',
    count: 4,
    lines: [
      { name: 'root', uid: 0, gid: 0, password: undefined },
      { name: 'ann', uid: 1, gid: 1, password: 'empty' },
      { name: 'old', uid: 2, gid: 2, password: 'set' },
      { name: 'bob', uid: 3, gid: 3, password: 'locked' },
    ],
  })
  const shadow = 'root:$6$salt$hash:1::::::\nann::1::::::\nbob:!:1::::::\ncat:!!:1::::::\ndan:*:1::::::\nshort\n'
  const found = collect('etc/shadow', shadow)
  expect(found).toMatchObject({ count: 5 })
  expect(JSON.stringify(found)).not.toMatch(/salt|hash/)
  expect(found?.of === 'shadow' && found.lines.map(({ password }) => password)).toEqual([
    'set',
    'empty',
    'locked',
    'locked',
    'locked',
  ])
  expect(collect('etc/group', 'root:x:0:\nwheel:x:10:ann,bob\n')).toEqual({
    of: 'group',
    count: 2,
    lines: [
      { name: 'root', gid: 0 },
      { name: 'wheel', gid: 10 },
    ],
  })
})

test('a list without end is bounded, and its true length kept', () => {
  const body = Array.from({ length: 30_000 }, (_, i) => `user${i}:x:${i}:${i}::/:\n`).join('')
  const found = collect('etc/passwd', body)
  expect(found?.of === 'passwd' && [found.count, found.lines.length]).toEqual([30_000, 10_000])
  expect(() => collect('etc/passwd', 'x'.repeat(9 * 1024 * 1024))).toThrow(/at most/)
})

test('what is no program, or a broken one, is nothing', () => {
  expect(collect('bin/a', 'text that is no program at all, and longer than a header')).toBeUndefined()
  const broken = Buffer.alloc(200, 0xff)
  broken.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  expect(collect('bin/a', broken)).toBeUndefined()
})
