/** `bulkhead sbom`: reference → image → an index of each layer → what is installed. */
import { createHash } from 'node:crypto'
import type { DockerfileBase } from '../judge/base-dockerfile.ts'
import { baseImageFrom, baseOf } from '../judge/base-image.ts'
import type { KnownImage, LayerProof } from '../model/base-answer.ts'
import { type Digest, type Problem, UsageError } from '../model/finding.ts'
import type { FileRange, Image, LayerBytes } from '../model/image.ts'
import type { Inventory } from '../model/inventory.ts'
import type { LayerIndex, LayerProblem } from '../model/layer-index.ts'
import type { Package } from '../model/package.ts'
import type { Cache } from '../model/store.ts'
import { type World, WorldError } from '../model/world.ts'
import type { Cataloger } from '../read/cataloger.ts'
import { assemble } from '../read/image/assemble.ts'
import { compressionOf } from '../read/image/decompress.ts'
import { ImageError } from '../read/image/documents.ts'
import type { ImageSource, Opened, OpenedImage, PassingImage, SourceOptions } from '../read/image/image-source.ts'
import { defaultLayerLimits, LayerIndexer } from '../read/image/layers/indexer.ts'
import { findLinkedFiles, type LinkedFiles, linkedFindings } from '../read/image/layers/linked-files.ts'
import { MergedTree } from '../read/image/layers/merged-tree.ts'
import { hashRange, indexRevision, type Reading, readLayer, unreadableLayer } from '../read/image/layers/read-layer.ts'
import { familiarName } from '../read/image/layout.ts'
import { readPassing } from '../read/image/passing-archive.ts'
import { RegistryError } from '../read/image/registry/client.ts'
import { flawOf } from '../read/image/registry/reference.ts'
import { knownImages, rememberImage } from './known-images.ts'

/** Indexes a layer, perhaps in another thread. Rejects with WorldError and RegistryError. */
export type IndexLayer = (bytes: LayerBytes, reading: Reading, onProgress: (bytes: number) => void) => Promise<LayerIndex>

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
  /** Compute every digest that the image claims, also those of layers that need not be read whole. */
  readonly verify?: boolean
  /** Entries of all layers together (default: ten times those of a large image). */
  readonly entryLimit?: number
  /** False: nobody will ask which files packages own, and the long lists need not be read from the cache. */
  readonly owned?: boolean
  /** Whether engines are asked which images they have, to find the one that this one was built on (default: never). */
  readonly askEngine?: 'never' | 'where-near' | 'always'
  /** Images that are at hand beside those that were read before. */
  readonly known?: readonly KnownImage[]
  readonly dockerfile?: DockerfileBase
}

const defaultEntryLimit = 5_000_000

/** Throws UsageError when there is no such image. */
export const takeInventory = async (world: World, subject: string, options: InventoryOptions): Promise<Inventory> => {
  const { opened, name, source } = await openSubject(world, subject, options)
  const inventory = { ...(await takeOpened(world, opened, name, options)), openedBy: { source, reference: name } }
  const withAnswer = await withBase(world, inventory, options)
  if (options.cache) rememberImage(options.cache, withAnswer)
  return withAnswer
}

const takeOpened = async (world: World, opened: Opened, name: string, options: InventoryOptions): Promise<Inventory> => {
  const revision = revisionOf(options.catalogers)
  switch (opened.kind) {
    case 'image':
      return ofImage(world, name, opened, revision, options)
    case 'passing':
      return ofPassing(world, name, opened, revision, options)
    case 'folder': {
      const bytes: LayerBytes = { from: 'folder', path: opened.path }
      const index = await readLayer(world, bytes, { catalogers: options.catalogers })
      const read: ReadLinked = readLinkedBy(world, [bytes], options)
      const { distro, packages, problems, projectFiles, everywhere, census } = await assembled(
        [index],
        { root: opened.path },
        read,
        options,
      )
      return {
        name,
        kind: 'folder',
        image: undefined,
        distro,
        packages,
        problems,
        ...(projectFiles ? { projectFiles } : {}),
        layers: [],
        ...(everywhere ? { everywhere } : {}),
        ...(census ? { census } : {}),
      }
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
        ...(opened.base ? { base: opened.base } : {}),
      }
  }
}

