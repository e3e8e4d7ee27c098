import { expect, test } from 'vitest'
import type { PasswordState } from '../../model/census.ts'
import type { ImageConfig } from '../../model/image.ts'
import type { FileTable } from '../../model/layer-index.ts'
import type { Found } from '../cataloger.ts'
import type { CensusData } from '../census-cataloger.ts'
import { takeCensus } from './census.ts'
import { MergedTree } from './layers/merged-tree.ts'

type Row = { path: string; type?: string; mode?: number; size?: number; target?: string; capability?: string }
const table = (rows: readonly Row[]): FileTable => ({
  paths: rows.map(({ path }) => path),
  types: rows.map(({ type = 'f' }) => type).join(''),
  sizes: rows.map(({ size = 1 }) => size),
  modes: rows.map(({ mode = 0o644 }) => mode),
  targets: Object.fromEntries(rows.flatMap(({ target }, i) => (target === undefined ? [] : [[i, target]]))),
  owners: {},
  capabilities: Object.fromEntries(rows.flatMap(({ capability }, i) => (capability === undefined ? [] : [[i, capability]]))),
  opaque: [],
})
const config = (entrypoint: readonly string[]): ImageConfig => ({ entrypoint, cmd: undefined, env: [], workingDir: '/' }) as never
const count = (layers: readonly (readonly Row[])[], entrypoint: readonly string[] = [], programs: readonly string[] = []) => {
  const tables = layers.map(table)
  return takeCensus({
    tree: new MergedTree(tables),
    tables,
    found: programs.map(path => ({
      path,
      at: { in: 'file', path, span: { start: 0, end: 0 } },
      data: { of: 'program', program: { machine: 62, lacks: '' } },
      earlier: [],
    })),
    config: entrypoint.length > 0 ? config(entrypoint) : undefined,
    place: (layer, path) => ({ in: 'file', path: `${layer} ${path}`, span: { start: 0, end: 0 } }),
  })
}
const paths = ({ items }: { items: readonly { path: string }[] }): readonly string[] => items.map(({ path }) => path)

test('of many the first are kept, and all are counted', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ path: `bin/p${String((i * 7) % 1000).padStart(4, '0')}`, mode: 0o4755 }))
  const { setuid } = count([rows])
  expect(setuid.count).toBe(1000)
  expect(paths(setuid)).toEqual(Array.from({ length: 20 }, (_, i) => `/bin/p${String(i).padStart(4, '0')}`))
})

test('only what the image has counts, as its highest layer has it', () => {
  const census = count([
    [
      { path: 'bin/gone', mode: 0o4755 },
      { path: 'bin/tamed', mode: 0o4755 },
      { path: 'bin/stays', mode: 0o4755 },
      { path: 'srv/.git/HEAD' },
    ],
    [{ path: 'bin/.wh.gone' }, { path: 'bin/tamed', mode: 0o755 }, { path: 'srv/.wh..git' }],
  ])
  expect(paths(census.setuid)).toEqual(['/bin/stays'])
  expect(census.gitFolders.count).toBe(0)
})

test('what everybody may write: not links, not sticky folders, not where that is meant', () => {
  const census = count([
    [
      { path: 'tmp', type: 'd', mode: 0o777 },
      { path: 'tmp/x', mode: 0o666 },
      { path: 'var/tmp', type: 'd', mode: 0o777 },
      { path: 'dev/null', type: 'c', mode: 0o666 },
      { path: 'srv/link', type: 'l', mode: 0o777, target: 'x' },
      { path: 'srv/sticky', type: 'd', mode: 0o1777 },
      { path: 'srv/open', type: 'd', mode: 0o777 },
      { path: 'srv/open/file', mode: 0o666 },
      { path: 'tmpl', type: 'd', mode: 0o777 },
    ],
  ])
  expect(paths(census.writableFolders)).toEqual(['/srv/open', '/tmpl'])
  expect(paths(census.writableFiles)).toEqual(['/srv/open/file'])
})

test('tools by their names where programs lie; links only where they lead to something', () => {
  const census = count([
    [
      { path: 'usr/bin/bash', mode: 0o755 },
      { path: 'usr/bin/sh', type: 'l', mode: 0o777, target: 'bash' },
      { path: 'usr/bin/zsh', type: 'l', mode: 0o777, target: 'nowhere' },
      { path: 'usr/share/bash', mode: 0o755 },
      { path: 'usr/bin/x86_64-linux-gnu-gcc-12', mode: 0o755 },
      { path: 'usr/bin/apt-get', mode: 0o755 },
      { path: 'usr/bin/curl', mode: 0o644 },
      { path: 'usr/sbin/sshd', mode: 0o755 },
      { path: 'etc/ssh/ssh_host_rsa_key', mode: 0o600 },
      { path: 'etc/ssh/ssh_host_rsa_key.pub' },
    ],
  ])
  expect(paths(census.shells)).toEqual(['/usr/bin/bash', '/usr/bin/sh'])
  expect(paths(census.compilers)).toEqual(['/usr/bin/x86_64-linux-gnu-gcc-12'])
  expect(paths(census.packageManagers)).toEqual(['/usr/bin/apt-get'])
  expect(census.downloaders.count).toBe(0)
  expect(paths(census.sshDaemons)).toEqual(['/usr/sbin/sshd'])
  expect(paths(census.hostKeys)).toEqual(['/etc/ssh/ssh_host_rsa_key'])
})

