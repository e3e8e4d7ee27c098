/** Folders of the store. World has the same for its own: the two floors do not know each other. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it. `mkdir` with `recursive` (Node 24) never ends where a folder is there and a new one in it is not found all the
 * same: in /proc, behind a link that leads nowhere. Throws what the system says; something else in its place is for the caller to see.
 */
export const makeFolders = (folder: string, mode = 0o777): void => {
  const make = (): NodeJS.ErrnoException | undefined => {
    try {
      mkdirSync(folder, { mode })
      return undefined
    } catch (error) {
      return error as NodeJS.ErrnoException
    }
  }
  const first = make()
  if (first === undefined || first.code === 'EEXIST') return
  if (first.code !== 'ENOENT' || dirname(folder) === folder) throw first
  makeFolders(dirname(folder), mode)
  const second = make()
  if (second !== undefined && second.code !== 'EEXIST') throw second
}
