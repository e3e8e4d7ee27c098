/** How large the cache may become. */
import { join } from 'node:path'
import { UsageError } from '../model/finding.ts'
import { type FileCache, fileCache } from '../store/file-cache.ts'
import { cacheFolder } from '../world/cache-folder.ts'

export { cacheFolder }

/** Of indexes: ten thousand layers. */
const defaultLimit = 1024 ** 3

/** BULKHEAD_CACHE_SIZE: `500MB`, `2GB`. Throws UsageError. */
export const openFileCache = (note: (text: string) => void): FileCache => {
  const text = process.env.BULKHEAD_CACHE_SIZE
  let limit = defaultLimit
  if (text) {
    const match = /^(\d{1,9})\s*([KMGT]?)i?B?$/i.exec(text)
    if (!match) throw new UsageError(`BULKHEAD_CACHE_SIZE is ${text}`, 'a number with a unit: 500MB, 2GB')
    limit = Number(match[1]) * 1000 ** ['', 'K', 'M', 'G', 'T'].indexOf(match[2]!.toUpperCase())
  }
  return fileCache(join(cacheFolder(), 'layers'), limit, note)
}
