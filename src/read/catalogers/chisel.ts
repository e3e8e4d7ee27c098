/** Ubuntu's chiselled images: a zstd-compressed manifest of lines of JSON (https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/). */
import { purl } from '../../model/purl.ts'
import { type Cataloger, Unreadable, wholeFile } from '../cataloger.ts'
import { DecompressError, decoderOf } from '../image/decompress.ts'

type Data = {
  readonly packages: readonly { readonly name: string; readonly version: string; readonly arch: string }[]
  /** Package → paths. */
  readonly files: Readonly<Record<string, readonly string[]>>
}

const limit = 256 * 1024 * 1024

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['var/lib/chisel/manifest.wall'],
  collect(file) {
    const packages: Data['packages'][number][] = []
    const files: Record<string, string[]> = {}
    for (const line of inflate(wholeFile(file)).split('\n')) {
      if (line === '') continue
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch (error) {
        throw new Unreadable('a line is no JSON', error)
      }
      const { kind, name, version, arch, path, slices } = (value ?? {}) as Record<string, unknown>
      if (kind === 'package' && typeof name === 'string' && typeof version === 'string')
        packages.push({ name, version, arch: typeof arch === 'string' ? arch : '' })
      else if (kind === 'path' && typeof path === 'string' && Array.isArray(slices) && !path.endsWith('/'))
        // A slice is called `package_slice`.
        for (const slice of slices) {
          if (typeof slice !== 'string') continue
          const owner = slice.split('_')[0]!
          const list = Object.hasOwn(files, owner) ? files[owner]! : []
          list.push(path)
          files[owner] = list
        }
    }
    return { packages, files }
  },
  *assemble(found, { distro }) {
    for (const { at, data } of found)
      for (const { name, version, arch } of data.packages)
        yield {
          purl: purl({
            type: 'deb',
            namespace: distro?.id ?? 'ubuntu',
            name,
            version,
            qualifiers: { arch, distro: distro ? [distro.id, distro.version].filter(part => part !== '').join('-') : undefined },
          }),
          name,
          version,
          ecosystem: 'deb',
          at: [at],
          owns: (Object.hasOwn(data.files, name) ? data.files[name]! : []).toSorted(),
          dependsOn: [],
          licences: [],
        }
  },
}

export default cataloger

const inflate = (bytes: Uint8Array): string => {
  const decoder = decoderOf('zstd')
  const text = new TextDecoder()
  let result = ''
  let size = 0
  const take = (piece: Uint8Array): void => {
    size += piece.length
    if (size > limit) throw new Unreadable(`it inflates to more than ${limit} bytes`)
    result += text.decode(piece, { stream: true })
  }
  try {
    decoder.push(bytes, take)
    decoder.end(take)
  } catch (error) {
    if (error instanceof DecompressError) throw new Unreadable(error.message)
    throw error
  } finally {
    decoder.close()
  }
  return result
}
