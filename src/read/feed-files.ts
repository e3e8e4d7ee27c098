/** What was downloaded → the files in it: ZIP and tar archives, compressed by gzip or zstd or not at all. Told by their bytes, not by their names. */
import type { OpenFile } from '../model/world.ts'
import { Unreadable } from './cataloger.ts'
import type { FeedFile } from './feed.ts'
import { type Compression, compressionOf, DecompressError, decoderOf } from './image/decompress.ts'
import { TarError, TarWalker } from './image/tar.ts'
import { readEntry, readZip } from './zip.ts'

/** The largest file of a real feed is Debian's, with 70 MB; the one with the most files is OSV's export of npm, with a quarter of a million. */
const fileLimit = 512 * 1024 * 1024
const filesLimit = 2_000_000
/** Records are repetitive texts: real archives are up to 40 times as large when they are unpacked. */
const bombRatio = 250
const bombFrom = 64 * 1024 * 1024

/**
 * The files of `file` one after the other, those whose path does not match `members` left out. Bytes are only lent until the next one. Throws Unreadable when
 * it is broken, is cut off, or unpacks to far more than any feed does. `hasStub`: a ZIP archive with a program in front of it.
 */
export function* feedFiles(file: OpenFile, name: string, members?: RegExp, hasStub = false): Generator<FeedFile> {
  const head = new Uint8Array(512)
  const filled = head.subarray(0, file.read(0, head))
  const wanted = (path: string): boolean => members === undefined || members.test(path)
  let total = 0
  const count = (bytes: number): void => {
    total += bytes
    if (total > bombFrom && total > file.size * bombRatio)
      throw new Unreadable(`${name} unpacks to more than ${bombRatio} times its size`)
  }
  if (hasStub || (filled[0] === 0x50 && filled[1] === 0x4b && (filled[2] === 3 || filled[2] === 5)))
    yield* zipFiles(file, wanted, count)
  else {
    const compression = compressionOf(filled)
    const isTar = tarMagic(compression === 'none' ? filled : firstBytes(file, compression, name))
    if (isTar) yield* tarFiles(file, compression, name, wanted, count)
    else
      yield {
        name: compression === 'none' ? name : name.replace(/\.(?:gz|zst)$/, ''),
        bytes: whole(file, compression, name, count),
      }
  }
}

function* zipFiles(file: OpenFile, wanted: (path: string) => boolean, count: (bytes: number) => void): Generator<FeedFile> {
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, file.read(offset, bytes))
  }
  for (const entry of readZip(read, file.size, filesLimit)) {
    if (entry.name.endsWith('/') || !wanted(entry.name)) continue
    count(entry.size)
    yield { name: entry.name, bytes: readEntry(read, entry, fileLimit) }
  }
}

/** `ustar` at 257: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
const tarMagic = (head: Uint8Array): boolean => new TextDecoder('latin1').decode(head.subarray(257, 262)) === 'ustar'

const step = 256 * 1024

function* pieces(file: OpenFile, compression: Compression, name: string): Generator<Uint8Array> {
  const decoder = decoderOf(compression)
  const input = new Uint8Array(step)
  const ready: Uint8Array[] = []
  const keep = (bytes: Uint8Array): void => {
    ready.push(new Uint8Array(bytes))
  }
  try {
    for (let at = 0; at < file.size; ) {
      const read = file.read(at, input)
      if (read === 0) break
      at += read
      decoder.push(input.subarray(0, read), keep)
      yield* ready.splice(0)
    }
    decoder.end(keep)
    yield* ready
  } catch (error) {
    if (error instanceof DecompressError) throw new Unreadable(`${name} is broken: ${error.message}`, error)
    throw error
  } finally {
    decoder.close()
  }
}

const firstBytes = (file: OpenFile, compression: Compression, name: string): Uint8Array => {
  for (const piece of pieces(file, compression, name)) if (piece.length >= 262) return piece
  return new Uint8Array(0)
}

const whole = (file: OpenFile, compression: Compression, name: string, count: (bytes: number) => void): Uint8Array => {
  const parts: Uint8Array[] = []
  let size = 0
  for (const piece of pieces(file, compression, name)) {
    size += piece.length
    count(piece.length)
    if (size > fileLimit) throw new Unreadable(`${name} has more than ${fileLimit} bytes`)
    parts.push(piece)
  }
  return Buffer.concat(parts)
}

function* tarFiles(
  file: OpenFile,
  compression: Compression,
  name: string,
  wanted: (path: string) => boolean,
  count: (bytes: number) => void,
): Generator<FeedFile> {
  const ready: FeedFile[] = []
  let files = 0
  const walker = new TarWalker({
    entry(entry) {
      if (++files > filesLimit) throw new Unreadable(`${name} has more than ${filesLimit} files`)
      if (entry.type !== 'file' || entry.sparse || !wanted(entry.path)) return undefined
      if (entry.size > fileLimit) throw new Unreadable(`${entry.path} in ${name} has more than ${fileLimit} bytes`)
      const parts: Uint8Array[] = []
      return {
        write(bytes) {
          parts.push(new Uint8Array(bytes))
          return true
        },
        end: () => ready.push({ name: entry.path, bytes: Buffer.concat(parts) }),
      }
    },
  })
  try {
    for (const piece of pieces(file, compression, name)) {
      count(piece.length)
      walker.push(piece)
      yield* ready.splice(0)
    }
    walker.end()
    yield* ready
  } catch (error) {
    if (error instanceof TarError) throw new Unreadable(`${name} is broken: ${error.message}`, error)
    throw error
  }
}
