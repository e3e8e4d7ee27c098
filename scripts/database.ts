/**
 * node scripts/database.ts [FOLDER]: the database of advisories that is made of data/, in FOLDER (default .cache/advisories), unless it is there already.
 * Nothing else is read: the same data give the same bytes.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importFeeds, newestDay } from '../src/flows/feeds.ts'
import { feeds } from '../src/read/feeds/registry.ts'
import { databaseFiles } from '../src/store/database-files.ts'
import { machine } from '../src/world/machine.ts'

const root = join(import.meta.dirname, '..')
const data = join(root, 'data')

/** What the database depends on: the data, and whoever reads them. */
const fingerprint = (): string => {
  const hash = createHash('sha256')
  for (const name of readdirSync(data).sort()) hash.update(`${name} ${statSync(join(data, name)).size}\n`)
  hash.update(readFileSync(join(data, 'feeds.json')))
  for (const folder of ['src/read', 'src/read/feeds', 'src/store', 'src/model'])
    for (const name of readdirSync(join(root, folder)).sort())
      if (name.endsWith('.ts') && !name.endsWith('.test.ts')) hash.update(readFileSync(join(root, folder, name)))
  return hash.digest('hex')
}

/** Makes it, unless it is there. Gives the folder. */
export const shippedDatabase = async (folder = join(root, '.cache/advisories'), quiet = false): Promise<string> => {
  const mark = join(folder, 'made-of')
  const wanted = fingerprint()
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return folder
  if (!quiet) console.error('Making the database of advisories from data/ …')
  const work = mkdtempSync(join(tmpdir(), 'bulkhead-database-'))
  try {
    const day = await newestDay(machine, data)
    const files = databaseFiles(work, undefined, () => new Date(day ?? 0).toISOString())
    const { problems } = await importFeeds(machine, files, data, {
      feeds: new Map(Object.entries(feeds)),
      note: text => console.error(text),
    })
    const failed = problems.find(({ kind }) => kind === 'failed')
    if (failed) throw new Error(failed.message)
    for (const { message } of problems) if (!quiet) console.error(message)
    rmSync(folder, { recursive: true, force: true })
    files.copyTo(folder)
    writeFileSync(mark, wanted)
    return folder
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = await shippedDatabase(process.argv[2])
  console.log(`${folder}: ${statSync(join(folder, 'advisories.db')).size} bytes`)
}
