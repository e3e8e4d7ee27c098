/** Images in one file: what `docker save`, `podman save`, skopeo, buildah and BuildKit write, also compressed as a whole. */
import type { FileRange } from '../../../model/image.ts'
import { type OpenFile, type World, WorldError } from '../../../model/world.ts'
import { compressionOf } from '../decompress.ts'
import { ImageError } from '../documents.ts'
import type { ImageSource, Opened } from '../image-source.ts'
import { noImageHint, openLayout, type Place, readDocument } from '../layout.ts'
import { imagePath } from '../paths.ts'
import { TarError, walkTar } from '../tar.ts'

const source: ImageSource = {
  prefix: 'archive',
  where: 'file',
  async open(world, reference, { platform, host }) {
    const found = await split(world, reference)
    if (!found) return undefined
    const { name } = found
    // One name for one file: what is remembered of it is kept under its path too.
    const path = await world.files.real(found.path)
    const wanted = { name, platform, host }
    const file = world.files.open(path)
    try {
      const head = new Uint8Array(8)
      const compression = compressionOf(head.subarray(0, file.read(0, head)))
      // An SBOM in JSON, which another source reads: no archive begins like that.
      if (/^\s*[{[]/.test(new TextDecoder('latin1').decode(head))) return undefined
      if (compression !== 'none') {
        const open = (): AsyncIterable<Uint8Array> => pieces(world, path)
        return { kind: 'passing', open, wanted, size: file.size, identity: `${path} ${file.identity}` }
      }
      return openArchive(file, path, wanted)
    } finally {
      file.close()
    }
  },
}

export default source

/** `file.tar`, `file.tar:name:tag`, `file.tar@sha256:…`: the longest beginning that is a file. */
const split = async (
  world: World,
  reference: string,
): Promise<{ readonly path: string; readonly name: string | undefined } | undefined> => {
  for (
    let end = reference.length;
    end > 0;
    end = Math.max(reference.lastIndexOf(':', end - 1), reference.lastIndexOf('@', end - 1))
  ) {
    const path = reference.slice(0, end)
    const found = await world.files.stat(path)
    if (found?.type !== 'file') continue
    const rest = reference.slice(end + 1)
    const at = reference[end] === '@' && /^\d+$/.test(rest) ? '@' : ''
    return { path, name: rest === '' ? undefined : at + rest }
  }
  return undefined
}

/** Files in an archive of images: a hundred layers give a thousand. */
const entryLimit = 200_000

const openArchive = (file: OpenFile, path: string, wanted: Parameters<typeof openLayout>[1]): Opened => {
  const ranges = new Map<string, FileRange>()
  const links = new Map<string, string>()
  const read = (range: { readonly at: number; readonly size: number }): Uint8Array => {
    const bytes = new Uint8Array(Math.max(0, Math.min(range.size, file.size - range.at)))
    return bytes.subarray(0, file.read(range.at, bytes))
  }
  try {
    walkTar(
      (at, size) => read({ at, size }),
      {
        entry(entry) {
          const name = imagePath(entry.path)
          if (ranges.size + links.size > entryLimit)
            throw new ImageError('not-an-image', 'the archive has too many files for one of images')
          if (entry.type === 'file' && !entry.sparse) ranges.set(name, { path, at: entry.bodyAt, size: entry.stored })
          else if (entry.type === 'symlink') links.set(name, imagePath(`${name}/../${entry.linkTarget}`))
          else if (entry.type === 'hard-link') links.set(name, imagePath(entry.linkTarget))
          return undefined
        },
      },
      4096,
    )
  } catch (error) {
    if (!(error instanceof TarError)) throw error
    // The documents of `docker save` come last: without the end there is nothing to go on with.
    throw ranges.size === 0 && error.offset < 512
      ? new ImageError(
          'not-an-image',
          `${path} is no archive of images`,
          'bulkhead reads what docker save, skopeo and buildah write',
        )
      : new ImageError('broken-document', `${path} is broken: ${error.message} (at byte ${error.offset})`)
  }
  // `docker save` of old writes a layer that is there twice as a link.
  const range = (name: string): FileRange | undefined => {
    let at = name
    for (let hops = 0; hops < 10; hops++) {
      const found = ranges.get(at)
      if (found) return found
      const next = links.get(at)
      if (next === undefined) return undefined
      at = next
    }
    return undefined
  }
  const place: Place = { range, document: name => readDocument(name, range(name), read) }
  const opened = openLayout(place, wanted)
  if (!opened) throw new ImageError('not-an-image', `${path} holds neither manifest.json nor index.json`, noImageHint)
  return opened
}

async function* pieces(world: World, path: string): AsyncGenerator<Uint8Array> {
  const file = world.files.open(path)
  try {
    for (let at = 0; at < file.size; ) {
      const bytes = Buffer.allocUnsafeSlow(512 * 1024)
      const count = file.read(at, bytes)
      if (count === 0) throw new WorldError('failed', `${path} became shorter while it was read`)
      yield bytes.subarray(0, count)
      at += count
    }
  } finally {
    file.close()
  }
}
