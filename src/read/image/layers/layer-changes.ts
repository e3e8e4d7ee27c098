/** What each layer did to those below it, and what of it was in vain. */
import type { LayerChanges } from '../../../model/inventory.ts'
import type { FileTable } from '../../../model/layer-index.ts'
import { folderOf, nameOf } from '../paths.ts'

export type Fate = { readonly kind: 'deleted' | 'replaced'; readonly by: number }

export type Fates = {
  readonly changes: readonly LayerChanges[]
  /**
   * What became of a file of a layer (its number, from 0). `present`: the finished image has it as that layer wrote it, under that path: a file lives
   * as long as one of its hard links does.
   */
  fateOf(layer: number, path: string): { readonly kind: 'present'; readonly path: string } | Fate
}

/** What has a body. */
type Body = {
  readonly layer: number
  readonly size: number
  /** How many paths have it. */
  count: number
  /** Those, where hard links gave it several. */
  names: Set<string> | undefined
  /** Of one with several names: what became of the last. */
  fate: Fate | undefined
}

/** Layers from the base upwards; each is laid on those below it, as an engine does it. */
export const layerChanges = (layers: readonly FileTable[]): Fates => {
  const fates: Map<string, Fate>[] = layers.map(() => new Map())
  /** Paths of a layer whose bodies have several names. */
  const shared: Map<string, Body>[] = layers.map(() => new Map())
  const wasted = layers.map(() => 0)
  const visible = new Map<string, Body>()
  /** Folders of visible files, with how many lie below. */
  const folders = new Map<string, number>()
  const count = (path: string, step: 1 | -1): void => {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
      const left = (folders.get(folder) ?? 0) + step
      if (left === 0) folders.delete(folder)
      else folders.set(folder, left)
    }
  }
  /** What lost a name in a layer, and may get another in it. */
  const doubtful = new Map<Body, Fate>()
  const lose = (path: string, body: Body, kind: Fate['kind'], by: number): void => {
    body.count--
    if (body.names) body.names.delete(path)
    else fates[body.layer]!.set(path, { kind, by })
    if (body.count === 0) doubtful.set(body, { kind, by })
    visible.delete(path)
    count(path, -1)
  }
  const changes: Omit<LayerChanges, 'wasted'>[] = []
  for (const [by, table] of layers.entries()) {
    const gone = new Set<string>()
    const emptied = new Set(table.opaque.map(row => table.paths[row]!))
    /** Undefined: a folder. */
    const own = new Map<string, Body | undefined>()
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
      const before = own.get(path)
      shared[by]!.delete(path)
      const type = table.types[row]
      const target = type === 'h' ? table.targets[row]! : undefined
      const linked = target === undefined ? undefined : (own.get(target) ?? (own.has(target) ? undefined : visible.get(target)))
      if (linked && target !== undefined) {
        if (!linked.names) {
          linked.names = new Set(linked.layer === by ? [] : [target])
          shared[linked.layer]!.set(target, linked)
        }
        shared[by]!.set(path, linked)
        own.set(path, linked)
      } else
        own.set(
          path,
          type === 'd' ? undefined : { layer: by, size: table.sizes[row]!, count: 0, names: undefined, fate: undefined },
        )
      // Of two with one name the layer shows the last; a link that was made in between keeps the first.
      if (before?.layer === by) doubtful.set(before, { kind: 'replaced', by })
    }
    /** What was taken away by this layer, and may come again in it. */
    const lost = new Set<string>()
    const take = (path: string, last: Body): void => {
      lose(path, last, 'deleted', by)
      lost.add(path)
    }
    for (const path of gone) {
      const last = visible.get(path)
      if (last) take(path, last)
    }
    // What is no folder takes away a folder with all it holds.
    const swept = new Set([...gone, ...emptied].filter(path => path === '' || folders.has(path)))
    for (const [path, body] of own) if (body && folders.has(path)) swept.add(path)
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
    for (const [path, body] of own) {
      if (!body) {
        // A folder in place of a file.
        const before = visible.get(path)
        if (before) take(path, before)
        continue
      }
      const before = visible.get(path)
      if (before) lose(path, before, 'replaced', by)
      if (before || lost.delete(path)) changed++
      else added++
      visible.set(path, body)
      body.count++
      body.names?.add(path)
      count(path, 1)
    }
    for (const [body, fate] of doubtful) {
      if (body.count > 0) continue
      wasted[body.layer]! += body.size
      body.fate = fate
    }
    doubtful.clear()
    changes.push({ added, changed, deleted: lost.size })
  }
  return {
    changes: changes.map((one, layer) => ({ ...one, wasted: wasted[layer]! })),
    fateOf(layer, path) {
      const body = shared[layer]?.get(path)
      if (!body) return fates[layer]?.get(path) ?? { kind: 'present', path }
      if (body.fate) return body.fate
      const [first = path] = body.names ?? []
      return { kind: 'present', path: body.names?.has(path) ? path : first }
    },
  }
}
