/** What each layer did to those below it, and what of it was in vain. */
import type { LayerChanges } from '../../../model/inventory.ts'
import type { FileTable } from '../../../model/layer-index.ts'
import { folderOf, nameOf } from '../paths.ts'

export type Fates = {
  readonly changes: readonly LayerChanges[]
  /** What became of a file of a layer (its number, from 0): undefined when the finished image has it as that layer wrote it. */
  fateOf(layer: number, path: string): { readonly kind: 'deleted' | 'replaced'; readonly by: number } | undefined
}

type Last = { readonly layer: number; readonly size: number }

/** Layers from the base upwards; each is laid on those below it, as an engine does it. */
export const layerChanges = (layers: readonly FileTable[]): Fates => {
  const fates: Map<string, { readonly kind: 'deleted' | 'replaced'; readonly by: number }>[] = layers.map(() => new Map())
  const wasted = layers.map(() => 0)
  const visible = new Map<string, Last>()
  /** Folders of visible files, with how many lie below. */
  const folders = new Map<string, number>()
  const count = (path: string, step: 1 | -1): void => {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
      const left = (folders.get(folder) ?? 0) + step
      if (left === 0) folders.delete(folder)
      else folders.set(folder, left)
    }
  }
  const lose = (path: string, { layer, size }: Last, kind: 'deleted' | 'replaced', by: number): void => {
    fates[layer]!.set(path, { kind, by })
    wasted[layer]! += size
    visible.delete(path)
    count(path, -1)
  }
  const changes: Omit<LayerChanges, 'wasted'>[] = []
  for (const [by, table] of layers.entries()) {
    const gone = new Set<string>()
    const emptied = new Set(table.opaque.map(row => table.paths[row]!))
    const own = new Map<string, number>()
    for (const [row, path] of table.paths.entries()) {
      if (path.includes('.wh.')) {
        const name = nameOf(path)
        if (name === '.wh..wh..opq') emptied.add(folderOf(path))
        else if (name.startsWith('.wh.') && !name.startsWith('.wh..wh.')) {
          const folder = folderOf(path)
          gone.add(folder === '' ? name.slice(4) : `${folder}/${name.slice(4)}`)
        }
        if (name.startsWith('.wh.')) continue
      }
      own.set(path, row)
    }
    /** What was taken away by this layer, and may come again in it. */
    const lost = new Set<string>()
    const take = (path: string, last: Last): void => {
      lose(path, last, 'deleted', by)
      lost.add(path)
    }
    for (const path of gone) {
      const last = visible.get(path)
      if (last) take(path, last)
    }
    // What is no folder takes away a folder with all it holds.
    const swept = new Set([...gone, ...emptied].filter(path => path === '' || folders.has(path)))
    for (const [path, row] of own) if (table.types[row] !== 'd' && folders.has(path)) swept.add(path)
    if (swept.size > 0)
      for (const [path, last] of visible) {
        if (swept.has('')) {
          take(path, last)
          continue
        }
        for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder))
          if (swept.has(folder)) {
            take(path, last)
            break
          }
      }
    let added = 0
    let changed = 0
    for (const [path, row] of own) {
      if (table.types[row] === 'd') {
        // A folder in place of a file.
        const before = visible.get(path)
        if (before) take(path, before)
        continue
      }
      const before = visible.get(path)
      if (before) lose(path, before, 'replaced', by)
      if (before || lost.delete(path)) changed++
      else added++
      visible.set(path, { layer: by, size: table.sizes[row]! })
      count(path, 1)
    }
    changes.push({ added, changed, deleted: lost.size })
  }
  return {
    changes: changes.map((one, layer) => ({ ...one, wasted: wasted[layer]! })),
    fateOf: (layer, path) => fates[layer]?.get(path),
  }
}
