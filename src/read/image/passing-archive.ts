/**
 * An archive of images that comes by once. Layers are indexed as they pass: in the form of `docker save` the document that says in which order they lie
 * upon each other is the last one.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Digest, Problem } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { LayerIndex } from '../../model/layer-index.ts'
import { compressionOf, type Decoder, DecompressError, decoderOf, decompress } from './decompress.ts'
import { documentLimit, ImageError } from './documents.ts'
import type { Wanted } from './image-source.ts'
import { defaultLayerLimits, type LayerIndexer, LayerTooLarge } from './layers/indexer.ts'
import { ArchiveHash, problemOf, smallArchive, unreadableLayer } from './layers/read-layer.ts'
import { noImageHint, openLayout, type Place, readDocument } from './layout.ts'
import { imagePath } from './paths.ts'
import { type BodySink, TarError, TarWalker } from './tar.ts'

type Linked = ReadonlyMap<string, readonly string[]>

/** All documents of one archive together. */
const documentsLimit = 4 * documentLimit

/** Layers of one archive, those that the image does not name among them. */
const layersLimit = 100_000

export type PassingRead = {
  readonly image: Image
  readonly indexes: readonly LayerIndex[]
  /** Goes through the archive once more, for files of layers (by their number): the index of each such layer, of these files alone. */
  again(linked: ReadonlyMap<number, Linked>): Promise<ReadonlyMap<number, LayerIndex>>
}

/**
 * `open` gives the archive from its beginning; it is called a second time when hard links lead to files that had gone by. `verify`: hash the archive in
 * every layer, however large. Rejects with ImageError, DecompressError and with what `open` rejects with.
 */
export const readPassing = async (
  { open, wanted }: { open(): AsyncIterable<Uint8Array>; readonly wanted: Wanted },
  newIndexer: (linked?: Linked) => LayerIndexer,
  onProgress: (bytes: number) => void = () => undefined,
  verify = false,
): Promise<PassingRead> => {
  const first = await pass(open(), name => (isLayerName(name) ? newIndexer() : undefined), onProgress, verify)
  const range = (name: string): { path: string; at: number; size: number } | undefined => {
    const real = first.links.get(name) ?? name
    const size = first.documents.get(real)?.length ?? (first.layers.has(real) ? 0 : undefined)
    return size === undefined ? undefined : { path: real, at: 0, size }
  }
  const place: Place = { range, document: name => readDocument(name, range(name), ({ path }) => first.documents.get(path)!) }
  const opened = openLayout(place, wanted)
  if (!opened) throw new ImageError('not-an-image', 'the archive holds neither manifest.json nor index.json', noImageHint)
  const names = opened.layers.map(layer => (layer.from === 'file' ? layer.range.path : undefined))
  const linked = new Map<string, Linked>()
  for (const name of names) {
    const found = name === undefined ? undefined : first.layers.get(name)?.indexer.linked
    if (name !== undefined && found && found.size > 0) linked.set(name, found)
  }
  const second =
    linked.size > 0
      ? await pass(open(), name => (linked.has(name) ? newIndexer(linked.get(name)!) : undefined), onProgress, verify)
      : undefined
  /** What a later pass found belongs to the first one only when its bytes are the same. */
  const later = (name: string, { layers }: Passed): Omit<LayerIndex, 'verified'> => {
    const [before, now] = [first.layers.get(name), layers.get(name)]
    if (!now || now.digest !== before?.digest) return unreadableLayer('the archive changed while it was read')
    const index = now.indexer.finish()
    return now.problem ? { ...index, problems: [now.problem, ...index.problems] } : index
  }
  // One name is one index, however often the image has the layer.
  const byName = new Map<string, LayerIndex>()
  const indexes = opened.layers.map((layer, i): LayerIndex => {
    const name = names[i]
    const found = name === undefined ? undefined : first.layers.get(name)
    if (!found || name === undefined)
      return unreadableLayer(layer.from === 'nowhere' ? layer.reason : 'the archive does not hold the layer')
    if (layer.from === 'file' && layer.digest !== undefined && layer.digest !== found.digest)
      return unreadableLayer(`the bytes have the digest ${found.digest}, and not ${layer.digest}`)
    const known = byName.get(name)
    if (known) return known
    const index = found.indexer.finish()
    const again = second && linked.has(name) ? later(name, second) : undefined
    const whole: LayerIndex = {
      ...index,
      verified: found.problem ? undefined : found.digest,
      ...(found.problem || found.diffId === undefined ? {} : { diffId: found.diffId }),
      evidence: again ? [...index.evidence, ...again.evidence] : index.evidence,
      problems: [...(found.problem ? [found.problem] : []), ...index.problems, ...(again?.problems ?? [])],
    }
    byName.set(name, whole)
    return whole
  })
  return {
    image: opened.image,
    indexes,
    async again(wantedFiles) {
      const byLayer = new Map(
        [...wantedFiles].flatMap(([layer, files]) => (names[layer] === undefined ? [] : [[names[layer], files]])),
      )
      const third = await pass(
        open(),
        name => (byLayer.has(name) ? newIndexer(byLayer.get(name)!) : undefined),
        onProgress,
        false,
      )
      return new Map(
        [...wantedFiles.keys()].flatMap(layer => {
          const name = names[layer]
          return name === undefined ? [] : [[layer, { ...later(name, third), verified: undefined }] as const]
        }),
      )
    },
  }
}

/** `HEX/layer.tar`, `HEX.tar`, `blobs/sha256/HEX`; documents among the last are told by their first byte. */
const isLayerName = (name: string): boolean => /\.tar(?:\.gz|\.zst)?$|^blobs\/[a-z0-9]+\/[0-9a-f]+$/.test(name)

