/** An inventory with everything that is known of it. */
import type { Inventory } from '../model/inventory.ts'
import { jsonText } from './json-text.ts'

/** One document with a line end. What caused a problem is left out: it may be anything. */
export const showInventoryJson = (inventory: Inventory, version: string): string => {
  const { name, kind, image, distro, packages, problems, layers } = inventory
  return jsonText({
    bulkhead: version,
    name,
    kind,
    image: image ?? null,
    distro: distro ?? null,
    packages: packages.map(
      ({ purl, name, version, ecosystem, source, at, owns, dependsOn, licences, aliases, ownedBy, vendor }) => ({
        purl,
        name,
        version,
        ecosystem,
        source,
        at,
        owns,
        dependsOn,
        licences,
        aliases,
        ownedBy,
        vendor,
      }),
    ),
    layers,
    problems: problems.map(({ cause: _, ...problem }) => problem),
  })
}
