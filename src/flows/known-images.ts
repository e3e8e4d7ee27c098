/** The images that are at hand here, which may be the base of another: those that were read before, and the engine's. */
import type { KnownImage } from '../model/base-answer.ts'
import type { Digest } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Cache } from '../model/store.ts'
import type { World } from '../model/world.ts'
import { engineImages } from '../read/image/engine/known-images.ts'

/** Images that were read longer ago are forgotten. */
const rememberedLimit = 1000
/** The number is one more with every change of what stands there. */
const readKey = 'images that were read 1'
const engineKey = 'images of engines 1'

const recall = <Value>(cache: Cache | undefined, key: string): Value | undefined => {
  const bytes = cache?.get(key)
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Value)
}

const keep = (cache: Cache, key: string, value: unknown): void => cache.put(key, new TextEncoder().encode(JSON.stringify(value)))

/** Whether engines of this machine are asked, too. */
export const knownImages = async (
  world: World,
  cache: Cache | undefined,
  asksEngine: boolean,
  note: (text: string) => void,
): Promise<readonly KnownImage[]> => {
  const read = recall<readonly KnownImage[]>(cache, readKey) ?? []
  if (!asksEngine) return read
  const before = recall<readonly (readonly [string, readonly Digest[]])[]>(cache, engineKey) ?? []
  const seen = new Map(before)
  const found = await engineImages(world, seen, note)
  if (cache && seen.size > before.length) keep(cache, engineKey, [...seen].slice(-2 * rememberedLimit))
  return [...found, ...read]
}

/**
 * Remembers an image whose layers were all computed over their bytes. An image that claims other layers than it has would else become the base of those that
 * really have them.
 */
export const rememberImage = (cache: Cache, { image, proofs = [], openedBy }: Inventory): void => {
  if (!image || image.layers.length === 0 || proofs.length !== image.layers.length) return
  // A digest that was asked for is one; the tag of somebody's archive is a name only he gave.
  const names =
    openedBy?.source === 'registry' || openedBy?.source === 'docker' ? image.refs.filter(ref => !ref.includes('@')) : []
  const isProved = image.layers.every(({ diffId }, i) => proofs[i]!.diffId === diffId || proofs[i]!.blob !== undefined)
  if (!isProved || names.length === 0) return
  const known: KnownImage = {
    names,
    digests: [image.id, image.manifest, image.index].filter(one => one !== undefined),
    ...(image.manifest === undefined ? {} : { manifest: image.manifest }),
    diffIds: proofs.map(({ diffId }) => diffId ?? null),
    blobs: proofs.map(({ blob }) => blob ?? null),
    created: image.config.created ?? '',
    from: 'cache',
  }
  const read = recall<readonly KnownImage[]>(cache, readKey) ?? []
  const [first] = read
  // Nothing is written again for the image that was read last.
  if (first && JSON.stringify(first) === JSON.stringify(known)) return
  const others = read.filter(
    ({ digests, names: theirs }) => !digests.includes(image.id) && !theirs.some(name => names.includes(name)),
  )
  keep(cache, readKey, [known, ...others].slice(0, rememberedLimit))
}