type PassedLayer = {
  readonly indexer: LayerIndexer
  readonly digest: Digest
  readonly diffId: Digest | undefined
  readonly problem: Problem | undefined
}
type Passed = {
  readonly documents: ReadonlyMap<string, Uint8Array>
  readonly layers: ReadonlyMap<string, PassedLayer>
  readonly links: ReadonlyMap<string, string>
}

const pass = async (
  source: AsyncIterable<Uint8Array>,
  indexerFor: (name: string) => LayerIndexer | undefined,
  onProgress: (bytes: number) => void,
  verify: boolean,
): Promise<Passed> => {
  const documents = new Map<string, Uint8Array>()
  const layers = new Map<string, PassedLayer>()
  const links = new Map<string, string>()
  let held = 0
  const walker = new TarWalker({
    entry(entry) {
      const name = imagePath(entry.path)
      if (entry.type === 'symlink') links.set(name, imagePath(`${name}/../${entry.linkTarget}`))
      else if (entry.type === 'hard-link') links.set(name, imagePath(entry.linkTarget))
      if (entry.type !== 'file' || entry.sparse) return undefined
      const asDocument = (): BodySink | undefined => {
        if (entry.size > documentLimit) return undefined
        held += entry.size
        if (held > documentsLimit) throw new ImageError('not-an-image', 'the archive has too many documents for one of images')
        return keep(bytes => documents.set(name, bytes))
      }
      if (/\.json$/.test(name)) return asDocument()
      const indexer = indexerFor(name)
      if (!indexer) return undefined
      if (layers.size >= layersLimit) throw new ImageError('not-an-image', 'the archive has too many files for one of images')
      const algorithm = /(?:^|\/)sha512\//.test(name) ? 'sha512' : 'sha256'
      const archiveLimit = verify ? Infinity : entry.size <= smallArchive.stored ? smallArchive.archive : 0
      return either(asDocument, () => new PassingLayer(indexer, algorithm, archiveLimit, layer => layers.set(name, layer)))
    },
  })
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      onProgress(bytes.length)
      yield bytes
    }
  }
  const iterator = counted()[Symbol.asyncIterator]()
  const first = await iterator.next()
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    if (!first.done) yield first.value
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  try {
    await decompress(compressionOf(first.done ? new Uint8Array(0) : first.value), rest(), bytes => walker.push(bytes))
    walker.end()
  } catch (error) {
    if (error instanceof TarError)
      throw documents.size + layers.size === 0
        ? new ImageError(
            'not-an-image',
            'it is no archive of images',
            'bulkhead reads what docker save, skopeo and buildah write',
          )
        : new ImageError('broken-document', `the archive is broken: ${error.message} (at byte ${error.offset})`)
    if (error instanceof DecompressError) throw new ImageError('broken-document', `the archive is broken: ${error.message}`)
    throw error
  } finally {
    await iterator.return(undefined)
  }
  return { documents, layers, links }
}

const keep = (use: (bytes: Uint8Array) => void): BodySink => {
  const pieces: Uint8Array[] = []
  return {
    write(bytes) {
      pieces.push(new Uint8Array(bytes))
      return true
    },
    end: () => use(Buffer.concat(pieces)),
  }
}

/** By the first byte: JSON documents begin with a brace (or blanks), layers never do. */
const either = (asDocument: () => BodySink | undefined, asLayer: () => BodySink): BodySink => {
  let sink: BodySink | undefined
  return {
    write(bytes) {
      if (!sink) {
        sink = bytes[0] === 0x7b || bytes[0] === 0x20 || bytes[0] === 0x0a ? asDocument() : asLayer()
        if (!sink) return false
      }
      return sink.write(bytes)
    },
    end: () => sink?.end(),
  }
}

/** Inflates and walks what comes by. Hashes all of it, also behind what is broken. */
class PassingLayer implements BodySink {
  readonly #indexer: LayerIndexer
  readonly #done: (layer: PassedLayer) => void
  readonly #algorithm: string
  readonly #hash: Hash
  readonly #archive: ArchiveHash
  readonly #walker: TarWalker
  #bytes = 0
  #decoder: Decoder | undefined
  #problem: Problem | undefined

  constructor(indexer: LayerIndexer, algorithm: string, archiveLimit: number, done: (layer: PassedLayer) => void) {
    this.#indexer = indexer
    this.#algorithm = algorithm
    this.#hash = createHash(algorithm)
    this.#archive = new ArchiveHash('sha256', archiveLimit)
    this.#done = done
    this.#walker = new TarWalker(indexer)
  }

  write(bytes: Uint8Array): boolean {
    this.#hash.update(bytes)
    this.#try(() => {
      this.#indexer.tick()
      if (!this.#decoder) {
        const compression = compressionOf(bytes)
        this.#archive.isPlain = compression === 'none'
        this.#decoder = decoderOf(compression)
      }
      this.#decoder.push(bytes, piece => this.#walk(piece))
    })
    return true
  }

  end(): void {
    this.#try(() => {
      this.#decoder?.end(piece => this.#walk(piece))
      this.#walker.end()
    })
    this.#decoder?.close()
    const digest = `${this.#algorithm}:${this.#hash.digest('hex')}` as Digest
    this.#done({ indexer: this.#indexer, digest, diffId: this.#archive.digest(digest), problem: this.#problem })
  }

  #walk(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    if (this.#bytes > 2 * defaultLayerLimits.bytes) throw new LayerTooLarge('the layer has too many bytes')
    this.#archive.update(bytes)
    this.#walker.push(bytes)
  }

  #try(work: () => void): void {
    if (this.#problem) return
    try {
      work()
    } catch (error) {
      const problem = problemOf(error)
      if (!problem) throw error
      this.#indexer.drop()
      this.#problem = problem
    }
  }
}
