/**
 * An inventory as it may be shown. Whether an image gives something away is decided by some hundred detectors, which take longer to load than a known image
 * takes to show: that nothing was found in exactly these texts is remembered.
 */
import { createHash } from 'node:crypto'
import { secretsRevision } from '../judge/secrets/revision.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Cache } from '../model/store.ts'

/** The same as redactInventory's. */
export const shownInventory = async (inventory: Inventory, cache: Cache | undefined): Promise<Inventory> => {
  const told = toldIn(inventory)
  const key = `nothing to hide ${secretsRevision} ${createHash('sha256').update(told).digest('hex')}`
  if (cache?.get(key)) return inventory
  const { redactInventory } = await import('../judge/secrets/redact-image.ts')
  const shown = redactInventory(inventory)
  if (toldIn(shown) !== told) return shown
  cache?.put(key, new Uint8Array(0))
  return inventory
}

/** Everything that may be hidden in part. */
const toldIn = ({ image, layers, name, distro, packages, problems, base }: Inventory): string =>
  JSON.stringify([
    image?.config ?? null,
    layers.map(({ instruction }) => instruction ?? null),
    [name, distro ?? null, base ?? null, problems.map(({ message }) => message)],
    packages,
  ])
