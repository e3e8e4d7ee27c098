/** What `--env-file` names in a script, read before it is judged: readers reach for nothing. */
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { decode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'

const sizeLimit = 1024 * 1024
const maxFiles = 50
const option = /--env-file(?:[ \t]*=[ \t]*|[ \t]+)(?:"([^"$`\n]+)"|'([^'\n]+)'|([^\s"'$`;|&()<>]+))/g

/**
 * By the name as written. Nobody knows from where a script is started: most stand beside what they name, or are called from the top. Only what is below is
 * read: a script of a stranger shall not choose files elsewhere.
 */
export const environmentFiles = async (world: World, path: string, text: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  if (!text.includes('--env-file')) return found
  const names = new Set([...text.matchAll(option)].map(match => match[1] ?? match[2] ?? match[3]!))
  for (const name of [...names].slice(0, maxFiles)) {
    if (isAbsolute(name) || normalize(name).split(sep)[0] === '..') continue
    for (const file of new Set([join(dirname(path), name), join(name)])) {
      try {
        if ((await world.files.stat(file))?.type !== 'file') continue
        found.set(name, decode(await world.files.read(file, sizeLimit)).text)
        break
      } catch (error) {
        // The reader tells that what is in it is not known.
        if (!(error instanceof WorldError)) throw error
      }
    }
  }
  return found
}