/** Says which image it was built on. An archive is no reason to ask engines that nobody spoke of. */
const withBase = async (world: World, inventory: Inventory, options: InventoryOptions): Promise<Inventory> => {
  const { image, distro, proofs = [], openedBy } = inventory
  if (!image) return inventory
  const isNear = openedBy?.source === 'docker' || openedBy?.source === 'registry'
  const asks = options.askEngine === 'always' || (options.askEngine === 'where-near' && isNear)
  const known = [...(options.known ?? []), ...(await knownImages(world, options.cache, asks, options.note))]
  const baseAnswer = baseOf(image, known, { proofs, distro, dockerfile: options.dockerfile })
  const base = baseImageFrom(baseAnswer)
  return { ...inventory, baseAnswer, ...(base ? { base } : {}) }
}

/** The source that a prefix forces, or the first one that has the subject: files and folders, then the engine, then the registry. */
const openSubject = async (
  world: World,
  subject: string,
  options: InventoryOptions,
): Promise<{ readonly opened: Opened; readonly name: string; readonly source: string }> => {
  const colon = subject.indexOf(':')
  const forced = options.sources.find(({ prefix }) => prefix === subject.slice(0, colon))
  const isAbsentFile = !forced && /\/[^/:@]*\.[a-z]\w{0,4}$/i.test(subject) && !(await world.files.stat(subject))
  const asName = isAbsentFile ? `there is no file called ${subject}, and as the name of an image` : subject
  try {
    if (forced) {
      const name = subject.slice(colon + 1)
      const opened = name === '' ? undefined : await forced.open(world, name, options)
      if (opened) return { opened, name, source: forced.prefix }
      throw new UsageError(`${forced.prefix}: ${await absence(world, forced.prefix, name)}`, hints[forced.prefix])
    }
    for (const source of options.sources) {
      const file = source.where === 'network' ? archiveName.exec(subject) : undefined
      if (file)
        throw new UsageError(
          `there is no file called ${subject.slice(0, file.index + file[0].length)}`,
          `an image with that name is asked for by registry:${subject}`,
        )
      const opened = await source.open(world, subject, options)
      if (opened) return { opened, name: subject, source: source.prefix }
    }
  } catch (error) {
    if (error instanceof ImageError || error instanceof RegistryError)
      throw new UsageError(`${asName}: ${error.message}`, error.hint)
    if (error instanceof WorldError)
      throw new UsageError(
        `${asName}: ${error.message}`,
        forced ? undefined : 'no file and no folder has that name, and no engine has the image',
      )
    throw error
  }
  throw new UsageError(
    `${subject} is neither a file, nor a folder, nor the name of an image`,
    'an archive, an OCI layout, a root file system, an SBOM, or a name such as nginx:1.25',
  )
}

/** Names of files, which images could have too. */
const archiveName = /\.(?:tar|tgz|json|tar\.\w{1,4})(?=[:@]|$)/i

