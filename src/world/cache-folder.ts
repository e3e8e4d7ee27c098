/** Where this machine keeps what can be had again: the only place that is written to unasked. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** BULKHEAD_CACHE names the folder; else it is where the system has such things (https://specifications.freedesktop.org/basedir-spec/latest/). */
export const cacheFolder = (): string => {
  const { BULKHEAD_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (BULKHEAD_CACHE) return BULKHEAD_CACHE
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'bulkhead', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'bulkhead')
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'bulkhead')
}

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
