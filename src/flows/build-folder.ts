/** Which folder a Dockerfile is built with, as far as what stands around it tells. */
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { decode } from '../model/text.ts'
import { type Entry, type World, WorldError } from '../model/world.ts'
import { isRemote } from '../read/compose/paths.ts'
import { hasComposeName } from '../read/compose/recognise.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import { asMap, fieldsOf, get } from '../read/yaml/fields.ts'
import { stringOf } from '../read/yaml/scalars.ts'
import { readYaml } from '../read/yaml/tree.ts'

/** Folders above a Dockerfile that are looked at, and Compose files in each. */
const mostParents = 8
const mostFiles = 10
const composeLimit = 1024 * 1024

/** Names in a folder, those of folders with a final `/`; undefined where it cannot be listed. */
export type Listing = (folder: string) => Promise<ReadonlySet<string> | undefined>

export const namesOf = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(entries.map(({ name, type }) => (type === 'directory' ? `${name}/` : name)))

/** `dockerfile` is absolute; `context` is named as the folder of the Compose file is. */
type Build = { readonly dockerfile: string; readonly context: string }
/** By folder: one reading for all Dockerfiles. */
export type ComposeBuilds = Map<string, Promise<readonly Build[]>>

/** `isSeen`: something that the Dockerfile copies is there, or Compose says so. */
export type BuildFolder = { readonly folder: string; readonly isSeen: boolean }

/**
 * What a Compose file beside or above it names as the context; else the Dockerfile's own folder. Undefined where nobody can tell: Compose builds it with several,
 * or what it copies is in a folder above, and not beside it.
 */
export const buildFolderOf = async (
  world: World,
  path: string,
  dockerfile: Dockerfile,
  { list, builds }: { readonly list: Listing; readonly builds: ComposeBuilds },
): Promise<BuildFolder | undefined> => {
  const own = dirname(path)
  const folders = await foldersUp(own, list)
  const contexts = new Set<string>()
  const asked = resolve(path)
  for (const folder of folders) {
    const known = builds.get(folder) ?? composeBuilds(world, folder, (await list(folder)) ?? new Set<string>())
    builds.set(folder, known)
    // A stranger's file does not lead out of its own tree.
    for (const { dockerfile: built, context } of await known)
      if (built === asked && isInside(context, folders.at(-1)!)) contexts.add(context)
  }
  const [named, ...others] = contexts
  if (named !== undefined) return others.length > 0 ? undefined : { folder: named, isSeen: true }
  const sources = localSources(dockerfile)
  const entries = await list(own)
  if (!entries) return { folder: own, isSeen: false }
  const has = (names: ReadonlySet<string> | undefined, source: string): boolean =>
    names !== undefined && (names.has(source) || names.has(`${source}/`))
  if (
    sources.some(source => has(entries, source)) ||
    entries.has('.dockerignore') ||
    entries.has(`${basename(path)}.dockerignore`)
  )
    return { folder: own, isSeen: true }
  for (const folder of folders.slice(1)) {
    const above = await list(folder)
    if (sources.some(source => has(above, source))) return undefined
  }
  return { folder: own, isSeen: false }
}

/**
 * A folder and those above it: up to the top of its repository; where there is none, up to the working directory. What is above has nothing to say.
 */
const foldersUp = async (own: string, list: Listing): Promise<readonly string[]> => {
  const folders: string[] = []
  const here = resolve('.')
  let isOurs = true
  let inWork = 0
  for (let folder = own; folders.length < mostParents && isOurs; folder = join(folder, '..')) {
    folders.push(folder)
    if (isInside(folder, here)) inWork = folders.length
    const names = await list(folder)
    if (names?.has('.git/') || names?.has('.git')) return folders
    isOurs = names !== undefined && dirname(resolve(folder)) !== resolve(folder)
  }
  return folders.slice(0, Math.max(1, inWork))
}

const isInside = (path: string, folder: string): boolean => {
  const way = relative(resolve(folder), resolve(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** What the Compose files of one folder build: https://github.com/compose-spec/compose-spec/blob/main/build.md */
const composeBuilds = async (world: World, folder: string, names: ReadonlySet<string>): Promise<readonly Build[]> => {
  const found: Build[] = []
  for (const name of [...names]
    .filter(one => hasComposeName(one))
    .sort()
    .slice(0, mostFiles)) {
    const bytes = await world.files.read(join(folder, name), composeLimit).catch(error => {
      // Who judges that file tells of it.
      if (error instanceof WorldError) return undefined
      throw error
    })
    if (!bytes) continue
    const services = asMap(get(readYaml(name, decode(bytes).text).documents[0]?.root, 'services'))
    for (const { value } of services ? fieldsOf(services).values() : []) {
      const build = get(value, 'build')
      if (build === undefined || get(build, 'dockerfile_inline')) continue
      const context = stringOf(build) ?? stringOf(get(build, 'context')) ?? '.'
      const named = stringOf(get(build, 'dockerfile')) ?? 'Dockerfile'
      if (isRemote(context) || isAbsolute(context) || /\$/.test(context + named)) continue
      found.push({ dockerfile: resolve(join(folder, context), named), context: join(folder, context) })
    }
  }
  return found
}

/** The first names of the paths in the context that a Dockerfile copies, where they are written out. */
const localSources = (dockerfile: Dockerfile): readonly string[] => {
  const sources = new Set<string>()
  for (const { instruction } of dockerfile.steps) {
    if ((instruction.name !== 'COPY' && instruction.name !== 'ADD') || instruction.flags.some(({ name }) => name === 'from'))
      continue
    const words = instruction.json?.values ?? instruction.words.map(({ raw }) => raw.replace(/^["']|["']$/g, ''))
    for (const word of words.slice(0, -1)) {
      if (/^[a-z][a-z0-9+.-]*:\/\/|^<<|^git@|[$*?[\\]/i.test(word)) continue
      const [first] = word.split('/').filter(part => part !== '' && part !== '.')
      if (first !== undefined && first !== '..') sources.add(first)
    }
  }
  return [...sources]
}
