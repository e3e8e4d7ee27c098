import type { LayerBytes } from '../../../model/image.ts'
import type { World } from '../../../model/world.ts'

export async function* openBlob(_world: World, bytes: Extract<LayerBytes, { from: 'registry' }>): AsyncGenerator<Uint8Array> {
  throw new Error(`not yet: ${bytes.url}`)
}
