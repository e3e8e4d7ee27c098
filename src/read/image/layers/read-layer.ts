/** The bytes of a layer, wherever they are → its index. */
import { createHash, type Hash } from 'node:crypto'
import type { Digest } from '../../../model/finding.ts'
import type { FileRange, LayerBytes } from '../../../model/image.ts'
import type { LayerIndex, LayerProblem } from '../../../model/layer-index.ts'
import { type World, WorldError } from '../../../model/world.ts'
import type { Cataloger } from '../../cataloger.ts'
import { type Compression, compressionOf, DecompressError, decompress } from '../decompress.ts'
import { openBlob } from '../registry/client.ts'
import { TarError, TarWalker, walkTar } from '../tar.ts'
import { walkFolder } from './folder.ts'
import {
  type Body,
  defaultLayerLimits,
  type IndexerOptions,
  LayerIndexer,
  type LayerLimits,
  LayerTooLarge,
  readSparse,
} from './indexer.ts'
import { walkOverlay } from './overlay.ts'

/** One more with every change of what an index holds, catalogers apart. */
export const indexRevision = 2

export type ReadLayerOptions = {
  readonly catalogers: ReadonlyMap<string, Cataloger>
  readonly limits?: LayerLimits
  /** Called now and then with how many bytes of the source were read since the last call. */
  readonly onProgress?: (bytes: number) => void
} & Reading

/** What is to be read of a layer, and how. Plain data. */
export type Reading = {
  /** Compute digest and diffID over all bytes, also where seeking would be faster. */
  readonly verify?: boolean
  /** What the layer's uncompressed archive should hash to. Only its algorithm matters here: what was found is `diffId` of the index. */
  readonly diffId?: Digest
  /** Nothing but these files: path in the layer → paths under which the finished image has it too. */
  readonly linked?: ReadonlyMap<string, readonly string[]>
}

/** The bytes are not those that their digest names. */
export class DigestMismatch extends Error {
  constructor(expected: Digest, found: Digest) {
    super(`the bytes have the digest ${found}, and not ${expected}`)
    this.name = 'DigestMismatch'
  }
}

/**
 * Walks a layer once (twice when hard links lead to files that a cataloger wants). What is wrong with its bytes becomes a problem of the index, with
 * what was found up to there; bytes that do not have their digest give nothing. Rejects with WorldError when the bytes cannot be had at all.
 */
export const readLayer = async (world: World, bytes: LayerBytes, options: ReadLayerOptions): Promise<LayerIndex> => {
  if (bytes.from === 'nowhere') return unreadableLayer(bytes.reason)
  const limits = options.limits ?? defaultLayerLimits
  const setup: Setup = {
    catalogers: options.catalogers,
    limits,
    scratch: () => world.files.scratch(),
    deadline: world.clock.now() + limits.time,
    now: () => world.clock.now(),
    only: options.linked,
  }
  if (bytes.from === 'folder') return byWalk(setup, indexer => walkFolder(world.files, bytes.path, indexer))
  if (bytes.from === 'overlay') {
    if (!options.verify) return byWalk(setup, indexer => walkOverlay(world.files, bytes, indexer))
    let diffId: Digest | undefined
    const algorithm = algorithmOf(options.diffId)
    return byWalk(
      setup,
      async make => {
        const hash = createHash(algorithm)
        const isWhole = await walkOverlay(world.files, bytes, make, piece => hash.update(piece))
        diffId = isWhole ? (`${algorithm}:${hash.digest('hex')}` as Digest) : undefined
      },
      () => ({ diffId }),
    )
  }
  if (bytes.from === 'registry') {
    const open = (): AsyncIterable<Uint8Array> => openBlob(world, bytes)
    return readStream(world, open, bytes.digest, setup, options, bytes.size)
  }
  const { path, at, size } = bytes.range
  const file = world.files.open(path)
  try {
    if (at + size > file.size) return unreadableLayer('the archive ends in the middle of the layer')
    const head = new Uint8Array(Math.min(size, 8))
    file.read(at, head)
    const compression = compressionOf(head)
    if (compression !== 'none' || options.verify) {
      const open = (): AsyncIterable<Uint8Array> => pieces(file, at, size)
      return await readStream(world, open, bytes.digest, setup, options, size, compression)
    }
    let told = 0
    const tell = (offset: number): void => {
      options.onProgress?.(offset - told)
      told = offset
    }
    const index = await byWalk(setup, indexer => {
      const buffer = new Uint8Array(seekWindow)
      const readAt = (offset: number, length: number): Uint8Array => {
        if (offset - told > toldAtOnce) tell(offset)
        const into = buffer.subarray(0, Math.max(0, Math.min(length, size - offset)))
        return into.subarray(0, file.read(at + offset, into))
      }
      walkTar(readAt, indexer(bodiesIn(file, at, size)), seekWindow)
    })
    tell(size)
    return index
  } finally {
    file.close()
  }
}