test('a program is what somebody may execute; a key is what has something in it', () => {
  const census = count([
    [
      { path: 'bin/old', mode: 0o4644 },
      { path: 'bin/su', mode: 0o4755 },
      { path: 'bin/mine', mode: 0o4700 },
      { path: 'etc/ssh/ssh_host_rsa_key', mode: 0o600, size: 0 },
      { path: 'etc/ssh/ssh_host_ecdsa_key', mode: 0o600, size: 500 },
      { path: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, size: 0, type: 'h', target: 'srv/key' },
    ],
  ])
  expect(paths(census.setuid)).toEqual(['/bin/mine', '/bin/su'])
  expect(paths(census.hostKeys)).toEqual(['/etc/ssh/ssh_host_ecdsa_key', '/etc/ssh/ssh_host_ed25519_key'])
})

test('caches are folders, with what is in them', () => {
  const { caches } = count([
    [
      { path: 'var/lib/apt/lists/lock' },
      { path: 'var/lib/apt/lists/a_Packages', size: 10 },
      { path: 'var/lib/apt/lists/b_Packages', size: 20 },
      { path: 'root/.cache/pip/http/1', size: 5 },
      { path: 'home/ann/.npm/_cacache/content-v2/1', size: 7 },
      { path: 'srv/app/cache/x' },
    ],
  ])
  expect(caches.items.map(({ path, kind, files, bytes }) => [path, kind, files, bytes])).toEqual([
    ['/home/ann/.npm/_cacache', 'npm', 1, 7],
    ['/root/.cache/pip', 'pip', 1, 5],
    ['/var/lib/apt/lists', 'apt', 2, 30],
  ])
})

test('what is started, behind links and under the name of a hard link', () => {
  const rows: readonly Row[] = [
    { path: 'bin', type: 'l', target: 'usr/bin' },
    { path: 'usr/bin/busybox', mode: 0o755 },
    { path: 'usr/bin/sh', type: 'h', target: 'usr/bin/busybox', mode: 0o755 },
    { path: 'usr/bin/app', type: 'h', target: 'opt/real', mode: 0o755 },
    { path: 'opt/real', mode: 0o755 },
    { path: 'start.sh', mode: 0o755 },
  ]
  const start = (...words: string[]) => count([rows], words, ['opt/real', 'usr/bin/busybox']).start
  expect(start('app')).toEqual({ program: 'app', path: '/usr/bin/app', kind: 'elf', isShell: false, stepsDownTo: undefined })
  expect(start('/bin/sh', '-c', 'x')).toMatchObject({ path: '/usr/bin/sh', kind: 'elf', isShell: true })
  expect(start('busybox', 'httpd')).toMatchObject({ isShell: true })
  expect(start('gosu', 'app', './start.sh')).toMatchObject({ path: '/start.sh', kind: 'other', stepsDownTo: 'app' })
  expect(start('nothing')).toMatchObject({ path: undefined, kind: 'missing' })
})

test('an empty password is placed in the file that says so, in the layer that brought it', () => {
  const file = (
    path: string,
    layer: number,
    data: CensusData,
    earlier: Found<CensusData>['earlier'] = [],
  ): Found<CensusData> => ({
    path,
    at: { in: 'file', path: `${layer} ${path}`, span: { start: 0, end: 0 } },
    data,
    earlier,
  })
  const passwd = (lines: Readonly<Record<string, 'empty' | undefined>>): CensusData => ({
    of: 'passwd',
    count: Object.keys(lines).length,
    lines: Object.entries(lines).map(([name, password], uid) => ({ name, uid, gid: uid, password })),
  })
  const shadow = (lines: Readonly<Record<string, PasswordState>>): CensusData => ({
    of: 'shadow',
    count: Object.keys(lines).length,
    lines: Object.entries(lines).map(([name, password]) => ({ name, password })),
  })
  const placed = (...found: readonly Found<CensusData>[]) =>
    takeCensus({ tree: new MergedTree([]), tables: [], found, config: undefined, place: () => ({ in: 'config', field: '' }) })
      .accounts?.items.filter(({ passwordAt }) => passwordAt)
      .map(({ name, passwordAt }) => `${name}: ${passwordAt?.in === 'file' ? passwordAt.path : ''}`)
  // Locked below, opened in layer 1, written anew in layer 2.
  const opened = file('etc/shadow', 2, shadow({ root: 'empty', ann: 'set' }), [
    file('etc/shadow', 1, shadow({ root: 'empty', ann: 'empty' })),
    file('etc/shadow', 0, shadow({ root: 'locked' })),
  ])
  expect(placed(file('etc/passwd', 3, passwd({ root: undefined, ann: undefined })), opened)).toEqual(['root: 1 etc/shadow'])
  const own = file('etc/passwd', 3, passwd({ root: undefined, bob: 'empty' }), [file('etc/passwd', 0, passwd({ bob: 'empty' }))])
  expect(placed(own, file('etc/shadow', 0, shadow({ root: 'empty' })))).toEqual(['root: 0 etc/shadow', 'bob: 0 etc/passwd'])
  expect(placed(own)).toEqual(['bob: 0 etc/passwd'])
})
