/**
 * A layer in the storage of Docker's overlay2 driver. Docker keeps the headers of the layer's archive, whiteouts and extended attributes included, as
 * tar-split (https://github.com/vbatts/tar-split): lines of JSON, gzip-compressed. Only the bodies are in the folder.
 */
import type { LayerBytes } from '../../../model/image.ts'
import type { Files } from '../../../model/world.ts'
import { DecompressError, decompress } from '../decompress.ts'
import { imagePath } from '../paths.ts'
import { TarWalker } from '../tar.ts'
import { openIn } from './folder.ts'
import type { IndexerOptions, LayerIndexer } from './indexer.ts'

/**
 * `type` 2: `payload` holds archive bytes; 1: so many bytes of the file `name` follow in the archive (`name_raw`, in base64, where that is not UTF-8).
 * https://github.com/vbatts/tar-split/blob/main/tar/storage/entry.go
 */
type Line = {
  readonly type?: number
  readonly payload?: string | null
  readonly size?: number
  readonly name?: string
  readonly name_raw?: string
}

const archiveBytes = '{"type":2,"payload":"'
const lineLimit = 16 * 1024 * 1024

/** `hash` gets the archive as it was, bodies included. False: a body could not be read, and what `hash` got is not the archive. */
export const walkOverlay = async (
  files: Files,
  { headers, folder }: Extract<LayerBytes, { from: 'overlay' }>,
  makeIndexer: (bodyOf: NonNullable<IndexerOptions['bodyOf']>) => LayerIndexer,
  hash?: (bytes: Uint8Array) => void,
): Promise<boolean> => {
  const known = new Set<string>()
  const indexer = makeIndexer((_, path) => openIn(files, folder, path, known))
  const walker = new TarWalker(indexer)
  let isWhole = hash !== undefined
  const archive = (bytes: Uint8Array): void => {
    if (isWhole) hash!(bytes)
    walker.push(bytes)
  }
  const hashBody = ({ name = '', name_raw: raw }: Line, size: number): void => {
    const path = imagePath(raw === undefined ? name : Buffer.from(raw, 'base64').toString('latin1'))
    const body = openIn(files, folder, path, known)
    let at = 0
    try {
      while (body && at < size) {
        indexer.tick()
        const bytes = body.file.read(at, Math.min(1024 * 1024, size - at))
        if (bytes.length === 0) break
        hash!(bytes)
        at += bytes.length
      }
    } finally {
      body?.close()
    }
    isWhole = at === size
  }
  const file = files.open(headers)
  try {
    let rest = ''
    const line = (text: string): void => {
      if (text === '') return
      // Half of all lines, and by far the longest: taken without JSON, as Docker writes them.
      if (text.startsWith(archiveBytes)) {
        const end = text.indexOf('"', archiveBytes.length)
        if (end !== -1 && !text.slice(archiveBytes.length, end).includes('\\')) {
          archive(Buffer.from(text.slice(archiveBytes.length, end), 'base64'))
          return
        }
      }
      const found = parse(text)
      const { type, payload, size } = found
      if (type === 2) archive(Buffer.from(payload ?? '', 'base64'))
      else if (type === 1 && size !== undefined && size > 0) {
        if (isWhole) hashBody(found, size)
        walker.skip(size)
      }
    }
    const decoder = new TextDecoder()
    await decompress('gzip', pieces(file), bytes => {
      rest += decoder.decode(bytes, { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop()!
      if (rest.length > lineLimit) throw new DecompressError('too-large', 'a line of the tar-split file is too long')
      for (const text of lines) line(text)
    })
    line(rest)
    walker.end()
    return isWhole
  } finally {
    file.close()
  }
}

const parse = (text: string): Line => {
  try {
    return JSON.parse(text) as Line
  } catch {
    throw new DecompressError('corrupt', 'the tar-split file has a line that is no JSON')
  }
}

async function* pieces(file: {
  readonly size: number
  read(offset: number, into: Uint8Array): number
}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; ) {
    const bytes = new Uint8Array(Math.min(256 * 1024, file.size - at))
    const count = file.read(at, bytes)
    if (count === 0) return
    yield bytes.subarray(0, count)
    at += count
  }
}