/** Why the source that a prefix forces has nothing to open. */
const absence = async (world: World, prefix: string, name: string): Promise<string> => {
  if (name === '') return 'there is no name behind the colon'
  if (prefix === 'registry' || (prefix === 'docker' && /\s/.test(name))) return `${name} is no possible name: ${flawOf(name)}`
  if (prefix === 'docker') return `no engine has an image called ${name}`
  const found = await world.files.stat(name)
  if (!found) return `there is no ${name}`
  if (found.type === 'other') return `${name} is neither a file nor a folder`
  const isFolder = found.type === 'directory'
  if (prefix !== 'dir' && prefix !== 'oci')
    return isFolder ? `${name} is a folder, not a file` : `${name} is nothing that ${prefix}: reads`
  return isFolder ? `${name} is a folder without index.json that names images` : `${name} is a file, not a folder`
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
  const verify = options.verify === true
  if (!verify && keys.some(key => key?.isPlain))
    options.note('layers that are not compressed were taken as they lie: --verify computes their digests')
  // The same layers under the same configuration give the same answer. The engine's folders may change, whatever their headers say.
  const isLasting = keys.every(key => key !== undefined) && !(verify && layers.some(({ from }) => from === 'overlay'))
  const whole = isLasting ? `${verify ? 'verified ' : ''}image 3 ${image.id} ${keys.map(key => key!.text).join(' ')}` : undefined
  const known = whole === undefined ? undefined : cache && recall<Assembled>(cache, whole, options)
  if (known && keys.every(key => key && isProved(world, cache!, key))) {
    options.note('known: nothing was read again')
    return { name: imageName(name, image), kind: 'image', image, ...known }
  }
  const indexLayer: IndexLayer =
    options.indexLayer ??
    ((bytes, reading, onProgress) => readLayer(world, bytes, { catalogers: options.catalogers, ...reading, onProgress }))
  const advance = (count: number): void => options.progress?.advance(count)
  const read = async (bytes: LayerBytes, key: Key | undefined, diffId: Digest): Promise<LayerIndex> => {
    const found = key && cache && fromCache(world, cache, key, bytes, verify ? diffId : undefined, advance)
    if (found) return found
    let index: LayerIndex
    try {
      index = await indexLayer(bytes, { verify, diffId }, advance)
    } catch (error) {
      if (!(error instanceof WorldError || error instanceof RegistryError)) throw error
      return unreadableLayer(error.message)
    }
    if (key && cache) remember(cache, key, index)
    return index
  }
  const limit = options.entryLimit ?? defaultEntryLimit
  let entries = 0
  // An image may name one layer many times.
  const reading = new Map<string, Promise<LayerIndex>>()
  const names = layers.map((bytes, i) => `${identityOf(bytes) ?? i} ${algorithmOf(image.layers[i]!.diffId)}`)
  options.progress?.start([...new Set(names)].reduce((sum, one) => sum + sizeOf(layers[names.indexOf(one)]!), 0))
  for (const [i, bytes] of layers.entries()) {
    if (reading.has(names[i]!)) continue
    const counted = read(bytes, keys[i], image.layers[i]!.diffId).then(index => {
      entries += index.files.paths.length
      if (entries > limit) throw new UsageError(`${name}: the layers of the image have more than ${limit} entries`)
      return index
    })
    reading.set(names[i]!, counted)
  }
  const indexes = claimed(image, await Promise.all(names.map(one => reading.get(one)!)), verify)
  await options.afterReading?.()
  const proofs = indexes.map((index, i): LayerProof => {
    const proof = proofOf(index)
    // The folder was found by the chain of digests that the engine computed when it took the layers in.
    const isEngines = layers[i]!.from === 'overlay' && !index.problems.some(({ code }) => broken.has(code))
    return isEngines && proof.diffId === undefined ? { ...proof, diffId: image.layers[i]!.diffId } : proof
  })
  return finish(name, image, indexes, proofs, readLinkedBy(world, layers, options), options, cache, whole)
}

const algorithmOf = (digest: Digest): string => digest.slice(0, digest.indexOf(':'))

/** The same text for the same bytes. */
const identityOf = (bytes: LayerBytes): string | undefined => {
  switch (bytes.from) {
    case 'file':
      return `${bytes.range.path} ${bytes.range.at} ${bytes.range.size} ${bytes.digest}`
    case 'registry':
      return `${bytes.access.base} ${bytes.access.repository} ${bytes.digest}`
    case 'overlay':
      return `${bytes.headers} ${bytes.folder}`
    default:
      return undefined
  }
}

/** Holds what was read against what the configuration claims: a layer that is another one gives nothing. */
const claimed = (image: Image, indexes: readonly LayerIndex[], verify: boolean): readonly LayerIndex[] => {
  const unproved = new Map<LayerIndex, LayerIndex>()
  return indexes.map((index, i): LayerIndex => {
    const { diffId } = image.layers[i]!
    const found = index.diffId
    if (found !== undefined && algorithmOf(found) === algorithmOf(diffId))
      return found === diffId
        ? index
        : unreadableLayer(`the archive in the layer has the digest ${found}, and the image's configuration says ${diffId}`)
    if (!verify || index.problems.some(({ code }) => broken.has(code))) return index
    const problem: LayerProblem = {
      kind: 'uncovered',
      code: 'layer-unverified',
      message: `whether its bytes are those of ${diffId} could not be computed`,
    }
    const known = unproved.get(index) ?? { ...index, problems: [...index.problems, problem] }
    unproved.set(index, known)
    return known
  })
}