/** Most bodies are larger than this, and are skipped; reading more at a time would read most of them too. */
const seekWindow = 2 * 1024

/** Where bodies are looked through, whoever waits wants to know that something happens. Bytes. */
const toldAtOnce = 4 * 1024 * 1024

type Setup = Omit<IndexerOptions, 'bodyOf' | 'linked'> & {
  readonly limits: LayerLimits
  /** Of a walk that is for these alone. */
  readonly only: IndexerOptions['linked'] | undefined
}
type MakeIndexer = (bodyOf?: IndexerOptions['bodyOf']) => LayerIndexer

/** Bodies that lie in an open file. */
const bodiesIn =
  (file: { read(offset: number, into: Uint8Array): number }, at: number, size: number): IndexerOptions['bodyOf'] =>
  (entry, path): Body | undefined => {
    if (entry.bodyAt + entry.stored > size) return undefined
    const stored = (offset: number, length: number): Uint8Array => {
      const into = new Uint8Array(Math.max(0, Math.min(length, entry.stored - offset)))
      return into.subarray(0, file.read(at + entry.bodyAt + offset, into))
    }
    if (entry.sparse)
      return { file: { path, size: entry.size, read: readSparse(stored, entry.sparse, entry.size) }, close: () => undefined }
    const readInto = (offset: number, into: Uint8Array): number =>
      file.read(at + entry.bodyAt + offset, into.subarray(0, Math.max(0, entry.stored - offset)))
    return { file: { path, size: entry.size, read: stored, readInto }, close: () => undefined }
  }

/** Walks by `walk`, a second time for hard links, and turns what is wrong with the bytes into problems. */
const byWalk = async (
  setup: Setup,
  walk: (make: MakeIndexer) => unknown,
  hashed: () => Hashed = () => ({}),
): Promise<LayerIndex> => {
  const { only, ...common } = setup
  let indexer: LayerIndexer | undefined
  const make =
    (linked?: IndexerOptions['linked']): MakeIndexer =>
    bodyOf => {
      indexer = new LayerIndexer({ ...common, ...(bodyOf ? { bodyOf } : {}), ...(linked ? { linked } : {}) })
      return indexer
    }
  const problems: LayerProblem[] = []
  const run = async (linked?: IndexerOptions['linked']): Promise<LayerIndexer> => {
    try {
      await walk(make(linked))
    } catch (error) {
      indexer?.drop()
      const problem = problemOf(error)
      if (!problem) throw error
      problems.push(problem)
    }
    return indexer!
  }
  const first = await run(only)
  const index = first.finish()
  const second = first.linked.size > 0 && problems.length === 0 ? (await run(first.linked)).finish() : undefined
  const { verified, diffId } = problems.length === 0 ? hashed() : {}
  return {
    verified,
    ...(diffId === undefined ? {} : { diffId }),
    files: index.files,
    evidence: second ? [...index.evidence, ...second.evidence] : index.evidence,
    size: index.size,
    problems: [...problems, ...index.problems, ...(second?.problems ?? [])],
  }
}

/** Digests of what was read: of the bytes as they are stored, and of the archive in them. */
type Hashed = { readonly verified?: Digest | undefined; readonly diffId?: Digest | undefined }

const algorithmOf = (digest: Digest | undefined): string => (digest?.startsWith('sha512:') ? 'sha512' : 'sha256')

/** Undefined: not the fault of the bytes. */
export const problemOf = (error: unknown): LayerProblem | undefined => {
  if (error instanceof TarError)
    return { kind: 'failed', code: 'layer-broken', message: `${error.message} (at byte ${error.offset})` }
  if (error instanceof LayerTooLarge || (error instanceof DecompressError && error.code === 'too-large'))
    return { kind: 'failed', code: 'layer-too-large', message: error.message }
  return error instanceof DecompressError ? { kind: 'failed', code: 'layer-broken', message: error.message } : undefined
}

/** The index of a layer that gave nothing. */
export const unreadableLayer = (message: string): LayerIndex => ({
  verified: undefined,
  files: { paths: [], types: '', sizes: [], modes: [], targets: {}, owners: {}, capabilities: {}, opaque: [] },
  evidence: [],
  problems: [{ kind: 'failed', code: 'layer-unreadable', message }],
  size: 0,
})

/** Archives whose diffID is always computed: hashing them takes no time that anybody would notice. Bytes, uncompressed and as they are stored. */
export const smallArchive = { archive: 32 * 1024 * 1024, stored: 8 * 1024 * 1024 }

