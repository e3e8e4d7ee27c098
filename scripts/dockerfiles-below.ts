/** The Dockerfiles of a corpus. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDockerfileName } from '../src/flows/discover.ts'

/** A file over 8 MB is none that people write. */
const sizeLimit = 8e6

/** Paths below a folder, sorted within each folder. */
export const dockerfilesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return dockerfilesBelow(path)
      return entry.isFile() && isDockerfileName(entry.name) && statSync(path).size < sizeLimit ? [path] : []
    })
