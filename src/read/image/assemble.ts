/** The layers' indexes → what is installed in the image. */
import type { Digest, Location, Problem } from '../../model/finding.ts'
import type { Layer } from '../../model/image.ts'
import type { LayerSummary } from '../../model/inventory.ts'
import type { LayerIndex } from '../../model/layer-index.ts'
import type { Distro, Package } from '../../model/package.ts'
import type { Cataloger, Found, ImageView } from '../cataloger.ts'
import { MergedTree } from './layers/merged-tree.ts'
import { mergePackages } from './merge-packages.ts'

export type Assembled = {
  readonly distro: Distro | undefined
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  readonly layers: readonly LayerSummary[]
}

/** `layers`: as many as indexes, from the base upwards; undefined for a folder, whose places are files below `root`. */
export const assemble = (
  indexes: readonly LayerIndex[],
  catalogers: ReadonlyMap<string, Cataloger>,
  where: { readonly layers: readonly Layer[] } | { readonly root: string },
): Assembled => {
  const tree = new MergedTree(indexes.map(({ files }) => files))
  const place = (layer: number, path: string): Found<unknown>['at'] => {
    if ('root' in where) return { in: 'file', path: `${where.root.replace(/\/$/, '')}/${path}`, span: { start: 0, end: 0 } }
    const { diffId, step } = where.layers[layer]!
    return { in: 'layer', layer: diffId, ...(step === undefined ? {} : { step }), path: `/${path}` }
  }
  const pathOf = (at: Location): string =>
    at.in === 'file' && 'root' in where
      ? at.path.slice(where.root.replace(/\/$/, '').length)
      : at.in === 'layer'
        ? (at.path ?? '')
        : ''
  const problems: Problem[] = []
  const found = new Map<string, Found<unknown>[]>()
  // By path, from the top down: the first is what the image has, if the image has the file at all.
  const byPath = new Map<string, { layer: number; cataloger: string; data: unknown }[]>()
  for (let layer = indexes.length - 1; layer >= 0; layer--) {
    for (const { cataloger, path, data } of indexes[layer]!.evidence) {
      const key = `${cataloger} ${path}`
      const list = byPath.get(key)
      if (list) list.push({ layer, cataloger, data })
      else byPath.set(key, [{ layer, cataloger, data }])
    }
    for (const problem of indexes[layer]!.problems) problems.push(placed(problem, layer, where))
  }
  for (const [key, versions] of byPath) {
    const path = key.slice(key.indexOf(' ') + 1)
    const entry = tree.get(path)
    const [top, ...lower] = versions
    if (!top || entry?.layer !== top.layer) continue
    const { cataloger, layer, data } = top
    const list = found.get(cataloger) ?? []
    list.push({ path, at: place(layer, path), data, earlier: lower.map(one => ({ at: place(one.layer, path), data: one.data })) })
    found.set(cataloger, list)
  }
  for (const list of found.values()) list.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const distro = distroOf((found.get('os-release') ?? []) as Found<Distro>[])
  const view: ImageView = {
    distro,
    typeOf(path) {
      const real = tree.real(path)
      const letter = real === undefined ? undefined : tree.typeAt(real)
      return letter === undefined ? undefined : letter === 'd' ? 'directory' : letter === 'f' || letter === 'h' ? 'file' : 'other'
    },
    real: path => tree.real(path),
    locate(path) {
      const real = tree.real(path)
      const entry = real === undefined ? undefined : tree.get(real)
      return entry && real !== undefined ? place(entry.layer, real) : undefined
    },
  }
  const packages: Package[] = []
  for (const [name, cataloger] of catalogers) {
    for (const one of cataloger.assemble(found.get(name) ?? [], view)) {
      if ('kind' in one) problems.push(one)
      else packages.push(one)
    }
  }
  return {
    distro,
    packages: mergePackages(packages, view, pathOf),
    problems,
    layers:
      'root' in where
        ? []
        : indexes.map((index, i) => ({
            diffId: where.layers[i]!.diffId,
            step: where.layers[i]!.step,
            size: index.size,
            files: index.files.paths.length,
          })),
  }
}

/** Says of a problem which layer it is about. */
const placed = (
  problem: Problem,
  layer: number,
  where: { readonly layers: readonly Layer[] } | { readonly root: string },
): Problem => {
  if ('root' in where) return problem
  const { diffId, step } = where.layers[layer]!
  const at: Location = { in: 'layer', layer: diffId, ...(step === undefined ? {} : { step }) }
  return { ...problem, message: `layer ${short(diffId)}: ${problem.message}`, at }
}

const short = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1).slice(0, 12)

/** /etc/os-release before /usr/lib/os-release (usually a link to it), and both before the files of old distributions. */
const distroOf = (found: readonly Found<Distro>[]): Distro | undefined => {
  const rank = ({ path }: Found<Distro>): number =>
    path === 'etc/os-release' ? 0 : path === 'usr/lib/os-release' ? 1 : path.startsWith('usr/lib/os-release.d/') ? 2 : 3
  return [...found].sort((a, b) => rank(a) - rank(b))[0]?.data
}
