/** `bulkhead sbom`: reference → image → an index of each layer → what is installed. */
import { createHash } from 'node:crypto'
import { type Problem, UsageError } from '../model/finding.ts'
import type { FileRange, Image, LayerBytes } from '../model/image.ts'
import type { Inventory } from '../model/inventory.ts'
import type { LayerIndex } from '../model/layer-index.ts'
import type { Package } from '../model/package.ts'
import type { Cache } from '../model/store.ts'
import { type World, WorldError } from '../model/world.ts'
import type { Cataloger } from '../read/cataloger.ts'
import { assemble } from '../read/image/assemble.ts'
import { compressionOf } from '../read/image/decompress.ts'
import { ImageError } from '../read/image/documents.ts'
import type { ImageSource, Opened, OpenedImage, PassingImage, SourceOptions } from '../read/image/image-source.ts'
import { LayerIndexer } from '../read/image/layers/indexer.ts'
import { hashRange, indexRevision, readLayer, unreadableLayer } from '../read/image/layers/read-layer.ts'
import { readPassing } from '../read/image/passing-archive.ts'
import { RegistryError } from '../read/image/registry/client.ts'

/** Indexes a layer, perhaps in another thread. Rejects with WorldError and RegistryError. */
export type IndexLayer = (bytes: LayerBytes, onProgress: (bytes: number) => void) => Promise<LayerIndex>

export type Progress = {
  /** What is to be read, in bytes as they are stored; undefined where nobody knows. */
  start(total: number | undefined): void
  advance(bytes: number): void
}

export type InventoryOptions = SourceOptions & {
  readonly sources: readonly ImageSource[]
  readonly catalogers: ReadonlyMap<string, Cataloger>
  readonly indexLayer?: IndexLayer
  /** Called when all layers are read: whoever indexes them may let go of what that needed. */
  readonly afterReading?: () => Promise<void>
  readonly cache?: Cache
  readonly progress?: Progress
  /** False: nobody will ask which files packages own, and the long lists need not be read from the cache. */
  readonly owned?: boolean
}

/** Throws UsageError when there is no such image. */
export const takeInventory = async (world: World, subject: string, options: InventoryOptions): Promise<Inventory> => {
  const revision = revisionOf(options.catalogers)
  const { opened, name } = await openSubject(world, subject, options)
  switch (opened.kind) {
    case 'image':
      return ofImage(world, name, opened, revision, options)
    case 'passing':
      return ofPassing(world, name, opened, revision, options)
    case 'folder': {
      const index = await readLayer(world, { from: 'folder', path: opened.path }, options)
      const { distro, packages, problems } = assemble([index], options.catalogers, { root: opened.path })
      return { name, kind: 'folder', image: undefined, distro, packages, problems, layers: [] }
    }
    case 'sbom':
      return {
        name: opened.name ?? name,
        kind: 'sbom',
        image: undefined,
        distro: opened.distro,
        packages: opened.packages,
        problems: opened.problems,
        layers: opened.layers,
      }
  }
}

/** The source that a prefix forces, or the first one that has the subject: files and folders, then the engine, then the registry. */
const openSubject = async (
  world: World,
  subject: string,
  options: InventoryOptions,
): Promise<{ readonly opened: Opened; readonly name: string }> => {
  const colon = subject.indexOf(':')
  const forced = options.sources.find(({ prefix }) => prefix === subject.slice(0, colon))
  try {
    if (forced) {
      const name = subject.slice(colon + 1)
      const opened = name === '' ? undefined : await forced.open(world, name, options)
      if (opened) return { opened, name }
      throw new UsageError(`${forced.prefix}: there is no ${name === '' ? 'name behind the colon' : name}`, hints[forced.prefix])
    }
    for (const source of options.sources) {
      const opened = await source.open(world, subject, options)
      if (opened) return { opened, name: subject }
    }
  } catch (error) {
    if (error instanceof ImageError || error instanceof RegistryError)
      throw new UsageError(`${subject}: ${error.message}`, error.hint)
    if (error instanceof WorldError)
      throw new UsageError(
        `${subject}: ${error.message}`,
        forced ? undefined : 'no file and no folder has that name, and no engine has the image',
      )
    throw error
  }
  throw new UsageError(
    `${subject} is neither a file, nor a folder, nor the name of an image`,
    'an archive, an OCI layout, a root file system, an SBOM, or a name such as nginx:1.25',
  )
}

