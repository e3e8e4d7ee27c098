import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type TarEntry, TarError, TarWalker, walkTar } from './tar.ts'

type Found = { readonly entry: TarEntry; readonly body: Buffer }

/** The whole file, holes filled. */
const expand = ({ size, sparse }: TarEntry, stored: Buffer): Buffer => {
  if (!sparse) return stored
  const whole = Buffer.alloc(size)
  let at = 0
  for (const { offset, length } of sparse) {
    stored.copy(whole, offset, at, at + length)
    at += length
  }
  return whole
}

const collect = (): { found: Found[]; handler: ConstructorParameters<typeof TarWalker>[0] } => {
  const found: Found[] = []
  return {
    found,
    handler: {
      entry(entry) {
        const pieces: Buffer[] = []
        return {
          write: bytes => pieces.push(Buffer.from(bytes)) > 0,
          end: () => found.push({ entry, body: expand(entry, Buffer.concat(pieces)) }),
        }
      },
    },
  }
}

const walk = (archive: Uint8Array, sizes: readonly number[] = [archive.length]): readonly Found[] => {
  const { found, handler } = collect()
  const walker = new TarWalker(handler)
  for (let at = 0, i = 0; at < archive.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!)
    walker.push(archive.subarray(at, at + size))
    at += size
  }
  walker.end()
  return found
}

const top = mkdtempSync(join(tmpdir(), 'bulkhead-tar-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const tree = join(top, 'tree')

const hasGnuTar = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') === true
/** Names, sizes and kinds of files that archives have trouble with. */
const plant = (): void => {
  const long = 'n'.repeat(90)
  mkdirSync(join(tree, long, long, long), { recursive: true })
  writeFileSync(join(tree, long, long, long, 'deep'), 'deep')
  writeFileSync(join(tree, 'empty'), '')
  writeFileSync(join(tree, 'one block'), 'x'.repeat(512))
  writeFileSync(join(tree, 'größe 名前'), 'unicode\n')
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'no UTF-8')
  writeFileSync(join(tree, 'set-uid'), '#!', { mode: 0o4755 })
  linkSync(join(tree, 'one block'), join(tree, 'same'))
  symlinkSync('../'.repeat(60) + 'far', join(tree, 'link'))
  const holes = openSync(join(tree, 'holes'), 'w')
  for (let i = 0; i < 60; i++) writeSync(holes, Buffer.from(`part ${i}`.padEnd(4096, '.')), 0, 4096, i * 65536)
  closeSync(holes)
  truncateSync(join(tree, 'holes'), 64 * 65536)
}
if (hasGnuTar) plant()

const gnuTar = (...args: readonly string[]): Buffer =>
  !hasGnuTar
    ? Buffer.alloc(512)
    : execFileSync('tar', ['-C', tree, '--sort=name', ...args, '-cf', '-', '.'], { maxBuffer: 64 * 1024 * 1024 })

describe.skipIf(!hasGnuTar).each([
  ['ustar, as GNU writes it', ['--format=gnu']],
  ['pax', ['--format=pax']],
  ['GNU sparse', ['--format=gnu', '-S', '--hole-detection=raw']],
  ['pax sparse 0.0', ['--format=pax', '-S', '--sparse-version=0.0', '--hole-detection=raw']],
  ['pax sparse 0.1', ['--format=pax', '-S', '--sparse-version=0.1', '--hole-detection=raw']],
  ['pax sparse 1.0', ['--format=pax', '-S', '--sparse-version=1.0', '--hole-detection=raw']],
] as const)('%s (needs GNU tar)', (_, args) => {
  const archive = gnuTar(...args)
  const found = hasGnuTar ? walk(archive) : []

  test('every file is there, with its bytes and its mode', () => {
    const names = execFileSync('tar', ['--quoting-style=literal', '-tf', '-'], { input: archive })
      .toString('latin1')
      .trim()
      .split('\n')
    expect(found.map(({ entry }) => entry.path.replace(/\/$/, '')).length).toBe(names.length)
    for (const { entry, body } of found) {
      const path = entry.path.includes('ÿ')
        ? Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0x66, 0xff, 0xfe])])
        : join(tree, entry.path)
      const real = lstatSync(path)
      expect(entry.mode, entry.path).toBe(real.mode & 0o7777)
      expect(Math.floor(entry.mtime)).toBe(Math.floor(real.mtimeMs / 1000))
      if (entry.type === 'file') expect(body.equals(readFileSync(path)), entry.path).toBe(true)
      else expect(body.length).toBe(0)
    }
    const byName = new Map(found.map(({ entry }) => [entry.path, entry]))
    expect(byName.get('./link')).toMatchObject({ type: 'symlink', linkTarget: `${'../'.repeat(60)}far` })
    expect(byName.get('./same')).toMatchObject({ type: 'hard-link', linkTarget: './one block', size: 0 })
    expect(byName.get('./größe 名前')?.size).toBe(8)
    if (args.includes('-S' as never)) expect(byName.get('./holes')!.stored).toBeLessThan(byName.get('./holes')!.size / 4)
  })

  test('however the pieces are cut', () => {
    const whole = JSON.stringify(found.map(({ entry, body }) => [entry, body.length, body.toString('base64').slice(0, 64)]))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }), sizes => {
        const again = walk(archive, sizes)
        return (
          JSON.stringify(again.map(({ entry, body }) => [entry, body.length, body.toString('base64').slice(0, 64)])) === whole
        )
      }),
      { numRuns: 20 },
    )
  })

  test('by seeking, without reading what nobody wants', () => {
    const paths: string[] = []
    let read = 0
    walkTar(
      (offset, length) => {
        const bytes = archive.subarray(offset, offset + length)
        read += bytes.length
        return bytes
      },
      {
        entry(entry) {
          paths.push(entry.path)
          return undefined
        },
      },
      1024,
    )
    expect(paths).toEqual(found.map(({ entry }) => entry.path))
    expect(read).toBeLessThan(archive.length / 4)
  })

  test('cut off anywhere it is said to be, or whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: archive.length - 1 }), length => {
        let error: unknown
        let count = 0
        try {
          count = walk(archive.subarray(0, length)).length
        } catch (thrown) {
          error = thrown
        }
        if (error === undefined) return count <= found.length
        return error instanceof TarError && error.code === 'truncated'
      }),
      { numRuns: 200 },
    )
  })

  test('with bits flipped it ends in a TarError, or in entries', () => {
    const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 200)
    // Headers are where a flipped bit can do harm.
    const headers = found.map(({ entry }) => entry.bodyAt - 512)
    fc.assert(
      fc.property(
        fc.constantFrom(...headers),
        fc.array(fc.tuple(fc.nat(511), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (at, flips) => {
          const broken = Buffer.from(archive)
          for (const [offset, value] of flips) broken[at + offset] = value
          // The checksum made right again, so that more than the checksum is tested.
          broken.fill(32, at + 148, at + 156)
          const sum = broken.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
          broken.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
          try {
            walk(broken)
          } catch (error) {
            return error instanceof TarError
          }
          return true
        },
      ),
      { numRuns: runs },
    )
  })
})

