/** Which folder a Dockerfile is built with, as far as what stands around it tells. */
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Entry, World } from '../model/world.ts'
import { hasComposeName } from '../read/compose/recognise.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import type { ComposeBuild } from './compose-builds.ts'

/** Folders above a Dockerfile that are looked at, and Compose files in each. */
const mostParents = 8
const mostFiles = 10

/** Names in a folder, those of folders with a final `/`; undefined where it cannot be listed. */
export type Listing = (folder: string) => Promise<ReadonlySet<string> | undefined>

export const namesOf = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(entries.map(({ name, type }) => (type === 'directory' ? `${name}/` : name)))

/** By folder: one reading for all Dockerfiles. */
export type ComposeBuilds = Map<string, Promise<readonly ComposeBuild[]>>

/** What a folder's path tells. `above`: undefined where nothing is. */
type Place = { readonly isInWork: boolean; readonly above: string | undefined }
/** By folder: thousands of Dockerfiles stand below the same few. */
export type Places = Map<string, Place>

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
  { list, builds, places }: { readonly list: Listing; readonly builds: ComposeBuilds; readonly places: Places },
): Promise<BuildFolder | undefined> => {
  const own = dirname(path)
  const folders = await foldersUp(own, list, places)
  const contexts = new Set<string>()
  const asked = resolve(path)
  for (const folder of folders) {
    const known = builds.get(folder) ?? buildsIn(world, folder, (await list(folder)) ?? new Set<string>())
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
const foldersUp = async (own: string, list: Listing, places: Places): Promise<readonly string[]> => {
  const folders: string[] = []
  let inWork = 0
  for (let folder: string | undefined = own; folder !== undefined && folders.length < mostParents; ) {
    folders.push(folder)
    const place: Place = places.get(folder) ?? placeOf(folder)
    places.set(folder, place)
    if (place.isInWork) inWork = folders.length
    const names = await list(folder)
    if (names?.has('.git/') || names?.has('.git')) return folders
    folder = names === undefined ? undefined : place.above
  }
  return folders.slice(0, Math.max(1, inWork))
}

const placeOf = (folder: string): Place => {
  const absolute = resolve(folder)
  const isTop = dirname(absolute) === absolute
  return { isInWork: isInside(absolute, '.'), above: isTop ? undefined : join(folder, '..') }
}

const isInside = (path: string, folder: string): boolean => {
  const way = relative(resolve(folder), resolve(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** What reads YAML takes as long to load as a Dockerfile to judge: only where there is a Compose file. */
const buildsIn = async (world: World, folder: string, names: ReadonlySet<string>): Promise<readonly ComposeBuild[]> => {
  const files = [...names].filter(name => hasComposeName(name)).sort()
  if (files.length === 0) return []
  const { composeBuilds } = await import('./compose-builds.ts')
  return composeBuilds(world, folder, files.slice(0, mostFiles))
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
