/** Who looks at the files of a layer. */
import type { Cataloger } from '../read/cataloger.ts'
import { catalogers } from '../read/catalogers/registry.ts'
import type { Looking } from './layer-worker.ts'

const usual: ReadonlyMap<string, Cataloger> = new Map(Object.entries(catalogers))
const known = new Map<boolean, ReadonlyMap<string, Cataloger>>()

/** Detectors are loaded only when somebody asks for them. The same maps each time: globs are compiled once for each. */
export const catalogersFor = async ({ secrets, reveal }: Looking): Promise<ReadonlyMap<string, Cataloger>> => {
  if (!secrets) return usual
  const found = known.get(reveal)
  if (found) return found
  const { secretCataloger, secretsName } = await import('../judge/secrets/secret-cataloger.ts')
  const made = new Map([...usual, [secretsName, secretCataloger(reveal)] as const])
  known.set(reveal, made)
  return made
}
