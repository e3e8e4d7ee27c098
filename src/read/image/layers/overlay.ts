/**
 * A layer in the storage of Docker's overlay2 driver. Docker keeps the headers of the layer's archive, whiteouts and extended attributes included, as
 * tar-split (https://github.com/vbatts/tar-split): lines of JSON, gzip-compressed. Only the bodies are in the folder.
 */
import type { LayerBytes } from '../../../model/image.ts'
import type { Files } from '../../../model/world.ts'
import { DecompressError, decompress } from '../decompress.ts'
import { TarWalker } from '../tar.ts'
import { openIn } from './folder.ts'
import type { IndexerOptions, LayerIndexer } from './indexer.ts'

/** `type` 2: `payload` holds archive bytes; 1: so many bytes of the file `name` follow in the archive. */
type Line = { readonly type?: number; readonly payload?: string | null; readonly size?: number }

const archiveBytes = '{"type":2,"payload":"'
const lineLimit = 16 * 1024 * 1024

export const walkOverlay = async (
  files: Files,
  { headers, folder }: Extract<LayerBytes, { from: 'overlay' }>,
  makeIndexer: (bodyOf: NonNullable<IndexerOptions['bodyOf']>) => LayerIndexer,
): Promise<void> => {
  const known = new Set<string>()
  const walker = new TarWalker(makeIndexer((_, path) => openIn(files, folder, path, known)))
  const file = files.open(headers)
  try {
    let rest = ''
    const line = (text: string): void => {
      if (text === '') return
      // Half of all lines, and by far the longest: taken without JSON, as Docker writes them.
      if (text.startsWith(archiveBytes)) {
        const end = text.indexOf('"', archiveBytes.length)
        if (end !== -1 && !text.slice(archiveBytes.length, end).includes('\\')) {
          walker.push(Buffer.from(text.slice(archiveBytes.length, end), 'base64'))
          return
        }
      }
      const { type, payload, size } = parse(text)
      if (type === 2) walker.push(Buffer.from(payload ?? '', 'base64'))
      else if (type === 1 && size !== undefined && size > 0) walker.skip(size)
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