test.skipIf(!hasGnuTar)('numbers in base 256, and negative sizes (needs GNU tar)', () => {
  const header = Buffer.from(gnuTar('--format=gnu').subarray(0, 512))
  const withSize = (bytes: readonly number[]): Buffer => {
    const changed = Buffer.from(header)
    Buffer.from(bytes).copy(changed, 124)
    changed[156] = 0x30
    changed.fill(32, 148, 156)
    const sum = changed.reduce((total, byte) => total + byte, 0)
    changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return changed
  }
  const sizes: number[] = []
  const walker = new TarWalker({
    entry(entry) {
      sizes.push(entry.size)
      return undefined
    },
  })
  walker.push(withSize([0x80, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0]))
  expect(sizes).toEqual([3 * 2 ** 32])
  expect(walker.skippable).toBe(3 * 2 ** 32)
  const negative = new TarWalker({ entry: () => undefined })
  expect(() => negative.push(withSize(new Array(12).fill(0xff)))).toThrow(/negative size/)
})

test('extensions are bounded', () => {
  const walker = new TarWalker({ entry: () => undefined })
  const name = 'x'.repeat(3 * 1024 * 1024)
  const header = Buffer.alloc(512)
  header.write('././@LongLink', 0)
  header.write(`${name.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('L', 156)
  header.fill(32, 148, 156)
  header.write(
    `${header
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  )
  expect(() => walker.push(header)).toThrow(expect.objectContaining({ code: 'too-large', offset: 0 }))
})
