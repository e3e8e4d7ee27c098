/** An SBOM in place of an image: what somebody else has found. */
import { readSbom, SbomError } from '../../sbom/read-sbom.ts'
import { ImageError } from '../documents.ts'
import type { ImageSource } from '../image-source.ts'

/** Of 50,000 packages, with all their files. */
const limit = 512 * 1024 * 1024

const source: ImageSource = {
  prefix: 'sbom',
  where: 'file',
  async open(world, path) {
    if ((await world.files.stat(path))?.type !== 'file') return undefined
    const bytes = await world.files.read(path, limit)
    try {
      const { name, packages, problems, distro, layers, base } = readSbom(bytes, { in: 'file', path, span: { start: 0, end: 0 } })
      return { kind: 'sbom', name, packages, problems, distro, layers, ...(base ? { base } : {}) }
    } catch (error) {
      if (!(error instanceof SbomError)) throw error
      throw new ImageError('not-an-image', error.message, 'CycloneDX 1.2–1.7, SPDX 2.2–2.3 and Syft are read, in JSON')
    }
  },
}

export default source
