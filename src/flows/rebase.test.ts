import { describe, expect, test } from 'vitest'
import { wantedBy } from '../change/base/pattern.ts'
import { UsageError } from '../model/finding.ts'
import { memoryWorld } from '../world/memory.ts'
import { rebase } from './rebase.ts'

const wanted = wantedBy('node:20', 'node:22')!
const run = async (
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
  paths: readonly string[] = ['.'],
  write = true,
) => {
  const world = memoryWorld(files)
  const result = await rebase(world, paths, wanted, { write })
  return { ...result, written: world.written }
}
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: node:20}]}\n'

describe('all places of a folder', () => {
  const files = {
    'app/Dockerfile': 'FROM node:20\n',
    'app/other.Dockerfile': 'FROM python:3\n',
    'compose.yaml': 'services:\n  a: {image: node:20}\n  b: {build: {context: app, args: {X: 1}}}\n',
    'k8s/pod.yaml': pod,
    'k8s/kustomization.yaml': 'images: [{name: node, newTag: "20"}]\n',
    'run.sh': 'docker run node:20\n',
    'values.yaml': 'image: node:20\n',
    'README.md': 'FROM node:20\n',
  }
  const changed = ['app/Dockerfile', 'compose.yaml', 'k8s/kustomization.yaml', 'k8s/pod.yaml', 'run.sh']

  test('are changed, and nothing else is written', async () => {
    const { changes, bases, problems, written } = await run(files)
    expect(changes.map(({ path }) => path)).toEqual(changed)
    for (const { before, after } of changes) expect(after).toBe(before.replaceAll('node:20', 'node:22').replace('"20"', '"22"'))
    expect(written.size).toBe(changed.length)
    expect(bases).toHaveLength(5)
    expect(problems).toEqual([])
  })

  test('or are only said', async () => {
    const { changes, written } = await run(files, ['.'], false)
    expect(changes.map(({ path }) => path)).toEqual(changed)
    expect(written.size).toBe(0)
  })

  test('once more changes nothing', async () => {
    const first = await run(files)
    const again = await run({ ...files, ...Object.fromEntries(first.changes.map(({ path, after }) => [path, after])) })
    expect(again.changes).toEqual([])
    expect(again.bases).toEqual([])
  })
})

test('the arguments of a build go with their Dockerfile, however its path is written', async () => {
  const files = {
    'app/Dockerfile': 'ARG TAG=20\nFROM node:${TAG}\n',
    'compose.yaml': 'services: {b: {build: {context: ./app, args: {TAG: "20"}}}}\n',
  }
  const { changes } = await run(files, ['./app/Dockerfile', './compose.yaml'])
  expect(changes.map(({ after }) => after)).toEqual([
    'ARG TAG=22\nFROM node:${TAG}\n',
    'services: {b: {build: {context: ./app, args: {TAG: "22"}}}}\n',
  ])
})

test('what the Dockerfile has become counts, however its path is written', async () => {
  const world = memoryWorld({
    'app/Dockerfile': 'ARG TAG=20\nFROM node:${TAG}-bookworm\n',
    'compose.yaml': 'services: {b: {build: {context: ./app, args: {TAG: "20"}}}}\n',
  })
  const slim = wantedBy('node:20-bookworm', 'node:22-slim')!
  const { changes, problems } = await rebase(world, ['./app/Dockerfile', './compose.yaml'], slim, { write: false })
  expect(changes.map(({ after }) => after)).toEqual([
    'ARG TAG=22\nFROM node:${TAG}-slim\n',
    'services: {b: {build: {context: ./app, args: {TAG: "22"}}}}\n',
  ])
  expect(problems).toEqual([])
})

test('a Dockerfile that is read for its arguments alone is not changed', async () => {
  const files = {
    'app/Dockerfile': 'ARG TAG=20\nFROM node:${TAG}\n',
    'compose.yaml': 'services: {b: {build: {context: app, args: {TAG: "20"}}}}\n',
  }
  const { changes } = await run(files, ['compose.yaml'])
  expect(changes.map(({ path }) => path)).toEqual(['compose.yaml'])
})

test('.env is changed where it decides, with the rest of it as it was', async () => {
  const files = { 'compose.yaml': 'services: {a: {image: "node:${TAG}"}}\n', '.env': "# x\nexport TAG='20' # why\nOTHER=20\n" }
  const { changes } = await run(files)
  expect(changes).toMatchObject([{ path: '.env', after: "# x\nexport TAG='22' # why\nOTHER=20\n" }])
})

test('a value of .env that is made of others is left to a person', async () => {
  const files = { 'compose.yaml': 'services: {a: {image: "node:${TAG}"}}\n', '.env': 'A=20\nTAG=${A}\n' }
  const { changes, problems } = await run(files)
  expect(changes).toEqual([])
  expect(problems).toMatchObject([{ code: 'base-by-hand' }])
})

