import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import * as ofWorld from '../world/cache-folder.ts'
import { databaseFiles } from './database-files.ts'
import { makeFolders } from './make-folders.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-folders-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

test.skipIf(process.platform !== 'linux').each([
  ['store', makeFolders],
  ['world', ofWorld.makeFolders],
])('folders of the %s are made, or there is an end', (name, make) => {
  const folder = join(top, name, 'a/b')
  make(folder, 0o700)
  make(folder, 0o700)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  symlinkSync('nowhere', join(top, name, 'dangling'))
  writeFileSync(join(top, name, 'file'), '')
  expect(() => make('/proc/nowhere/a/b')).toThrow(/ENOENT/)
  expect(() => make(join(top, name, 'dangling/a/b'))).toThrow(/ENOENT/)
  expect(() => make(join(top, name, 'file/a/b'))).toThrow(/ENOTDIR/)
  expect(existsSync(join(top, name, 'nowhere'))).toBe(false)
})

test.skipIf(process.platform !== 'linux')('a database whose folder cannot be says so', async () => {
  writeFileSync(join(top, 'no-folder'), '')
  for (const folder of ['/proc/nowhere/advisories', join(top, 'no-folder/advisories')]) {
    const files = databaseFiles(folder, undefined, () => '2026-01-01T00:00:00Z')
    await expect(files.change(async () => undefined)).rejects.toThrow(/cannot be used: no folder can be there/)
    await expect(files.importFrom((async function* () {})(), 'x')).rejects.toThrow(/cannot be used/)
    expect(files.current()).toBeUndefined()
  }
  expect(() => databaseFiles(join(top, 'no-folder/advisories'), undefined, () => '').clear()).toThrow(/cannot be used/)
})
