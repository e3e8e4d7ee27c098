/**
 * Compressed layers → bytes: gzip (RFC 1952, several members too), zstd (RFC 8878) and plain. Node's zlib streams allocate a buffer for every
 * piece of output; its inner handle writes into one buffer of ours, which is 1.5 times as fast. The handle is no public interface, so it is tried
 * once on a sample, and the streams do the work where it does not behave.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'

export type Compression = 'gzip' | 'zstd' | 'none'

/** The compressed bytes are broken (`corrupt`), end too early (`truncated`), or give more than was allowed (`too-large`). */
export class DecompressError extends Error {
  readonly code: 'corrupt' | 'truncated' | 'too-large'
  constructor(code: DecompressError['code'], message: string) {
    super(message)
    this.name = 'DecompressError'
    this.code = code
  }
}

/** What the first bytes of a file say: gzip begins with 1f 8b, zstd with 28 b5 2f fd or a skippable frame (5x 2a 4d 18). */
export const compressionOf = (head: Uint8Array): Compression => {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  if ((head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd'
  return 'none'
}

/**
 * Hands the decompressed bytes to `write` in pieces that are only lent. Rejects with DecompressError; also when there are more than `limit` bytes.
 * What `write` throws ends the work and is thrown on.
 */
export const decompress = async (
  compression: Compression,
  source: AsyncIterable<Uint8Array>,
  write: (bytes: Uint8Array) => void,
  limit = Infinity,
): Promise<void> => {
  let total = 0
  const count = (bytes: Uint8Array): void => {
    total += bytes.length
    if (total > limit) throw new DecompressError('too-large', `the decompressed bytes are more than ${limit}`)
    write(bytes)
  }
  if (compression === 'none') {
    for await (const bytes of source) count(bytes)
    return
  }
  const inner = innerDecoder(compression)
  if (!inner) return byStream(compression, source, count)
  try {
    for await (const bytes of source) inner.push(bytes, count)
    inner.end(count)
  } finally {
    inner.close()
  }
}

/** Bytes of output at a time: as much as stays in the second cache of a core. */
const outputSize = 256 * 1024

/** The part of Node's internal `Zlib` and `ZstdDecompress` handles that is used: lib/zlib.js, src/node_zlib.cc. */
type Handle = {
  writeSync(
    flush: number,
    input: Uint8Array | null,
    at: number,
    length: number,
    output: Uint8Array,
    outAt: number,
    outLength: number,
  ): void
  onerror: (message: string, errno: number, code: string) => void
  close(): void
}
type Inner = { readonly _handle?: Handle; readonly _writeState?: Uint32Array }

/** Takes compressed bytes and hands on what comes out, at once. Throws DecompressError. `close` must be called. */
export type Decoder = {
  push(bytes: Uint8Array, write: (bytes: Uint8Array) => void): void
  end(write: (bytes: Uint8Array) => void): void
  close(): void
}

const { Z_NO_FLUSH, Z_FINISH, ZSTD_e_continue, ZSTD_e_end } = zlib.constants

const openInner = (compression: 'gzip' | 'zstd'): Decoder | undefined => {
  const stream =
    compression === 'gzip' ? zlib.createGunzip({ chunkSize: outputSize }) : zlib.createZstdDecompress({ chunkSize: outputSize })
  const { _handle: handle, _writeState: state } = stream as unknown as Inner
  if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array)) {
    stream.destroy()
    return undefined
  }
  const [going, ending] = compression === 'gzip' ? [Z_NO_FLUSH, Z_FINISH] : [ZSTD_e_continue, ZSTD_e_end]
  const output = new Uint8Array(outputSize)
  let failure: { readonly message: string; readonly code: string } | undefined
  handle.onerror = (message, _, code) => {
    failure = { message, code }
  }
  const run = (flush: number, bytes: Uint8Array, write: (bytes: Uint8Array) => void): void => {
    let at = 0
    for (;;) {
      const left = bytes.length - at
      handle.writeSync(flush, bytes, at, left, output, 0, outputSize)
      if (failure) {
        const isShort = failure.code === 'Z_BUF_ERROR'
        throw new DecompressError(
          isShort ? 'truncated' : 'corrupt',
          `the ${compression} data ${isShort ? 'end too early' : `are broken: ${failure.message}`}`,
        )
      }
      // The handle says how much room and how much input it has left.
      const [room = 0, unread = 0] = state
      if (room < outputSize) write(output.subarray(0, outputSize - room))
      const taken = left - unread
      at += taken
      // At the end of a zstd frame input is left although there is room: the next call begins the next frame. Padding behind gzip is never taken.
      if (room > 0 && (unread === 0 || taken === 0)) return
    }
  }
  return {
    push: (bytes, write) => run(going, bytes, write),
    end: write => run(ending, new Uint8Array(0), write),
    close: () => stream.destroy(),
  }
}

