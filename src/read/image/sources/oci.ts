/** OCI image layouts in a folder: what `skopeo copy … oci:FOLDER`, BuildKit and `crane pull --format=oci` write. */
import type { FileRange } from '../../../model/image.ts'
import type { World } from '../../../model/world.ts'
import { ImageError, parseIndex } from '../documents.ts'
import type { ImageSource } from '../image-source.ts'
import { openLayout, type Place, readDocument } from '../layout.ts'

const source: ImageSource = {
  prefix: 'oci',
  where: 'file',
  async open(world, reference, { platform, host }) {
    for (
      let end = reference.length;
      end > 0;
      end = Math.max(reference.lastIndexOf(':', end - 1), reference.lastIndexOf('@', end - 1))
    ) {
      const folder = reference.slice(0, end)
      if ((await world.files.stat(`${folder}/index.json`))?.type !== 'file') continue
      const name = reference.slice(end + 1)
      const place = placeIn(world, await world.files.real(folder))
      // Other things have an index.json too.
      if (!place.range('oci-layout') && !isIndex(place)) continue
      return openLayout(place, { name: name === '' ? undefined : name, platform, host })
    }
    return undefined
  },
}

export default source

const isIndex = (place: Place): boolean => {
  try {
    parseIndex(place.document('index.json'), 'index.json')
    return true
  } catch (error) {
    if (error instanceof ImageError) return false
    throw error
  }
}

const placeIn = (world: World, folder: string): Place => {
  const range = (name: string): FileRange | undefined => {
    const path = `${folder}/${name}`
    // A link would lead out of the folder.
    const found = world.files.inspect(path)
    return found?.type === 'file' ? { path, at: 0, size: found.size } : undefined
  }
  return {
    range,
    document: name =>
      readDocument(name, range(name), ({ path, size }) => {
        const file = world.files.open(path)
        try {
          const bytes = new Uint8Array(size)
          return bytes.subarray(0, file.read(0, bytes))
        } finally {
          file.close()
        }
      }),
  }
}
