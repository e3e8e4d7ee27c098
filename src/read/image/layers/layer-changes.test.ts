import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileTable } from '../../../model/layer-index.ts'
import { layerChanges } from './layer-changes.ts'

type Entry = { readonly path: string; readonly type: 'f' | 'd' | 'h'; readonly target?: string; readonly size: number }

const file = (path: string, size = 1): Entry => ({ path, type: 'f', size })
const folder = (path: string): Entry => ({ path, type: 'd', size: 0 })
const link = (path: string, target: string): Entry => ({ path, type: 'h', target, size: 0 })

const table = (entries: readonly Entry[]): FileTable => ({
  paths: entries.map(({ path }) => path),
  types: entries.map(({ type }) => type).join(''),
  sizes: entries.map(({ size }) => size),
  modes: entries.map(() => 0o644),
  targets: Object.fromEntries(entries.flatMap(({ target }, row) => (target === undefined ? [] : [[row, target]]))),
  owners: {},
  capabilities: {},
  opaque: [],
})

/** What a file system has under a name. */
type Node = { readonly layer: number; readonly size: number }
type Tree = ReadonlyMap<string, Node>

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
const isBelow = (path: string, parent: string): boolean => parent === '' || path.startsWith(`${parent}/`)

/** Unpacks a layer over a file system, entry after entry. */
const laidOn = (
  before: Tree,
  entries: readonly Entry[],
  layer: number,
): { readonly after: Tree; readonly nodes: readonly Node[] } => {
  const after = new Map(before)
  const removeBelow = (parent: string): void => {
    for (const path of before.keys()) if (isBelow(path, parent)) after.delete(path)
  }
  for (const { path } of entries) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (name === '.wh..wh..opq') removeBelow(folderOf(path))
    else if (name.startsWith('.wh.')) {
      const gone = folderOf(path) === '' ? name.slice(4) : `${folderOf(path)}/${name.slice(4)}`
      after.delete(gone)
      removeBelow(gone)
    }
  }
  const own = new Map<string, Node | undefined>()
  const nodes: Node[] = []
  for (const { path, type, target, size } of entries) {
    if (path.includes('.wh.')) continue
    if (type === 'd') {
      own.set(path, undefined)
      continue
    }
    const linked = target === undefined ? undefined : own.has(target) ? own.get(target) : before.get(target)
    const node = linked ?? { layer, size }
    if (!linked) nodes.push(node)
    own.set(path, node)
  }
  for (const [path, node] of own) {
    if (node) {
      for (const other of before.keys()) if (isBelow(other, path)) after.delete(other)
    } else after.delete(path)
  }
  for (const [path, node] of own) if (node) after.set(path, node)
  return { after, nodes }
}

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
/** Parents are folders of the layer; a file may come twice, and link to what the layer or one below it has, or to nothing. */
const layer = fc
  .array(fc.tuple(path, fc.constantFrom('f', 'f', 'h', 'h', 'd', 'wh', 'opq'), path, fc.integer({ min: 1, max: 99 })), {
    maxLength: 8,
  })
  .map(wishes => {
    const entries: Entry[] = []
    const types = new Map<string, string>()
    const add = (entry: Entry): void => {
      if (entry.type === 'd' && types.has(entry.path)) return
      entries.push(entry)
      types.set(entry.path, entry.type === 'd' ? 'd' : 'f')
    }
    for (const [wish, kind, target, size] of wishes) {
      const parts = wish.split('/')
      const parents = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'))
      if (parents.some(parent => types.get(parent) === 'f')) continue
      const known = types.get(wish)
      if ((kind === 'f' || kind === 'h') === (known === 'd') && known !== undefined) continue
      if (kind === 'wh' && known !== undefined) continue
      for (const parent of parents) add(folder(parent))
      if (kind === 'wh') add(file([...parents.slice(-1), `.wh.${parts.at(-1)}`].join('/'), 0))
      else if (kind === 'f') add(file(wish, size))
      else if (kind === 'h') add(link(wish, target))
      else {
        add(folder(wish))
        if (kind === 'opq') add(file(`${wish}/.wh..wh..opq`, 0))
      }
    }
    return entries
  })

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 2000)

describe('what layers do to each other', () => {
  test('is what unpacking them one after the other gives', () => {
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 5 }), layers => {
        const trees: Tree[] = []
        const nodes: Node[] = []
        const own: Tree[] = []
        const counts = layers.map((entries, i) => {
          const before = trees[i - 1] ?? new Map()
          const { after, nodes: made } = laidOn(before, entries, i)
          trees.push(after)
          nodes.push(...made)
          const written = new Set(
            entries.filter(({ type, path: one }) => type !== 'd' && !one.includes('.wh.')).map(one => one.path),
          )
          own.push(new Map([...after].filter(([one]) => written.has(one))))
          return {
            added: [...written].filter(one => !before.has(one)).length,
            changed: [...written].filter(one => before.has(one)).length,
            deleted: [...before.keys()].filter(one => !after.has(one)).length,
          }
        })
        const last = trees.at(-1) ?? new Map<string, Node>()
        const alive = new Set(last.values())
        const { changes, fateOf } = layerChanges(layers.map(table))
        expect(changes).toEqual(
          counts.map((one, i) => ({
            ...one,
            wasted: nodes.filter(node => node.layer === i && !alive.has(node)).reduce((sum, { size }) => sum + size, 0),
          })),
        )
        for (const [i, files] of own.entries())
          for (const [one, node] of files) {
            const fate = fateOf(i, one)
            if (fate.kind === 'present') {
              expect(last.get(fate.path)).toBe(node)
              if (last.get(one) === node) expect(fate.path).toBe(one)
            } else {
              expect(alive.has(node)).toBe(false)
              expect(fate.by).toBe(trees.findLastIndex(tree => [...tree.values()].includes(node)) + 1)
            }
          }
      }),
      { numRuns: runs },
    )
  })

  test('a file lives as long as one of its names', () => {
    const { changes, fateOf } = layerChanges([
      table([file('key', 40), link('live', 'key'), file('two', 7), link('three', 'two')]),
      table([file('.wh.key', 0), file('two', 1)]),
      table([file('.wh.three', 0)]),
    ])
    expect(changes.map(({ wasted }) => wasted)).toEqual([7, 0, 0])
    expect(fateOf(0, 'key')).toEqual({ kind: 'present', path: 'live' })
    expect(fateOf(0, 'two')).toEqual({ kind: 'deleted', by: 2 })
  })

  test('a link names what the archive had before it', () => {
    const { changes, fateOf } = layerChanges([
      table([file('x', 5), link('y', 'x'), file('x', 3)]),
      table([file('.wh.x', 0)]),
      table([link('z', 'y'), file('.wh.y', 0)]),
    ])
    expect(changes.map(({ wasted }) => wasted)).toEqual([3, 0, 0])
    expect(fateOf(0, 'x')).toEqual({ kind: 'deleted', by: 1 })
    expect(fateOf(0, 'y')).toEqual({ kind: 'present', path: 'z' })
  })
})