test('bytes that are no UTF-8 stay as they are', async () => {
  const { changes, written } = await run({ Dockerfile: new Uint8Array([...Buffer.from('# \xe4\xff\nFROM node:20\n', 'latin1')]) })
  expect(changes).toHaveLength(1)
  expect([...written.keys()][0]).toMatch(/Dockerfile$/)
})

describe('what could not be looked at is said', () => {
  test.each([
    ['a file that may not be read', { 'a/Dockerfile': undefined, 'b/Dockerfile': 'FROM node:20\n' }, 'file-unreadable'],
    ['a binary file', { 'a/Dockerfile': 'FROM \0', 'b/Dockerfile': 'FROM node:20\n' }, 'file-binary'],
    ['broken YAML', { 'a.yaml': 'apiVersion: v1\nkind: Pod\nspec: {\n' }, 'yaml-invalid'],
    ['a template', { 'a.yaml': 'apiVersion: v1\nkind: Pod\nspec:\n{{- toYaml .Values.x }}\n' }, 'yaml-template'],
    [
      'a Dockerfile that is elsewhere',
      { 'compose.yaml': 'services: {a: {build: {context: https://example.com/x.git, args: {A: 1}}}}\n' },
      'base-unknown',
    ],
    ['one that lacks', { 'compose.yaml': 'services: {a: {build: {context: app, args: {A: 1}}}}\n' }, 'base-unknown'],
    ['a base that is given to the build', { Dockerfile: 'ARG A\nFROM $A\n' }, 'base-unknown'],
  ])('%s', async (_title, files, code) => expect((await run(files)).problems).toMatchObject([{ code }]))

  test('a file that was named and is none of these', async () =>
    expect((await run({ 'values.yaml': 'a: 1\n' }, ['values.yaml'])).problems).toMatchObject([
      { kind: 'failed', code: 'file-unknown' },
    ]))

  test('a name by which Kustomize no longer finds the image', async () => {
    const world = memoryWorld({ 'a.yaml': pod, 'kustomization.yaml': 'images: [{name: node, newTag: "18"}]\n' })
    const { problems } = await rebase(world, ['.'], wantedBy('node:20', 'acme.org/node:20')!, { write: true })
    expect(problems).toMatchObject([{ code: 'base-by-hand', at: { path: 'kustomization.yaml' } }])
  })
})

describe('pinning', () => {
  const [old, fresh] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`] as const
  const files = { Dockerfile: `FROM node:20@${old}\n`, 'b/Dockerfile': 'FROM node:20\n', 'c/Dockerfile': 'FROM python:3\n' }
  const pinned = async (where: 'everywhere' | 'where-pinned', of: Readonly<Record<string, string>> = files, to = 'node:22') => {
    const world = memoryWorld(of)
    const asked: string[] = []
    const pinning = {
      where,
      digestOf: (name: string) => {
        asked.push(name)
        return name.endsWith('absent') ? Promise.reject(new UsageError(name)) : Promise.resolve(fresh)
      },
    }
    const { changes } = await rebase(world, ['.'], wantedBy(of === files ? 'node:20' : 'node', to)!, { write: true, pinning })
    return { asked, after: Object.fromEntries(changes.map(({ path, after }) => [path, after])), written: world.written }
  }

  test('where a digest stood, or everywhere; the registry is asked once for a name', async () => {
    const some = await pinned('where-pinned')
    expect(some.after).toEqual({ Dockerfile: `FROM node:22@${fresh}\n`, 'b/Dockerfile': 'FROM node:22\n' })
    const all = await pinned('everywhere')
    expect(all.after).toEqual({ Dockerfile: `FROM node:22@${fresh}\n`, 'b/Dockerfile': `FROM node:22@${fresh}\n` })
    expect([some.asked, all.asked]).toEqual([['node:22'], ['node:22']])
  })

  test('nobody is asked where no digest would go away', async () => {
    const { asked } = await pinned('where-pinned', { Dockerfile: 'FROM node:20\n' })
    expect(asked).toEqual([])
    // Another registry has the same digests.
    expect((await pinned('where-pinned', { Dockerfile: `FROM node:20@${old}\n` }, 'acme.org/node')).after).toEqual({
      Dockerfile: `FROM acme.org/node:20@${old}\n`,
    })
  })

  test('each tag has its own digest; doing it again changes nothing', async () => {
    const many = { Dockerfile: 'FROM node:20 AS a\nFROM node AS b\nFROM node:22\n' }
    const { asked, after } = await pinned('everywhere', many, 'acme.org/node')
    expect(asked.sort()).toEqual(['acme.org/node:20', 'acme.org/node:22', 'acme.org/node:latest'])
    expect(after.Dockerfile).toBe(
      `FROM acme.org/node:20@${fresh} AS a\nFROM acme.org/node@${fresh} AS b\nFROM acme.org/node:22@${fresh}\n`,
    )
    const once = { Dockerfile: `FROM node:22@${fresh}\n` }
    expect((await pinned('everywhere', once)).after).toEqual({})
  })

  test('nothing is written where a digest cannot be known', async () => {
    await expect(pinned('where-pinned', { ...files }, 'node:absent')).rejects.toThrow(UsageError)
  })
})