const readStream = async (
  world: World,
  open: () => AsyncIterable<Uint8Array>,
  digest: Digest | undefined,
  setup: Setup,
  { onProgress, verify, diffId }: ReadLayerOptions,
  size: number,
  known?: Compression,
): Promise<LayerIndex> => {
  let hashed: Hashed = {}
  const archiveLimit = verify ? Infinity : size <= smallArchive.stored ? smallArchive.archive : 0
  try {
    return await byWalk(
      setup,
      async make => {
        const archive = new ArchiveHash(algorithmOf(diffId), archiveLimit)
        const verified = await walkStream(world, open(), digest, setup, make(), archive, onProgress, known)
        hashed = { verified, diffId: archive.digest(verified) }
      },
      () => hashed,
    )
  } catch (error) {
    if (error instanceof DigestMismatch) return unreadableLayer(error.message)
    throw error
  }
}

/** The digest of the archive in a layer's bytes, as long as it has no more than `limit` bytes. */
export class ArchiveHash {
  readonly #algorithm: string
  #left: number
  #hash: Hash | undefined
  /** What is not compressed is hashed already. */
  isPlain = false

  constructor(algorithm: string, limit: number) {
    this.#algorithm = algorithm
    this.#left = limit
  }

  update(bytes: Uint8Array): void {
    if (this.isPlain || this.#left < 0) return
    this.#left -= bytes.length
    if (this.#left < 0) return
    this.#hash ??= createHash(this.#algorithm)
    this.#hash.update(bytes)
  }

  /** `stored`: the digest of the bytes as they are stored. */
  digest(stored: Digest): Digest | undefined {
    if (this.isPlain) return stored.startsWith(`${this.#algorithm}:`) ? stored : undefined
    return this.#hash && this.#left >= 0 ? (`${this.#algorithm}:${this.#hash.digest('hex')}` as Digest) : undefined
  }
}

/** Reads to the end, whatever happens to the archive inside: only then the digest is known. Throws DigestMismatch before anything else. */
const walkStream = async (
  world: World,
  source: AsyncIterable<Uint8Array>,
  digest: Digest | undefined,
  { limits, deadline }: Setup,
  indexer: LayerIndexer,
  archive: ArchiveHash,
  onProgress: ((bytes: number) => void) | undefined,
  known: Compression | undefined,
): Promise<Digest> => {
  const algorithm = algorithmOf(digest)
  const hash = createHash(algorithm)
  const iterator = source[Symbol.asyncIterator]()
  const next = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await iterator.next()
    if (done) return undefined
    hash.update(value)
    onProgress?.(value.length)
    if (world.clock.now() > deadline) throw new LayerTooLarge(`the layer takes longer than ${limits.time / 1000} s`)
    return value
  }
  let failure: unknown
  try {
    const first = await next()
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for (let bytes = first; bytes; bytes = await next()) yield bytes
    }
    const walker = new TarWalker(indexer)
    const compression = known ?? compressionOf(first ?? new Uint8Array(0))
    archive.isPlain = compression === 'none'
    try {
      await decompress(
        compression,
        counted(),
        bytes => {
          archive.update(bytes)
          walker.push(bytes)
        },
        limits.bytes * 2,
      )
      walker.end()
    } catch (error) {
      if (!problemOf(error)) throw error
      failure = error
    }
    if (!(failure instanceof LayerTooLarge)) while (await next());
  } finally {
    await iterator.return?.()
  }
  if (!(failure instanceof LayerTooLarge)) {
    const found = `${algorithm}:${hash.digest('hex')}` as Digest
    if (digest !== undefined && found !== digest) throw new DigestMismatch(digest, found)
    if (failure === undefined) return found
  }
  throw failure
}

/** A part of a file, in pieces that stay valid only until the next one is asked for. */
async function* pieces(
  file: { read(offset: number, into: Uint8Array): number },
  at: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(size, 512 * 1024))
  for (let done = 0; done < size; ) {
    const count = file.read(at + done, buffer.subarray(0, Math.min(buffer.length, size - done)))
    if (count === 0) throw new WorldError('failed', 'the archive became shorter while it was read')
    yield buffer.subarray(0, count)
    done += count
  }
}

/** The digest of a part of a file, by the algorithm of `like`. Throws WorldError. */
export const hashRange = (world: World, { path, at, size }: FileRange, like: Digest): Digest => {
  const [algorithm = ''] = like.split(':')
  const hash = createHash(algorithm)
  const file = world.files.open(path)
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(size, 1024 * 1024))
    for (let done = 0; done < size; ) {
      const count = file.read(at + done, buffer.subarray(0, Math.min(buffer.length, size - done)))
      if (count === 0) break
      hash.update(buffer.subarray(0, count))
      done += count
    }
  } finally {
    file.close()
  }
  return `${algorithm}:${hash.digest('hex')}` as Digest
}