const hints: Readonly<Record<string, string>> = {
  docker: 'docker images lists what the engine has; --verbose says which engines were asked',
  archive: 'a file that docker save, podman save or skopeo wrote',
  oci: 'a folder with index.json and blobs/',
  dir: 'a folder that holds a root file system',
  sbom: 'a file in the form of CycloneDX, SPDX or Syft',
  registry: 'a name such as registry.example/team/app:1.2',
}

/** What catalogers of another revision found must be looked for again. */
const revisionOf = (catalogers: ReadonlyMap<string, Cataloger>): string => {
  const text = [...catalogers].map(([name, { revision }]) => `${name}=${revision}`).join(' ')
  return createHash('sha256').update(`${indexRevision} ${text}`).digest('hex').slice(0, 16)
}

const ofImage = async (
  world: World,
  name: string,
  { image, layers }: OpenedImage,
  revision: string,
  options: InventoryOptions,
): Promise<Inventory> => {
  const cache = options.cache && openCache(options.cache, revision)
  const keys = layers.map(bytes => keyOf(world, bytes))
  // The same layers under the same configuration give the same answer.
  const whole = keys.every(key => key !== undefined) ? `image ${image.id} ${keys.map(({ text }) => text).join(' ')}` : undefined
  const known = whole === undefined ? undefined : cache && recall<Assembled>(cache, whole, options)
  if (known && keys.every(key => key && isProved(world, cache!, key))) {
    options.note('known: nothing was read again')
    return { name: imageName(name, image), kind: 'image', image, ...known }
  }
  options.progress?.start(layers.reduce((sum, bytes) => sum + sizeOf(bytes), 0))
  const indexLayer = options.indexLayer ?? ((bytes, onProgress) => readLayer(world, bytes, { ...options, onProgress }))
  const indexes = await Promise.all(
    layers.map(async (bytes, i) => {
      const key = keys[i]
      const advance = (count: number): void => options.progress?.advance(count)
      const found = key && cache && (await fromCache(world, cache, key, bytes, advance))
      if (found) return found
      let index: LayerIndex
      try {
        index = await indexLayer(bytes, advance)
      } catch (error) {
        if (!(error instanceof WorldError || error instanceof RegistryError)) throw error
        return unreadableLayer(error.message)
      }
      if (key && cache) remember(cache, key, index)
      return index
    }),
  )
  await options.afterReading?.()
  return finish(name, image, indexes, options, cache, whole)
}

/** Most of an inventory is lists of files, which most outputs do not show: they are kept apart. */
const keep = (cache: TypedCache | undefined, key: string, value: Assembled & { readonly image?: Image }): void => {
  cache?.put(
    `owned ${key}`,
    value.packages.map(({ owns }) => owns ?? null),
  )
  cache?.put(key, { ...value, packages: value.packages.map(({ owns: _, ...rest }) => rest) })
}

const recall = <Value extends Assembled>(cache: TypedCache, key: string, { owned }: InventoryOptions): Value | undefined => {
  const value = cache.get<Value>(key)
  if (!value || owned === false) return value
  const lists = cache.get<readonly (readonly string[] | null)[]>(`owned ${key}`)
  if (lists?.length !== value.packages.length) return undefined
  const packages = value.packages.map((one, i): Package => {
    const owns = lists[i]
    return owns ? { ...one, owns } : one
  })
  return { ...value, packages }
}

type Assembled = Pick<Inventory, 'distro' | 'packages' | 'problems' | 'layers'>

const finish = (
  name: string,
  image: Image,
  indexes: readonly LayerIndex[],
  options: InventoryOptions,
  cache: TypedCache | undefined,
  whole: string | undefined,
): Inventory => {
  const { distro, packages, problems, layers } = assemble(indexes, options.catalogers, { layers: image.layers })
  // What failed may go well the next time.
  if (whole !== undefined && !indexes.some(index => index.problems.some(({ code }) => transient.has(code))))
    keep(cache, whole, { distro, packages, problems, layers })
  return { name: imageName(name, image), kind: 'image', image, distro, packages, problems, layers }
}

/** What the image calls itself, so that it has one name whichever way it was read. */
const imageName = (asked: string, { refs }: Image): string => refs[0] ?? asked

const transient = new Set(['layer-unreadable', 'layer-too-large'])

