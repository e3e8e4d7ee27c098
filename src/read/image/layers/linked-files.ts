/**
 * Files that the finished image has at a path that no layer's archive gives them: a folder on the way is a link (`var/lib/dpkg`), or they are one. The
 * walk over a layer cannot know; whoever asks for `/var/lib/dpkg/status` in a container gets them all the same.
 */
import type { Evidence, FileTable, LayerProblem } from '../../../model/layer-index.ts'
import type { Cataloger } from '../../cataloger.ts'
import { folderOf } from '../paths.ts'
import type { MergedTree } from './merged-tree.ts'
import { alternatives, wantedFor } from './wanted.ts'

/** By the number of the layer: path in it → paths under which it is wanted; and how the image comes from these to what it has. */
export type LinkedFiles = {
  readonly byLayer: ReadonlyMap<number, ReadonlyMap<string, readonly string[]>>
  readonly real: ReadonlyMap<string, string>
  readonly problems: readonly LayerProblem[]
}

/** Lists of files in dpkg's database, of the largest installations. */
const linkedLimit = 20_000

/** `tables`: those of the tree, from the base upwards. */
export const findLinkedFiles = (
  tree: MergedTree,
  tables: readonly FileTable[],
  catalogers: ReadonlyMap<string, Cataloger>,
): LinkedFiles => {
  const wanted = wantedFor(catalogers)
  const byLayer = new Map<number, Map<string, string[]>>()
  const real = new Map<string, string>()
  const problems: LayerProblem[] = []
  const hardLinks = new HardLinks(tables)
  /** Only then a path may lead elsewhere: cheaper to know than where it leads. */
  const hasLink = (path: string): boolean => {
    for (let at = path; at !== ''; at = folderOf(at)) {
      const entry = tree.get(at)
      if (entry && tables[entry.layer]!.types[entry.row] === 'l') return true
    }
    return false
  }
  const look = (path: string): void => {
    if (real.has(path) || !hasLink(path)) return
    const names = wanted(path)
    if (names.length === 0) return
    const target = tree.real(path)
    if (target === undefined || target === path) return
    const entry = tree.get(target)
    const type = tree.typeAt(target)
    if (!entry || (type !== 'f' && type !== 'h')) return
    const there = wanted(target)
    if (names.every(name => there.includes(name))) return
    if (real.size >= linkedLimit) {
      if (problems.length === 0)
        problems.push({
          kind: 'failed',
          code: 'linked-file-unread',
          message: `more than ${linkedLimit} files are wanted behind links: /${path} is the first that was not read`,
        })
      return
    }
    const body = type === 'f' ? target : hardLinks.bodyOf(entry.layer, entry.row)
    if (body === undefined) {
      problems.push({
        kind: 'failed',
        code: 'linked-file-unread',
        message: `/${path} leads to /${target}, a hard link to nothing that its layer has`,
      })
      return
    }
    real.set(path, target)
    const files = byLayer.get(entry.layer) ?? new Map<string, string[]>()
    const aliases = files.get(body)
    if (aliases) aliases.push(path)
    else files.set(body, [path])
    byLayer.set(entry.layer, files)
  }
  const moved = new Map<string, string>()
  for (const pattern of [...catalogers.values()].flatMap(({ files }) => files.flatMap(alternatives))) {
    if (!pattern.includes('*')) {
      look(pattern)
      continue
    }
    const folder = folderOf(pattern.slice(0, pattern.indexOf('*')))
    if (moved.has(folder) || !hasLink(folder)) continue
    const target = tree.real(folder)
    if (target !== undefined && target !== folder) moved.set(folder, target)
  }
  for (const [folder, target] of moved) {
    const prefix = target === '' ? '' : `${target}/`
    for (const path of tree.paths()) if (path.startsWith(prefix)) look(`${folder}/${path.slice(prefix.length)}`)
  }
  for (const [layer, table] of tables.entries())
    for (const row of Object.keys(table.targets)) {
      const path = table.paths[Number(row)]!
      if (table.types[Number(row)] === 'l' && tree.get(path)?.layer === layer) look(path)
    }
  return { byLayer, real, problems }
}

/** What the walk for linked files found in a layer, with where the links lead. Catalogers that know the file by its own path have it already. */
export const linkedFindings = (
  { evidence, problems }: { readonly evidence: readonly Evidence[]; readonly problems: readonly LayerProblem[] },
  { real }: LinkedFiles,
  catalogers: ReadonlyMap<string, Cataloger>,
): { readonly evidence: readonly Evidence[]; readonly problems: readonly LayerProblem[] } => {
  const wanted = wantedFor(catalogers)
  const withReal = <Item extends { readonly path?: string }>(item: Item): Item => {
    const target = item.path === undefined ? undefined : real.get(item.path)
    return target === undefined ? item : { ...item, real: target }
  }
  return {
    evidence: evidence.filter(({ cataloger, path }) => !wanted(real.get(path) ?? path).includes(cataloger)).map(withReal),
    problems: problems.map(withReal),
  }
}

/** Links to links in one layer. */
const hops = 40

class HardLinks {
  readonly #tables: readonly FileTable[]
  readonly #rows = new Map<number, ReadonlyMap<string, number>>()

  constructor(tables: readonly FileTable[]) {
    this.#tables = tables
  }

  /** The path in the layer whose body a hard link shares. */
  bodyOf(layer: number, start: number): string | undefined {
    const table = this.#tables[layer]!
    let rows = this.#rows.get(layer)
    if (!rows) {
      rows = new Map(table.paths.map((path, row) => [path, row]))
      this.#rows.set(layer, rows)
    }
    let row: number | undefined = start
    for (let i = 0; i < hops && row !== undefined; i++) {
      if (table.types[row] === 'f') return table.paths[row]
      const target: string | undefined = table.types[row] === 'h' ? table.targets[row] : undefined
      row = target === undefined ? undefined : rows.get(target)
    }
    return undefined
  }
}
