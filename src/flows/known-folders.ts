/** What folders that were listed on the way do not hold, so that nobody has to ask for it. */
import { basename, dirname, join } from 'node:path'
import type { Entry } from '../model/world.ts'

/** True where a folder was listed and holds no such name. Some file systems do not tell small letters from capitals; beyond ASCII nobody knows what they take for the same. */
export const missingFrom = (listings: ReadonlyMap<string, readonly Entry[]>): ((path: string) => boolean) => {
  const folders = new Map<string, ReadonlySet<string>>()
  for (const [folder, entries] of listings) folders.set(join(folder), new Set(entries.map(({ name }) => name.toLowerCase())))
  return path => {
    const name = basename(path).toLowerCase()
    return folders.get(dirname(path))?.has(name) === false && /^[\x20-\x7e]+$/.test(name)
  }
}