const proofOf = ({ verified, diffId }: LayerIndex): LayerProof => ({
  ...(diffId === undefined ? {} : { diffId }),
  ...(verified === undefined ? {} : { blob: verified }),
})

type ReadLinked = (files: LinkedFiles['byLayer']) => Promise<ReadonlyMap<number, Pick<LayerIndex, 'evidence' | 'problems'>>>

const readLinkedBy =
  (world: World, layers: readonly LayerBytes[], { catalogers }: InventoryOptions): ReadLinked =>
  async files => {
    const found = new Map<number, LayerIndex>()
    for (const [layer, linked] of files) {
      try {
        found.set(layer, await readLayer(world, layers[layer]!, { catalogers, linked }))
      } catch (error) {
        if (!(error instanceof WorldError || error instanceof RegistryError)) throw error
        found.set(layer, unreadableLayer(error.message))
      }
    }
    return found
  }

/** Indexes of layers, and what the image has behind links → what is installed. */
const assembled = async (
  indexes: readonly LayerIndex[],
  where: Parameters<typeof assemble>[2],
  readLinked: ReadLinked,
  { catalogers }: InventoryOptions,
): Promise<Assembled> => {
  const tables = indexes.map(({ files }) => files)
  const tree = new MergedTree(tables)
  const linked = findLinkedFiles(tree, tables, catalogers)
  const found = linked.byLayer.size > 0 ? await readLinked(linked.byLayer) : new Map<number, LayerIndex>()
  const findings = new Map([...found].map(([layer, index]) => [layer, linkedFindings(index, linked, catalogers)] as const))
  const { problems, ...rest } = assemble(indexes, catalogers, where, tree, findings)
  return { ...rest, problems: [...linked.problems, ...problems] }
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

type Assembled = Pick<
  Inventory,
  'distro' | 'packages' | 'problems' | 'projectFiles' | 'layers' | 'everywhere' | 'census' | 'proofs'
>

const finish = async (
  name: string,
  image: Image,
  indexes: readonly LayerIndex[],
  proofs: readonly LayerProof[],
  readLinked: ReadLinked,
  options: InventoryOptions,
  cache: TypedCache | undefined,
  whole: string | undefined,
): Promise<Inventory> => {
  const { distro, packages, problems, projectFiles, layers, everywhere, census } = await assembled(
    indexes,
    { layers: image.layers, config: image.config },
    readLinked,
    options,
  )
  // What failed may go well the next time.
  const found: Assembled = {
    distro,
    packages,
    problems,
    ...(projectFiles ? { projectFiles } : {}),
    layers,
    proofs,
    ...(everywhere ? { everywhere } : {}),
    ...(census ? { census } : {}),
  }
  if (whole !== undefined && !isTransient({ problems })) keep(cache, whole, found)
  return { name: imageName(name, image), kind: 'image', image, ...found }
}

/** What the image calls itself, so that it has one name whichever way it was read: of several, the one that was asked for. */
const imageName = (asked: string, { refs }: Image): string => {
  const wanted = familiarName(asked)
  const fits = refs.filter(ref => ref === wanted || ref === `${wanted}:latest` || wanted.endsWith(`:${ref}`))
  return fits.sort((a, b) => b.length - a.length)[0] ?? refs[0] ?? asked
}

const transient = new Set(['layer-unreadable', 'layer-too-large'])
const isTransient = ({ problems }: { readonly problems: readonly Problem[] }): boolean =>
  problems.some(({ code }) => transient.has(code))
/** The layer was not read to its end. */
const broken = new Set([...transient, 'layer-broken'])

const ofPassing = async (
  world: World,
  name: string,
  opened: PassingImage,
  revision: string,
  options: InventoryOptions,
): Promise<Inventory> => {
  const cache = options.cache && openCache(options.cache, revision)
  // The number is one more with every change of what is told of an image's configuration.
  const whole =
    opened.identity === undefined
      ? undefined
      : `${options.verify ? 'verified ' : ''}passing 4 ${opened.identity} ${opened.wanted.name ?? ''} ${opened.wanted.platform ?? opened.wanted.host}`
  const known = whole === undefined ? undefined : cache && recall<Assembled & { image: Image }>(cache, whole, options)
  if (known) {
    options.note('known: nothing was read again')
    return { name: imageName(name, known.image), kind: 'image', ...known }
  }
  options.progress?.start(opened.size)
  const budget = { entries: options.entryLimit ?? defaultEntryLimit }
  const newIndexer = (linked?: ReadonlyMap<string, readonly string[]>): LayerIndexer =>
    new LayerIndexer({
      catalogers: options.catalogers,
      scratch: () => world.files.scratch(),
      deadline: world.clock.now() + defaultLayerLimits.time,
      now: () => world.clock.now(),
      budget,
      ...(linked ? { linked } : {}),
    })
  try {
    const advance = (bytes: number): void => options.progress?.advance(bytes)
    const { image, indexes, again } = await readPassing(opened, newIndexer, advance, options.verify)
    const named: Image = opened.refs ? { ...image, refs: opened.refs } : image
    for (const index of new Set(indexes))
      if (index.verified !== undefined && !isTransient(index)) cache?.put(`layer ${index.verified}`, index)
    const right = claimed(named, indexes, options.verify === true)
    const proofs = right.map(proofOf)
    const inventory = await finish(name, named, right, proofs, again, options, undefined, undefined)
    const { distro, packages, problems, projectFiles, layers, everywhere, census } = inventory
    // A configuration with secrets is not kept; the layers' indexes are.
    const { redactImage } = await import('../judge/secrets/redact-image.ts')
    const isSecret = JSON.stringify(redactImage(named)) !== JSON.stringify(named)
    if (whole !== undefined && !isSecret && !isTransient({ problems }))
      keep(cache, whole, {
        image: named,
        distro,
        packages,
        problems,
        ...(projectFiles ? { projectFiles } : {}),
        layers,
        proofs,
        ...(everywhere ? { everywhere } : {}),
        ...(census ? { census } : {}),
      })
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
  /** The bytes are an archive as it is, which is not read whole. */
  readonly isPlain?: boolean
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
          : { by: 'place', text: `file ${place}`, proof: undefined, isPlain: !isCompressed }
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

/**
 * Bytes of a file are hashed before an index is believed that was kept under their digest, unless that was done for this very file. `proved`: a diffID
 * that is to be proved; then only an index is believed for which all digests were computed when it was made.
 */
const fromCache = (
  world: World,
  cache: TypedCache,
  key: Key,
  bytes: LayerBytes,
  proved: Digest | undefined,
  onProgress: (bytes: number) => void,
): LayerIndex | undefined => {
  const index = cache.get<LayerIndex>(key.text)
  if (!index) return undefined
  if (proved !== undefined) {
    const isHashed = index.verified !== undefined && index.diffId?.startsWith(`${algorithmOf(proved)}:`)
    if (!isHashed || bytes.from === 'overlay') return undefined
    if (bytes.from === 'file' && bytes.digest !== undefined && index.verified !== bytes.digest) return undefined
  }
  if (!isProved(world, cache, key)) {
    if (bytes.from !== 'file' || hashRange(world, bytes.range, bytes.digest!) !== bytes.digest) return undefined
    cache.put(key.proof!, true)
  }
  onProgress(sizeOf(bytes))
  return index
}

const remember = (cache: TypedCache, key: Key, index: LayerIndex): void => {
  if (isTransient(index)) return
  if (key.by === 'place') cache.put(key.text, index)
  else if (index.verified !== undefined && key.text === `layer ${index.verified}`) {
    cache.put(key.text, index)
    if (key.proof !== undefined) cache.put(key.proof, true)
  }
}
