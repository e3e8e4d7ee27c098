/** What the user named → the Dockerfiles to judge. */
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import ignoreRules from 'ignore'
import picomatch from 'picomatch'
import { type Problem, UsageError } from '../model/finding.ts'
import { type Entry, type World, WorldError } from '../model/world.ts'

export type Discovery = { readonly paths: readonly string[]; readonly problems: readonly Problem[] }

/** Names of Dockerfiles: `Dockerfile`, `Containerfile`, `Dockerfile.prod`, `prod.Dockerfile`, `Dockerfile-prod`, in any case. */
const dockerfileName = /^(?:(?:docker|container)file(?:[.\-_].+)?|.+\.(?:docker|container)file)$/i
/** Their ignore files, templates (which are not Dockerfiles until something filled them in), documentation, backups. */
const otherName =
  /(?:\.dockerignore|\.j2|\.jinja2?|\.erb|\.ejs|\.tpl|\.tmpl|\.template|\.in|\.mustache|\.gotmpl|\.md|\.rst|\.txt|\.swp|\.bak|\.orig|\.rej|\.sh|\.py|\.js|\.ts|\.json|\.ya?ml|~)$/i

export const isDockerfileName = (name: string): boolean => dockerfileName.test(name) && !otherName.test(name)

const skippedFolders = new Set(['.git', '.hg', '.svn', 'node_modules'])
const globSigns = /[*?[{]/

/**
 * Files are taken whatever their names; folders are searched for Dockerfiles, without what .gitignore ignores; patterns are matched
 * against all files below their fixed part. Paths come back sorted, without doubles, in the form in which they were given.
 * Throws UsageError when a path does not exist or holds no Dockerfile.
 */
export const discover = async (
  world: World,
  args: readonly string[],
  excluded: (path: string) => boolean = () => false,
): Promise<Discovery> => {
  const found = new Map<string, string>()
  const problems: Problem[] = []
  const add = (path: string): void => {
    const key = resolve(path)
    if (!found.has(key)) found.set(key, path)
  }
  for (const arg of args) {
    const status = await world.files.stat(arg).catch(error => {
      throw error instanceof WorldError ? new UsageError(error.message) : error
    })
    if (status?.type === 'directory') {
      const before = found.size
      for (const path of await search(world, arg, name => isDockerfileName(name), problems)) if (!excluded(path)) add(path)
      if (found.size === before && problems.length === 0) {
        throw new UsageError(
          `no Dockerfile in ${arg}`,
          'Name the file itself if it is called otherwise; files that .gitignore ignores are skipped',
        )
      }
    } else if (status) add(arg)
    else if (globSigns.test(arg)) {
      const base = fixedPart(arg)
      const matches = picomatch(normalise(arg), { dot: true })
      const below = (await world.files.stat(base))?.type === 'directory' ? await search(world, base, () => true, problems) : []
      const matched = below.filter(path => matches(normalise(path)) && !excluded(path))
      if (matched.length === 0) throw new UsageError(`nothing matches ${arg}`)
      for (const path of matched) add(path)
    } else throw new UsageError(`${arg} does not exist`, 'Name a Dockerfile, a folder, a pattern, or - for standard input')
  }
  return { paths: [...found.values()].sort(), problems }
}

const normalise = (path: string): string =>
  path
    .split(sep)
    .join('/')
    .replace(/^(?:\.\/)+/, '')

/** The folders before the first pattern sign: `services` of `services/*\/Dockerfile`. */
const fixedPart = (pattern: string): string => {
  const parts = pattern.split('/')
  const first = parts.findIndex(part => globSigns.test(part))
  return parts.slice(0, first).join('/') || (isAbsolute(pattern) ? '/' : '.')
}

type Layer = { readonly folder: string; readonly rules: ReturnType<typeof ignoreRules> }

/** All files below a folder whose names fit and that no .gitignore ignores. Links to folders are not followed: they may lead in circles. */
const search = async (
  world: World,
  top: string,
  wanted: (name: string) => boolean,
  problems: Problem[],
): Promise<readonly string[]> => {
  const result: string[] = []
  const queue: { folder: string; layers: readonly Layer[] }[] = [{ folder: top, layers: await layersAbove(world, top) }]
  while (queue.length > 0) {
    // A few folders at a time: enough to keep the disk busy, few enough to stay within the limits on open files.
    const batch = queue.splice(0, 16)
    await Promise.all(
      batch.map(async ({ folder, layers }) => {
        let entries: readonly Entry[]
        try {
          entries = await world.files.list(folder)
        } catch (error) {
          if (!(error instanceof WorldError)) throw error
          problems.push({ kind: 'failed', code: 'folder-unreadable', message: error.message, cause: error })
          return
        }
        const own = entries.some(({ name, type }) => name === '.gitignore' && type === 'file')
          ? await readLayer(world, folder)
          : undefined
        const all = own ? [...layers, own] : layers
        for (const { name, type } of entries) {
          const path = folder === '.' ? name : join(folder, name)
          if (type === 'directory') {
            if (!skippedFolders.has(name) && !isIgnored(all, path, true)) queue.push({ folder: path, layers: all })
          } else if (type !== 'other' && wanted(name) && !isIgnored(all, path, false)) {
            if (type === 'link' && (await world.files.stat(path).catch(() => undefined))?.type !== 'file') continue
            result.push(path)
          }
        }
      }),
    )
  }
  return result.sort()
}

/** The .gitignore files of the folders above, up to the top of the repository; none when the folder is in no repository. */
const layersAbove = async (world: World, top: string): Promise<readonly Layer[]> => {
  const layers: Layer[] = []
  let folder = resolve(top)
  if (await world.files.stat(join(folder, '.git'))) return layers
  for (let parent = dirname(folder); parent !== folder; parent = dirname(folder)) {
    folder = parent
    const layer = await readLayer(world, folder)
    if (layer) layers.unshift(layer)
    if (await world.files.stat(join(folder, '.git'))) return layers
  }
  return []
}

const readLayer = async (world: World, folder: string): Promise<Layer | undefined> => {
  const bytes = await world.files.read(join(folder, '.gitignore'), 1024 * 1024).catch(error => {
    if (error instanceof WorldError) return undefined
    throw error
  })
  if (!bytes) return undefined
  return { folder: resolve(folder), rules: ignoreRules().add(new TextDecoder().decode(bytes)) }
}

/** The deepest .gitignore that says something decides. */
const isIgnored = (layers: readonly Layer[], path: string, folder: boolean): boolean => {
  for (const layer of [...layers].reverse()) {
    const inside = relative(layer.folder, resolve(path)).split(sep).join('/')
    if (inside === '' || inside.startsWith('..')) continue
    const { ignored, unignored } = layer.rules.test(folder ? `${inside}/` : inside)
    if (ignored) return true
    if (unignored) return false
  }
  return false
}
