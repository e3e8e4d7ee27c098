/** Who looks at the files of a layer. */
import type { Cataloger } from '../read/cataloger.ts'
import { catalogers } from '../read/catalogers/registry.ts'
import type { Looking } from './layer-worker.ts'

const usual: ReadonlyMap<string, Cataloger> = new Map(Object.entries(catalogers))
const known = new Map<string, ReadonlyMap<string, Cataloger>>()

/** Detectors are loaded only when somebody asks for them. The same maps each time: globs are compiled once for each. */
export const catalogersFor = async ({ secrets, reveal, census }: Looking): Promise<ReadonlyMap<string, Cataloger>> => {
  if (!secrets && !census) return usual
  const key = `${secrets} ${reveal} ${census}`
  const found = known.get(key)
  if (found) return found
  const made = new Map(usual)
  if (secrets) {
    const { secretCataloger, secretsName } = await import('../judge/secrets/secret-cataloger.ts')
    const { gitCataloger, gitName } = await import('../judge/secrets/git-cataloger.ts')
    made.set(secretsName, secretCataloger(reveal))
    made.set(gitName, gitCataloger(reveal))
  }
  if (census) {
    const { censusCataloger, censusName } = await import('../read/census-cataloger.ts')
    made.set(censusName, censusCataloger)
  }
  known.set(key, made)
  return made
}
