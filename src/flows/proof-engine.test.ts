/** What a proof does to files of the user, and what it takes for an answer of the engine: with a program in the engine's place that tells what it was given. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { machine } from '../world/machine.ts'
import { ProofEngine } from './proof-engine.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-proof-engine-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let programs = 0
/** `script`: of /bin/sh. */
const engineOf = (script: string): ProofEngine => {
  const program = join(top, `docker-${programs++}`)
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  return new ProofEngine(machine, program, 'abc', { build: 30_000, call: 30_000 }, () => false)
}

const folderOf = (parent: string, name: string): string => {
  const folder = join(mkdtempSync(join(parent, 'bulkhead-context-')), name)
  mkdirSync(join(folder, 'inner'), { recursive: true })
  writeFileSync(join(folder, 'compose.yaml'), 'old')
  writeFileSync(join(folder, 'inner/app.js'), 'app')
  return folder
}

/** What the builder was given, as a copy, and whether it says so. */
const built = async (context: string, changed: Readonly<Record<string, string>>): Promise<string> => {
  const seen = join(top, `seen-${programs}`)
  const engine = engineOf(`for last; do :; done; cp -a "$last/." ${seen}`)
  const files = { context, dockerfile: 'FROM scratch\n', ignore: undefined, changed: new Map(Object.entries(changed)) }
  expect((await engine.build('after', files, [])).error).toBeUndefined()
  return seen
}

test('the builder gets the changed file, and the user’s own stays', async () => {
  const context = folderOf(top, 'app')
  const { ino } = statSync(join(context, 'inner/app.js'))
  const seen = await built(context, { 'compose.yaml': 'new', '.dockerignore': '.git' })
  expect(readFileSync(join(seen, 'compose.yaml'), 'utf8')).toBe('new')
  expect(readFileSync(join(seen, '.dockerignore'), 'utf8')).toBe('.git')
  expect(readFileSync(join(seen, 'inner/app.js'), 'utf8')).toBe('app')
  expect(readFileSync(join(context, 'compose.yaml'), 'utf8')).toBe('old')
  expect(existsSync(join(context, '.dockerignore'))).toBe(false)
  expect(statSync(join(context, 'inner/app.js')).ino).toBe(ino)
})

test('a context that is a link is what it leads to, and is not written to', async () => {
  const context = folderOf(top, 'app')
  const link = join(top, 'link-to-app')
  symlinkSync(context, link)
  const seen = await built(link, { 'compose.yaml': 'new' })
  expect(readFileSync(join(seen, 'compose.yaml'), 'utf8')).toBe('new')
  expect(readFileSync(join(context, 'compose.yaml'), 'utf8')).toBe('old')
})

test('links inside of the context lead to no file of the user', async () => {
  const context = folderOf(top, 'app')
  const other = folderOf(top, 'other')
  symlinkSync(join(other, 'compose.yaml'), join(context, 'linked.yaml'))
  symlinkSync(other, join(context, 'folder'))
  symlinkSync('inner', join(context, 'own'))
  const changed = { 'linked.yaml': 'new', 'folder/compose.yaml': 'new', 'folder/fresh.yaml': 'new', 'own/app.js': 'new' }
  const seen = await built(context, changed)
  expect(readFileSync(join(other, 'compose.yaml'), 'utf8')).toBe('old')
  expect(existsSync(join(other, 'fresh.yaml'))).toBe(false)
  expect(lstatSync(join(seen, 'linked.yaml')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(seen, 'inner/app.js'), 'utf8')).toBe('new')
  expect(readFileSync(join(context, 'inner/app.js'), 'utf8')).toBe('app')
})

const isElsewhere = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev
test.skipIf(!isElsewhere)('a context on another file system is copied as it is', async () => {
  const context = folderOf('/dev/shm', 'app')
  try {
    const seen = await built(context, { 'compose.yaml': 'new' })
    expect(readFileSync(join(seen, 'compose.yaml'), 'utf8')).toBe('new')
    expect(readFileSync(join(seen, 'inner/app.js'), 'utf8')).toBe('app')
    expect(existsSync(join(seen, 'app'))).toBe(false)
  } finally {
    rmSync(join(context, '..'), { recursive: true })
  }
})

test('an engine that is gone is no program that ended, and no build that failed', async () => {
  const gone = engineOf('echo "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?" >&2; exit 1')
  await expect(gone.state('c')).rejects.toThrow(/no engine answers: Cannot connect/)
  await expect(gone.networks()).rejects.toThrow(/no engine answers: Cannot connect/)
  const files = { context: top, dockerfile: '', ignore: undefined, changed: new Map() }
  await expect(gone.build('before', files, [])).rejects.toThrow(/no engine answers/)
  await expect(engineOf('echo "Error: No such container: c" >&2; exit 1').state('c')).rejects.toThrow(/no longer tells/)
  // A step of a build that speaks to an engine.
  const step = engineOf('echo "#7 0.2 Cannot connect to the Docker daemon"; exit 1')
  expect((await step.build('before', files, [])).error).toContain('Cannot connect')
})

test('what cannot be removed at once is removed at the next try, else told', async () => {
  const count = join(top, 'count')
  // As a client that Ctrl-C reaches, too.
  const engine = engineOf(`case "$1" in rm|image) echo x >> ${count}; test "$(wc -l < ${count})" -gt 2;; esac`)
  await engine.build('before', { context: top, dockerfile: '', ignore: undefined, changed: new Map() }, [])
  await engine.start('image', [], {})
  expect(await engine.cleanUp()).toEqual([])
  const never = engineOf('case "$1" in rm) exit 1;; esac')
  await never.start('image', [], {})
  expect(await never.cleanUp()).toEqual(['bulkhead-proof-abc-1'])
})
