import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileCache } from './file-cache.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-cache-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined): string | undefined => value && new TextDecoder().decode(value)
let number = 0
const open = (limit = 1e9, folder = join(top, String(number++))) => {
  const notes: string[] = []
  return { folder, notes, cache: fileCache(folder, limit, note => notes.push(note)) }
}
/** Text that no compression makes small. */
const noise = (size: number, seed: number): string => {
  let state = seed + 1
  let out = ''
  while (out.length < size) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    out += state.toString(36)
  }
  return out
}

describe('the cache on disk', () => {
  test('gives back what was put, under its own key only', () => {
    const { cache, folder, notes } = open()
    expect(cache.get('a')).toBeUndefined()
    cache.put('a', bytes('one'))
    cache.put('b', bytes(''))
    expect(text(cache.get('a'))).toBe('one')
    expect(text(cache.get('b'))).toBe('')
    cache.put('a', bytes('two'))
    expect(text(fileCache(folder, 1e9, () => undefined).get('a'))).toBe('two')
    expect(cache.get('c')).toBeUndefined()
    expect(cache.status()).toMatchObject({ files: 2 })
    expect(notes).toEqual([])
    // Nobody else may read what is inside of somebody's images.
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder).map(name => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600])
    expect(cache.clear()).toBe(2)
    expect(cache.get('a')).toBeUndefined()
  })

  test('what is broken is not there, and goes', () => {
    const { cache, folder, notes } = open()
    for (const harm of [
      (path: string) => truncateSync(path, 5),
      (path: string) => truncateSync(path, 0),
      (path: string) => {
        const content = readFileSync(path)
        content[content.length - 3]! ^= 1
        writeFileSync(path, content)
      },
    ]) {
      cache.put('a', bytes(noise(1000, 1)))
      harm(join(folder, readdirSync(folder)[0]!))
      expect(cache.get('a')).toBeUndefined()
      expect(readdirSync(folder)).toEqual([])
    }
    expect(notes).toHaveLength(3)
    // The file of another key under this name.
    cache.put('a', bytes('a'))
    const [own] = readdirSync(folder)
    const stolen = readFileSync(join(folder, own!))
    cache.clear()
    cache.put('b', bytes('b'))
    writeFileSync(join(folder, readdirSync(folder)[0]!), stolen)
    expect(cache.get('b')).toBeUndefined()
  })

  test('stays within its bound: what was used longest ago goes first', () => {
    const { cache, folder } = open(100_000)
    for (let i = 0; i < 200; i++) {
      cache.put(`k${i}`, bytes(noise(3000, i)))
      // The first one is used all the time; files written within one tick of the clock are told apart by hand.
      cache.get('k0')
      for (const name of readdirSync(folder)) {
        const { mtimeMs } = statSync(join(folder, name))
        utimesSync(join(folder, name), new Date(), new Date(mtimeMs - 1000))
      }
      cache.get('k0')
    }
    const { bytes: size, files } = cache.status()
    // Counting happens now and then: a twentieth of the bound may be added in between.
    expect(size).toBeLessThan(110_000)
    expect(files).toBeGreaterThan(20)
    expect(cache.get('k0')).toBeDefined()
    expect(cache.get('k199')).toBeDefined()
    expect(cache.get('k1')).toBeUndefined()
    cache.put('huge', bytes(noise(80_000, 1)))
    expect(cache.get('huge')).toBeUndefined()
  })

  test('leftovers of killed processes go after an hour, and those of living ones stay', () => {
    const { cache, folder } = open(10_000)
    cache.put('a', bytes('a'))
    writeFileSync(join(folder, '.1.old.part'), 'x')
    utimesSync(join(folder, '.1.old.part'), new Date(), new Date(Date.now() - 2 * 60 * 60 * 1000))
    writeFileSync(join(folder, '.2.new.part'), 'x')
    writeFileSync(join(folder, 'notes.txt'), 'not ours')
    for (let i = 0; i < 50; i++) cache.put(`k${i}`, bytes(noise(600, i)))
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.2.new.part', 'notes.txt']))
    expect(readdirSync(folder)).not.toContain('.1.old.part')
    cache.clear()
    expect(readdirSync(folder)).toEqual(['notes.txt'])
  })

  test('a folder that cannot be written to, or belongs to somebody else, is no error', () => {
    const file = join(top, 'file')
    writeFileSync(file, '')
    const { cache, notes } = open(1e9, join(file, 'below'))
    cache.put('a', bytes('a'))
    expect(cache.get('a')).toBeUndefined()
    expect(notes.join()).toMatch(/nothing is cached/)
    const open2 = open()
    mkdirSync(open2.folder)
    chmodSync(open2.folder, 0o777)
    open2.cache.put('a', bytes('a'))
    expect(statSync(open2.folder).mode & 0o777).toBe(0o700)
  })

  test('several processes, some of them killed while they write: only whole values', async () => {
    const folder = join(top, 'shared')
    const script = `
      import { fileCache } from ${JSON.stringify(join(import.meta.dirname, 'file-cache.ts'))}
      const cache = fileCache(${JSON.stringify(folder)}, 400_000, note => { if (!/ENOENT/.test(note)) { console.error(note); process.exit(3) } })
      for (let i = 0; ; i++) {
        const key = 'k' + (i * 7 % 50)
        const found = cache.get(key)
        if (found && new TextDecoder().decode(found) !== key.repeat(3000)) process.exit(4)
        cache.put(key, new TextEncoder().encode(key.repeat(3000)))
      }`
    const children: ChildProcess[] = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'ignore', 'pipe'] }),
    )
    const ends = children.map(child => new Promise<number | null>(resolve => child.once('exit', code => resolve(code))))
    await new Promise(resolve => setTimeout(resolve, 1500))
    for (const child of children) child.kill('SIGKILL')
    // Killed, and not ended by a value that was wrong.
    expect(await Promise.all(ends)).toEqual([null, null, null, null])
    const cache = fileCache(folder, 1e9, () => undefined)
    const found = Array.from({ length: 50 }, (_, i) => text(cache.get(`k${i}`)) === `k${i}`.repeat(3000))
    expect(found.filter(Boolean).length).toBeGreaterThan(40)
  })
})

test.skipIf(process.platform !== 'linux')('a folder that cannot be: nothing is cached, and it is said', () => {
  // Node's recursive mkdir never ends there.
  const nowhere = open(1e9, '/proc/nowhere/layers')
  nowhere.cache.put('a', bytes('one'))
  expect(nowhere.cache.get('a')).toBeUndefined()
  expect(nowhere.notes.join()).toMatch(/nothing is cached: ENOENT/)
  const folder = join(top, 'file')
  writeFileSync(folder, '')
  const inFile = open(1e9, join(folder, 'layers'))
  inFile.cache.put('a', bytes('one'))
  expect(inFile.notes.join()).toMatch(/nothing is cached: ENOTDIR/)
  for (const ask of [() => inFile.cache.status(), () => inFile.cache.clear() === 0 && inFile.cache.status()])
    expect(ask).toThrow(/cannot be used: it is no folder/)
})
