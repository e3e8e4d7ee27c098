/** How programs were built, against what binutils say of the same files. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { censusCataloger } from '../src/read/census-cataloger.ts'
import { has, run } from './components.ts'

const folder = '/usr/bin'
const sample = 60

test.skipIf(!has('readelf'))(
  'programs of this machine (needs readelf)',
  () => {
    const programs = readdirSync(folder)
      .filter(name => /^[a-z]/.test(name) && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
      .map(name => ({ name, bytes: readFileSync(join(folder, name)) }))
      .filter(({ bytes }) => bytes.length > 64 && bytes.length < 4e6 && bytes.readUInt32LE(0) === 0x464c457f)
      .slice(0, sample)
    for (const { name, bytes } of programs) {
      const found = censusCataloger.collect({
        path: `usr/bin/${name}`,
        size: bytes.length,
        read: (offset, length) => bytes.subarray(offset, offset + length),
      })
      const text = run('readelf', ['-hldW', '--dyn-syms', '-p', '.comment', '-S', join(folder, name)])
      const isSafe = /\.go\.buildinfo|\.note\.go\.buildid|rustc version/.test(text)
      const isFixed = /Type:\s+EXEC/.test(text)
      const lacks = `${isFixed ? 'p' : ''}${text.includes('GNU_RELRO') ? '' : 'r'}${
        isSafe || text.includes('__stack_chk_') || !text.includes(' INTERP ') ? '' : 'c'
      }`
      expect(found, name).toMatchObject({ of: 'program', program: { lacks } })
    }
  },
  60_000,
)