const ofPassing = async (
  world: World,
  name: string,
  opened: PassingImage,
  revision: string,
  options: InventoryOptions,
): Promise<Inventory> => {
  const cache = options.cache && openCache(options.cache, revision)
  const whole =
    opened.identity === undefined
      ? undefined
      : `passing ${opened.identity} ${opened.wanted.name ?? ''} ${opened.wanted.platform ?? opened.wanted.host}`
  const known = whole === undefined ? undefined : cache && recall<Assembled & { image: Image }>(cache, whole, options)
  if (known) {
    options.note('known: nothing was read again')
    return { name: imageName(name, known.image), kind: 'image', ...known }
  }
  options.progress?.start(opened.size)
  const newIndexer = (linked?: ReadonlyMap<string, readonly string[]>): LayerIndexer =>
    new LayerIndexer({
      catalogers: options.catalogers,
      scratch: () => world.files.scratch(),
      ...(linked ? { linked } : {}),
    })
  try {
    const { image, indexes } = await readPassing(opened, newIndexer, bytes => options.progress?.advance(bytes))
    const named: Image = opened.refs ? { ...image, refs: opened.refs } : image
    for (const index of indexes) if (index.verified !== undefined) cache?.put(`layer ${index.verified}`, index)
    const inventory = finish(name, named, indexes, options, undefined, undefined)
    const { distro, packages, problems, layers } = inventory
    if (whole !== undefined) keep(cache, whole, { image: named, distro, packages, problems, layers })
    return inventory
  } catch (error) {
    if (error instanceof ImageError) throw new UsageError(`${name}: ${error.message}`, error.hint)
    if (error instanceof WorldError) throw new UsageError(`${name}: ${error.message}`)
    throw error
  }
}

/**
 * What an index is kept under. `digest`: to be proved over the bytes before it is believed; then it is shared between images. `place`: a file or a
 * folder of this machine as it is now; never shared.
 */
type Key = {
  readonly by: 'digest' | 'blob' | 'place'
  readonly text: string
  readonly proof: string | undefined
  readonly range?: FileRange
}

const keyOf = (world: World, bytes: LayerBytes): Key | undefined => {
  switch (bytes.from) {
    case 'registry':
      // The digest is how the registry is asked; what was kept under it had been verified.
      return { by: 'blob', text: `layer ${bytes.digest}`, proof: undefined }
    case 'overlay': {
      const headers = world.files.inspect(bytes.headers)
      const identity = headers && `${headers.inode}:${headers.size}:${headers.mtime}`
      return identity === undefined ? undefined : { by: 'place', text: `overlay ${bytes.folder} ${identity}`, proof: undefined }
    }
    case 'file': {
      const file = world.files.open(bytes.range.path)
      try {
        const place = `${bytes.range.path} ${file.identity} ${bytes.range.at} ${bytes.range.size}`
        const head = new Uint8Array(8)
        const isCompressed = compressionOf(head.subarray(0, file.read(bytes.range.at, head))) !== 'none'
        return isCompressed && bytes.digest !== undefined
          ? { by: 'digest', text: `layer ${bytes.digest}`, proof: `proof ${place} ${bytes.digest}`, range: bytes.range }
          : { by: 'place', text: `file ${place}`, proof: undefined }
      } finally {
        file.close()
      }
    }
    default:
      return undefined
  }
}

const sizeOf = (bytes: LayerBytes): number =>
  bytes.from === 'file' ? bytes.range.size : bytes.from === 'registry' ? bytes.size : 0

type TypedCache = { get<Value>(key: string): Value | undefined; put(key: string, value: unknown): void }

const openCache = (cache: Cache, revision: string): TypedCache => ({
  get<Value>(key: string) {
    const bytes = cache.get(`${revision} ${key}`)
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Value)
  },
  put: (key, value) => cache.put(`${revision} ${key}`, new TextEncoder().encode(JSON.stringify(value))),
})

const isProved = (_world: World, cache: TypedCache, key: Key): boolean => key.by !== 'digest' || cache.get(key.proof!) === true

/** Bytes of a file are hashed before an index is believed that was kept under their digest, unless that was done for this very file. */
const fromCache = async (
  world: World,
  cache: TypedCache,
  key: Key,
  bytes: LayerBytes,
  onProgress: (bytes: number) => void,
): Promise<LayerIndex | undefined> => {
  const index = cache.get<LayerIndex>(key.text)
  if (!index) return undefined
  if (!isProved(world, cache, key)) {
    if (bytes.from !== 'file' || hashRange(world, bytes.range, bytes.digest!) !== bytes.digest) return undefined
    cache.put(key.proof!, true)
  }
  onProgress(sizeOf(bytes))
  return index
}

const remember = (cache: TypedCache, key: Key, index: LayerIndex): void => {
  if (index.problems.some(({ code }: Problem) => transient.has(code))) return
  if (key.by === 'place') cache.put(key.text, index)
  else if (index.verified !== undefined && key.text === `layer ${index.verified}`) {
    cache.put(key.text, index)
    if (key.proof !== undefined) cache.put(key.proof, true)
  }
}
