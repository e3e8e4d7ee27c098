/** Inventories of folders, for tests of catalogers. */
import type { Problem } from '../src/model/finding.ts'
import type { Package } from '../src/model/package.ts'
import type { World } from '../src/model/world.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { assemble } from '../src/read/image/assemble.ts'
import { readLayer } from '../src/read/image/layers/read-layer.ts'
import { machine } from '../src/world/machine.ts'

/** All catalogers over a folder as if it were the root of an image. */
export const inventoryOfFolder = async (
  path: string,
  world: World = machine,
): Promise<{ readonly packages: readonly Package[]; readonly problems: readonly Problem[] }> => {
  const all = new Map(Object.entries(catalogers))
  return assemble([await readLayer(world, { from: 'folder', path }, { catalogers: all })], all, { root: path })
}

/** `name version` of each package of an ecosystem, sorted. */
export const named = (packages: readonly Package[], ecosystem: string): readonly string[] =>
  packages
    .filter(one => one.ecosystem === ecosystem)
    .map(({ name, version }) => `${name} ${version}`)
    .sort()