/** For bytes that cannot be waited for. Throws DecompressError where this version of Node.js has no way to do it. */
export const decoderOf = (compression: Compression): Decoder => {
  if (compression === 'none') return { push: (bytes, write) => write(bytes), end: () => undefined, close: () => undefined }
  const decoder = innerDecoder(compression)
  if (!decoder)
    throw new DecompressError('corrupt', `this version of Node.js cannot read ${compression} data inside of an archive`)
  return decoder
}

const behaves = new Map<string, boolean>()

/** Undefined where the inner handle is missing or does something else than the public functions. */
const innerDecoder = (compression: 'gzip' | 'zstd'): Decoder | undefined => {
  let works = behaves.get(compression)
  if (works === undefined) {
    works = trial(compression)
    behaves.set(compression, works)
  }
  return works ? openInner(compression) : undefined
}

/** Two members, cut in the middle, and an end that comes too early: the answers must be those of the public interface. */
const trial = (compression: 'gzip' | 'zstd'): boolean => {
  const compress = compression === 'gzip' ? zlib.gzipSync : zlib.zstdCompressSync
  const text = 'bulkhead '.repeat(100)
  const sample = Buffer.concat([compress(text), compress(text)])
  const read = (bytes: Uint8Array): string | undefined => {
    const decoder = openInner(compression)
    if (!decoder) return undefined
    let found = ''
    const write = (piece: Uint8Array): void => {
      found += Buffer.from(piece).toString('latin1')
    }
    try {
      for (let at = 0; at < bytes.length; at += 7) decoder.push(bytes.subarray(at, at + 7), write)
      decoder.end(write)
      return found
    } catch (error) {
      if (error instanceof DecompressError) return error.code
      throw error
    } finally {
      decoder.close()
    }
  }
  return read(sample) === text + text && read(sample.subarray(0, sample.length - 9)) === 'truncated'
}

/** By the public streams. They stop at the end of the first zstd frame: where more follow, this rejects rather than leave them out. */
export const byStream = async (
  compression: 'gzip' | 'zstd',
  source: AsyncIterable<Uint8Array>,
  write: (bytes: Uint8Array) => void,
): Promise<void> => {
  const options = { chunkSize: 1024 * 1024 }
  const stream = compression === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options)
  let given = 0
  const several = (): DecompressError =>
    new DecompressError('corrupt', 'the zstd data have several frames, which this version of Node.js does not read')
  try {
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const bytes of source) {
        given += bytes.length
        yield bytes
      }
    }
    await pipeline(Readable.from(counted()), stream, async pieces => {
      for await (const piece of pieces) write(piece as Uint8Array)
    })
    if (compression === 'zstd' && stream.bytesWritten < given) throw several()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (compression === 'zstd' && code === 'ERR_STREAM_PREMATURE_CLOSE') throw several()
    if (error instanceof DecompressError || code === undefined || !/^(?:Z_|ZSTD_)/.test(code)) throw error
    const isShort = code === 'Z_BUF_ERROR'
    throw new DecompressError(
      isShort ? 'truncated' : 'corrupt',
      `the ${compression} data ${isShort ? 'end too early' : `are broken: ${message}`}`,
    )
  }
}
