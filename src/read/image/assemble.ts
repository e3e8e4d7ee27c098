/** The layers' indexes → what is installed in the image. */
import type { Census } from '../../model/census.ts'
import type { Digest, Location, Problem } from '../../model/finding.ts'
import type { ImageConfig, Layer } from '../../model/image.ts'
import type { FoundSomewhere, LayerSummary } from '../../model/inventory.ts'
import type { LayerIndex, LayerProblem } from '../../model/layer-index.ts'
import type { Distro, Package } from '../../model/package.ts'
import type { Cataloger, Found, ImageView } from '../cataloger.ts'
import { type CensusData, censusName } from '../census-cataloger.ts'
import { takeCensus } from './census.ts'
import { type Fates, layerChanges } from './layers/layer-changes.ts'
import { MergedTree } from './layers/merged-tree.ts'
import { mergePackages } from './merge-packages.ts'

export type Assembled = {
  readonly distro: Distro | undefined
  readonly packages: readonly Package[]
  readonly problems: readonly Problem[]
  readonly projectFiles: readonly string[]
  readonly layers: readonly LayerSummary[]
  readonly everywhere?: readonly FoundSomewhere[]
  readonly census?: Census
}

/**
 * `layers`: as many as indexes, from the base upwards; undefined for a folder, whose places are files below `root`. `linked`: by the number of the layer,
 * what was found in files that the image has behind links.
 */
export const assemble = (
  indexes: readonly LayerIndex[],
  catalogers: ReadonlyMap<string, Cataloger>,
  where: { readonly layers: readonly Layer[]; readonly config?: ImageConfig } | { readonly root: string },
  tree = new MergedTree(indexes.map(({ files }) => files)),
  linked: ReadonlyMap<number, Pick<LayerIndex, 'evidence' | 'problems'>> = new Map(),
): Assembled => {
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
  const byPath = new Map<string, { layer: number; cataloger: string; data: unknown; real: string | undefined }[]>()
  /** Whether the file that was read in a layer is the one that the image has at that path. */
  const isSeen = (layer: number, path: string, real: string | undefined): boolean =>
    tree.get(real ?? path)?.layer === layer && (real === undefined || tree.real(path) === real)
  // Of a layer that is there several times, the highest is seen, and the lowest is where things came in.
  const lowest = new Map(indexes.map((index, layer) => [index, layer] as const).reverse())
  const highest = new Map(indexes.map((index, layer) => [index, layer]))
  const take = (
    { evidence, problems: trouble }: Pick<LayerIndex, 'evidence' | 'problems'>,
    layer: number,
    isLowest: boolean,
  ): void => {
    for (const { cataloger, path, data, real, earlier } of evidence) {
      if (earlier !== undefined) continue
      const key = `${cataloger} ${path}`
      const list = byPath.get(key)
      if (list) list.push({ layer, cataloger, data, real })
      else byPath.set(key, [{ layer, cataloger, data, real }])
    }
    for (const problem of trouble)
      if (problem.path === undefined ? isLowest : isSeen(layer, problem.path, problem.real))
        problems.push(placed(problem, layer, where))
  }
  for (let layer = indexes.length - 1; layer >= 0; layer--) {
    const index = indexes[layer]!
    const more = linked.get(layer)
    if (more) take(more, layer, true)
    if (layer === highest.get(index) || layer === lowest.get(index)) take(index, layer, layer === lowest.get(index))
  }
  for (const [key, versions] of byPath) {
    const path = key.slice(key.indexOf(' ') + 1)
    const top = versions.findIndex(({ layer, real }) => isSeen(layer, path, real))
    if (top === -1) continue
    const { cataloger, layer, data, real } = versions[top]!
    const list = found.get(cataloger) ?? []
    const earlier = versions.slice(top + 1).map(one => ({ at: place(one.layer, one.real ?? path), data: one.data }))
    list.push({ path, at: place(layer, real ?? path), data, earlier })
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
  const everyLayer = new Set([...catalogers].flatMap(([name, cataloger]) => (cataloger.everyLayer ? [name] : [])))
  const fates = everyLayer.size > 0 ? layerChanges(indexes.map(({ files }) => files)) : undefined
  return {
    distro,
    packages: mergePackages(packages, view, pathOf),
    problems,
    projectFiles: projectFilesOf(tree.paths()),
    layers:
      'root' in where
        ? []
        : indexes.map((index, i) => ({
            diffId: where.layers[i]!.diffId,
            step: where.layers[i]!.step,
            size: index.size,
            files: index.files.paths.length,
            ...(fates ? { changes: fates.changes[i]! } : {}),
          })),
    ...(fates ? { everywhere: foundEverywhere(indexes, everyLayer, fates) } : {}),
    ...(catalogers.has(censusName)
      ? {
          census: takeCensus({
            tree,
            tables: indexes.map(({ files }) => files),
            found: (found.get(censusName) ?? []) as Found<CensusData>[],
            config: 'root' in where ? undefined : where.config,
            place,
          }),
        }
      : {}),
  }
}

/** How tools call the files in which they keep which versions they took, or read which ones they may take. */
const projectFileNames: ReadonlySet<string> = new Set([
  'Cargo.lock',
  'Gemfile.lock',
  'Pipfile.lock',
  'build.gradle',
  'build.gradle.kts',
  'bun.lock',
  'bun.lockb',
  'composer.lock',
  'go.mod',
  'mix.lock',
  'npm-shrinkwrap.json',
  'package-lock.json',
  'packages.lock.json',
  'pdm.lock',
  'pnpm-lock.yaml',
  'poetry.lock',
  'pom.xml',
  'requirements.txt',
  'uv.lock',
  'yarn.lock',
])
const projectFileLimit = 50

/** Those of the application: what packages bring of their own development is none of them. Those that lie highest first. */
const projectFilesOf = (paths: Iterable<string>): readonly string[] => {
  const found: string[] = []
  for (const path of paths) {
    if (!projectFileNames.has(path.slice(path.lastIndexOf('/') + 1))) continue
    if (
      /(?:^|\/)(?:node_modules|vendor|site-packages|dist-packages|gems|go\/(?:src|pkg)|testdata|usr\/(?:lib|share))\//.test(path)
    )
      continue
    found.push(`/${path}`)
  }
  const depth = (path: string): number => path.split('/').length
  return found.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).slice(0, projectFileLimit)
}

const foundEverywhere = (
  indexes: readonly LayerIndex[],
  wanted: ReadonlySet<string>,
  { fateOf }: Fates,
): readonly FoundSomewhere[] =>
  indexes.flatMap(({ evidence }, layer) =>
    evidence.flatMap(({ cataloger, path, data, earlier }): FoundSomewhere[] => {
      if (!wanted.has(cataloger)) return []
      if (earlier !== undefined)
        return [{ cataloger, layer, path: `/${path}`, data, fate: { kind: 'replaced', by: layer }, earlier }]
      const fate = fateOf(layer, path)
      return fate.kind === 'present'
        ? [{ cataloger, layer, path: `/${fate.path}`, data, fate: { kind: 'present' } }]
        : [{ cataloger, layer, path: `/${path}`, data, fate }]
    }),
  )

/** Says of a problem which layer it is about. */
const placed = (
  { path: _, real: __, ...problem }: LayerProblem,
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
