/** `bulkhead cache status` and `bulkhead cache clear`. */
import { bytesText } from '../show/inventory-text.ts'
import { openFileCache } from './cache-folder.ts'
import { print, tell } from './terminal.ts'

export const runCacheStatus = async (): Promise<number> => {
  const { folder, files, bytes, limit } = openFileCache(tell).status()
  await print(`${folder}\n${files} indexes of layers and images, ${bytesText(bytes)} of at most ${bytesText(limit)}\n`)
  return 0
}

export const runCacheClear = async (): Promise<number> => {
  const cache = openFileCache(tell)
  const { folder, bytes } = cache.status()
  const removed = cache.clear()
  await print(`${folder}\n${removed} files removed, ${bytesText(bytes)}\n`)
  return 0
}
