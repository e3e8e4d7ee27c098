/**
 * Layers on top of each other → what a container sees. The rules are those of the OCI image specification
 * (https://github.com/opencontainers/image-spec/blob/main/layer.md): `.wh.NAME` deletes NAME of lower layers, `.wh..wh..opq` everything that lower
 * layers have in its folder, and whatever is no folder hides a folder of the same name with all it holds.
 */
import type { FileTable } from '../../../model/layer-index.ts'
import { folderOf, imagePath, nameOf } from '../paths.ts'

export type TreeEntry = { readonly layer: number; readonly row: number }

/** Links in one path after which it counts as leading nowhere: what Linux allows. */
const linkLimit = 40

export class MergedTree {
  readonly #layers: readonly FileTable[]
  /** Path → layer and row in one number: half a million of them are held. */
  readonly #visible = new Map<string, number>()

  /** From the base upwards. */
  constructor(layers: readonly FileTable[]) {
    this.#layers = layers
    // From the top downwards, so that what is hidden never has to be taken out again.
    const deleted = new Set<string>()
    const emptied = new Set<string>()
    // A layer that lies there again further down has nothing left to show: all of it is seen already, or hidden for good.
    const seen = new Set<FileTable>()
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const table = layers[layer]!
      if (seen.has(table)) continue
      seen.add(table)
      const newDeleted: string[] = []
      const newEmptied: string[] = table.opaque.map(row => table.paths[row]!)
      /** Folder → an upper layer hides what this layer has in it. */
      const hides = new Map<string, boolean>()
      const isHidden = (folder: string): boolean => {
        const known = hides.get(folder)
        if (known !== undefined) return known
        const above = this.#visible.get(folder)
        const answer =
          emptied.has(folder) ||
          deleted.has(folder) ||
          (above !== undefined && above % layers.length !== layer && this.#letter(above) !== 'd') ||
          (folder !== '' && isHidden(folderOf(folder)))
        hides.set(folder, answer)
        return answer
      }
      // Backwards, since the last of several entries with one name counts.
      for (let row = table.paths.length - 1; row >= 0; row--) {
        const path = table.paths[row]!
        if (path.includes('.wh.')) {
          const name = nameOf(path)
          if (name === '.wh..wh..opq') {
            newEmptied.push(folderOf(path))
            continue
          }
          // AUFS keeps records of its own under `.wh..wh.`.
          if (name.startsWith('.wh..wh.')) continue
          if (name.startsWith('.wh.')) {
            const folder = folderOf(path)
            newDeleted.push(folder === '' ? name.slice(4) : `${folder}/${name.slice(4)}`)
            continue
          }
        }
        const above = this.#visible.get(path)
        if (above !== undefined) {
          // A folder that took the place of what is no folder shows nothing of older folders with that name.
          if (table.types[row] !== 'd' && this.#letter(above) === 'd') newEmptied.push(path)
          continue
        }
        if (deleted.has(path) || (path !== '' && isHidden(folderOf(path)))) continue
        this.#visible.set(path, row * layers.length + layer)
      }
      for (const path of newDeleted) deleted.add(path)
      for (const path of newEmptied) emptied.add(path)
    }
  }

  get size(): number {
    return this.#visible.size
  }

  paths(): Iterable<string> {
    return this.#visible.keys()
  }

  /** The entry at exactly this path, links not followed. */
  get(path: string): TreeEntry | undefined {
    const found = this.#visible.get(path)
    return found === undefined ? undefined : this.#split(found)
  }

  /** One letter: see FileTable.types. Folders that no entry names are there when something is in them: 'd'. */
  typeAt(path: string): string | undefined {
    const found = this.#visible.get(path)
    if (found !== undefined) return this.#letter(found)
    return path === '' || this.#impliedFolders().has(path) ? 'd' : undefined
  }

  /** The path with all links followed, the image's root being `/`; undefined when nothing is there, or links lead in circles. */
  real(path: string): string | undefined {
    let links = 0
    let done = ''
    let todo = imagePath(path)
      .split('/')
      .filter(part => part !== '')
    while (todo.length > 0) {
      const part = todo.shift()!
      if (part === '..') {
        done = folderOf(done)
        continue
      }
      if (part === '.') continue
      const next = done === '' ? part : `${done}/${part}`
      const type = this.typeAt(next)
      if (type === undefined) return undefined
      if (type !== 'l') {
        if (todo.length > 0 && type !== 'd') return undefined
        done = next
        continue
      }
      if (++links > linkLimit) return undefined
      const target = this.#target(next)
      todo = [...target.split('/').filter(one => one !== ''), ...todo]
      if (target.startsWith('/')) done = ''
    }
    return done
  }

  #target(path: string): string {
    const { layer, row } = this.get(path)!
    return this.#layers[layer]!.targets[row] ?? ''
  }

  #split(found: number): TreeEntry {
    const count = this.#layers.length
    return { layer: found % count, row: Math.floor(found / count) }
  }

  #letter(found: number): string {
    const { layer, row } = this.#split(found)
    return this.#layers[layer]!.types[row]!
  }

  #implied: Set<string> | undefined
  #impliedFolders(): Set<string> {
    if (this.#implied) return this.#implied
    const implied = new Set<string>()
    for (const path of this.#visible.keys())
      for (let folder = folderOf(path); folder !== '' && !implied.has(folder); folder = folderOf(folder)) implied.add(folder)
    this.#implied = implied
    return implied
  }
}
