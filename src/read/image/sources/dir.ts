/** A root file system in a folder. */
import type { ImageSource } from '../image-source.ts'

const source: ImageSource = {
  prefix: 'dir',
  where: 'folder',
  async open(world, reference) {
    return (await world.files.stat(reference))?.type === 'directory' ? { kind: 'folder', path: reference } : undefined
  },
}

export default source
