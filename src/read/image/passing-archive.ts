/**
 * An archive of images that comes by once. Layers are indexed as they pass: in the form of `docker save` the document that says in which order they lie
 * upon each other is the last one.
 */
import { createHash } from 'node:crypto'
import type { Digest, Problem } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { LayerIndex } from '../../model/layer-index.ts'
import { compressionOf, type Decoder, DecompressError, decoderOf, decompress } from './decompress.ts'
import { documentLimit, ImageError } from './documents.ts'
import type { Wanted } from './image-source.ts'
import { type LayerIndexer, LayerTooLarge } from './layers/indexer.ts'
import { openLayout, type Place, readDocument } from './layout.ts'
import { imagePath } from './paths.ts'
import { type BodySink, TarError, TarWalker } from './tar.ts'

type Linked = ReadonlyMap<string, readonly string[]>

/** All documents of one archive together. */
const documentsLimit = 4 * documentLimit

/**
 * `open` gives the archive from its beginning; it is called a second time when hard links lead to files that had gone by. Rejects with ImageError,
 * DecompressError and with what `open` rejects with.
 */
export const readPassing = async (
  { open, wanted }: { open(): AsyncIterable<Uint8Array>; readonly wanted: Wanted },
  newIndexer: (linked?: Linked) => LayerIndexer,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<{ readonly image: Image; readonly indexes: readonly LayerIndex[] }> => {
  const first = await pass(open(), name => (isLayerName(name) ? newIndexer() : undefined), onProgress)
  const range = (name: string): { path: string; at: number; size: number } | undefined => {
    const real = first.links.get(name) ?? name
    const size = first.documents.get(real)?.length ?? (first.layers.has(real) ? 0 : undefined)
    return size === undefined ? undefined : { path: real, at: 0, size }
  }
  const place: Place = { range, document: name => readDocument(name, range(name), ({ path }) => first.documents.get(path)!) }
  const opened = openLayout(place, wanted)
  if (!opened) throw new ImageError('not-an-image', 'the archive holds neither manifest.json nor index.json')
  const names = opened.layers.map(layer => (layer.from === 'file' ? layer.range.path : undefined))
  const linked = new Map<string, Linked>()
  for (const name of names) {
    const found = name === undefined ? undefined : first.layers.get(name)?.indexer.linked
    if (name !== undefined && found && found.size > 0) linked.set(name, found)
  }
  const second =
    linked.size > 0
      ? await pass(open(), name => (linked.has(name) ? newIndexer(linked.get(name)!) : undefined), onProgress)
      : undefined
  const indexes = opened.layers.map((layer, i): LayerIndex => {
    const name = names[i]
    const found = name === undefined ? undefined : first.layers.get(name)
    if (!found || name === undefined)
      return nothing({
        kind: 'failed',
        code: 'layer-unreadable',
        message: layer.from === 'nowhere' ? layer.reason : 'the archive does not hold the layer',
      })
    if (layer.from === 'file' && layer.digest !== undefined && layer.digest !== found.digest)
      return nothing({
        kind: 'failed',
        code: 'layer-unreadable',
        message: `the bytes have the digest ${found.digest}, and not ${layer.digest}`,
      })
    const index = found.indexer.finish()
    const again = second?.layers.get(name)?.indexer.finish()
    return {
      ...index,
      verified: found.problem ? undefined : found.digest,
      evidence: again ? [...index.evidence, ...again.evidence] : index.evidence,
      problems: [...(found.problem ? [found.problem] : []), ...index.problems, ...(again?.problems ?? [])],
    }
  })
  return { image: opened.image, indexes }
}

const nothing = (problem: Problem): LayerIndex => ({
  verified: undefined,
  files: { paths: [], types: '', sizes: [], modes: [], targets: {}, owners: {}, capabilities: {}, opaque: [] },
  evidence: [],
  problems: [problem],
  size: 0,
})

/** `HEX/layer.tar`, `HEX.tar`, `blobs/sha256/HEX`; documents among the last are told by their first byte. */
const isLayerName = (name: string): boolean => /\.tar(?:\.gz|\.zst)?$|^blobs\/[a-z0-9]+\/[0-9a-f]+$/.test(name)

type PassedLayer = { readonly indexer: LayerIndexer; readonly digest: Digest; readonly problem: Problem | undefined }
type Passed = {
  readonly documents: ReadonlyMap<string, Uint8Array>
  readonly layers: ReadonlyMap<string, PassedLayer>
  readonly links: ReadonlyMap<string, string>
}

const pass = async (
  source: AsyncIterable<Uint8Array>,
  indexerFor: (name: string) => LayerIndexer | undefined,
  onProgress: (bytes: number) => void,
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
      return either(asDocument, () => new PassingLayer(indexer, layer => layers.set(name, layer)))
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
  readonly #hash = createHash('sha256')
  readonly #walker: TarWalker
  #decoder: Decoder | undefined
  #problem: Problem | undefined

  constructor(indexer: LayerIndexer, done: (layer: PassedLayer) => void) {
    this.#indexer = indexer
    this.#done = done
    this.#walker = new TarWalker(indexer)
  }

  write(bytes: Uint8Array): boolean {
    this.#hash.update(bytes)
    this.#try(() => {
      this.#decoder ??= decoderOf(compressionOf(bytes))
      this.#decoder.push(bytes, piece => this.#walker.push(piece))
    })
    return true
  }

  end(): void {
    this.#try(() => {
      this.#decoder?.end(piece => this.#walker.push(piece))
      this.#walker.end()
    })
    this.#decoder?.close()
    this.#done({ indexer: this.#indexer, digest: `sha256:${this.#hash.digest('hex')}`, problem: this.#problem })
  }

  #try(work: () => void): void {
    if (this.#problem) return
    try {
      work()
    } catch (error) {
      if (!(error instanceof TarError || error instanceof DecompressError || error instanceof LayerTooLarge)) throw error
      this.#indexer.drop()
      this.#problem = { kind: 'failed', code: 'layer-broken', message: error.message }
    }
  }
}
