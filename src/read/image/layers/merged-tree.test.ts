import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileTable } from '../../../model/layer-index.ts'
import { MergedTree } from './merged-tree.ts'

type Entry = readonly [path: string, type: 'f' | 'd' | 'l', target?: string]

const table = (entries: readonly Entry[], opaque: readonly number[] = []): FileTable => ({
  paths: entries.map(([path]) => path),
  types: entries.map(([, type]) => type).join(''),
  sizes: entries.map(() => 1),
  modes: entries.map(() => 0o644),
  targets: Object.fromEntries(entries.flatMap(([, , target], row) => (target === undefined ? [] : [[row, target]]))),
  owners: {},
  capabilities: {},
  opaque,
})

/** From the bottom upwards, one path after the other, as somebody would do it who unpacks the layers. */
const unpacked = (layers: readonly (readonly Entry[])[]): ReadonlyMap<string, number> => {
  const found = new Map<string, { layer: number; type: string }>()
  const removeBelow = (path: string, layer: number): void => {
    for (const [other, at] of found)
      if (at.layer < layer && other.startsWith(path === '' ? '' : `${path}/`) && other !== '') found.delete(other)
  }
  layers.forEach((entries, layer) => {
    for (const [path] of entries) {
      const slash = path.lastIndexOf('/')
      const folder = path.slice(0, Math.max(0, slash))
      const name = path.slice(slash + 1)
      if (name === '.wh..wh..opq') removeBelow(folder, layer)
      else if (name.startsWith('.wh.')) {
        const gone = folder === '' ? name.slice(4) : `${folder}/${name.slice(4)}`
        if ((found.get(gone)?.layer ?? layer) < layer) found.delete(gone)
        removeBelow(gone, layer)
      }
    }
    for (const [path, type] of entries) {
      if (path.includes('.wh.')) continue
      // Whatever is no folder takes the place of a folder with all it holds.
      if (type !== 'd') removeBelow(path, layer)
      found.set(path, { layer, type })
    }
  })
  return new Map([...found].map(([path, { layer }]) => [path, layer]).sort() as [string, number][])
}

const visible = (layers: readonly (readonly Entry[])[]): ReadonlyMap<string, number> => {
  const tree = new MergedTree(layers.map(entries => table(entries)))
  return new Map([...tree.paths()].map(path => [path, tree.get(path)!.layer] as [string, number]).sort())
}

describe('layers on top of each other', () => {
  test('are what unpacking them gives', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
    /** A layer that a file system could have: parents are folders, no name twice. */
    const layer = fc.array(fc.tuple(path, fc.constantFrom('f', 'd', 'wh', 'opq')), { maxLength: 6 }).map(wishes => {
      const entries = new Map<string, Entry>()
      for (const [wish, kind] of wishes) {
        const parts = wish.split('/')
        const parents = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'))
        if (parents.some(parent => entries.has(parent) && entries.get(parent)![1] !== 'd')) continue
        const folder = parents.at(-1) ?? ''
        if (kind === 'wh') {
          if (entries.has(wish)) continue
          for (const parent of parents) entries.set(parent, [parent, 'd'])
          const white = `${folder === '' ? '' : `${folder}/`}.wh.${parts.at(-1)}`
          entries.set(white, [white, 'f'])
        } else {
          for (const parent of parents) entries.set(parent, [parent, 'd'])
          if ([...entries.keys()].some(other => other.startsWith(`${wish}/`)) && kind === 'f') continue
          if (entries.get(wish)?.[1] === 'f' && kind !== 'f') continue
          entries.set(wish, [wish, kind === 'f' ? 'f' : 'd'])
          if (kind === 'opq') entries.set(`${wish}/.wh..wh..opq`, [`${wish}/.wh..wh..opq`, 'f'])
        }
      }
      return [...entries.values()]
    })
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 4 }), layers => {
        expect(visible(layers)).toEqual(unpacked(layers))
      }),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 2000) },
    )
  })

  test('an opaque folder by its extended attribute, and a file that replaces a folder', () => {
    const lower = table([
      ['d', 'd'],
      ['d/x', 'f'],
      ['e', 'd'],
      ['e/y', 'f'],
    ])
    const upper = table(
      [
        ['d', 'd'],
        ['d/z', 'f'],
        ['e', 'f'],
      ],
      [0],
    )
    expect([...new MergedTree([lower, upper]).paths()].sort()).toEqual(['d', 'd/z', 'e'])
  })

  test('links are followed inside of the image, and never out of it or for ever', () => {
    const tree = new MergedTree([
      table([
        ['usr/lib', 'd'],
        ['usr/lib/os-release', 'f'],
        ['lib', 'l', 'usr/lib'],
        ['etc/os-release', 'l', '../../../../lib/os-release'],
        ['absolute', 'l', '/etc/os-release'],
        ['loop', 'l', 'loop'],
        ['one', 'l', 'two/x'],
        ['two', 'l', 'one'],
        ['out', 'l', '../../../../../outside'],
        ['file', 'f'],
        ['through', 'l', 'file/below'],
      ]),
    ])
    for (const path of ['etc/os-release', '/absolute', 'lib/os-release', 'lib/../lib/os-release'])
      expect(tree.real(path), path).toBe('usr/lib/os-release')
    for (const path of ['loop', 'one', 'two', 'out', 'through', 'file/below', 'nowhere'])
      expect(tree.real(path), path).toBeUndefined()
    // Folders that no entry names.
    expect(tree.typeAt('etc')).toBe('d')
    expect(tree.real('/')).toBe('')
  })
})
