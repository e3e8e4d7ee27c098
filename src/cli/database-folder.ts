/** Where the database of advisories is: the user's own, and the one that came with the program. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AdvisoryDatabase } from '../model/advisory.ts'
import { type DatabaseFiles, databaseFiles } from '../store/database-files.ts'
import { cacheFolder } from './cache-folder.ts'
import { tell } from './terminal.ts'

/** BULKHEAD_DB names another folder for the user's own. */
export const openDatabaseFiles = (): DatabaseFiles =>
  databaseFiles(
    process.env.BULKHEAD_DB || join(cacheFolder(), 'advisories'),
    shippedFolder(),
    () => new Date().toISOString(),
    text => tell(`bulkhead: ${text}`),
  )

/** The one that holds, for reading. Throws DatabaseError. */
export const openAdvisories = (isVerbose: boolean | undefined): AdvisoryDatabase => {
  const files = openDatabaseFiles()
  const database = files.open()
  const why = isVerbose ? files.current()?.why : undefined
  if (why !== undefined) tell(`bulkhead: ${why}`)
  return database
}

/** Beside the program; when it runs from its sources, where `npm run build` puts it. */
const shippedFolder = (): string | undefined => {
  if (process.env.BULKHEAD_SHIPPED_DB !== undefined) return process.env.BULKHEAD_SHIPPED_DB || undefined
  const here = dirname(new URL(import.meta.url).pathname)
  const folders = here.endsWith('src/cli')
    ? [join(here, '../../.cache/advisories')]
    : [join(here, 'advisories'), join(here, '../advisories')]
  return folders.find(folder => existsSync(join(folder, 'advisories.json')))
}
