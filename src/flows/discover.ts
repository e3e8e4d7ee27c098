/** What the user named → the files to judge: Dockerfiles, and those that may be Compose's or Kubernetes', which only their text tells. */
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { type Problem, UsageError } from '../model/finding.ts'
import { type Entry, type World, WorldError } from '../model/world.ts'
import { type IgnoreFile, readGitignore } from '../read/gitignore.ts'
import { compilePattern, expandBraces } from '../read/path-pattern.ts'
import { isShellScript } from '../read/shell/shebang.ts'

export type Discovery = {
  readonly paths: readonly string[]
  /** Those of `paths` that were named themselves, not found in a folder or by a pattern. */
  readonly named: ReadonlySet<string>
  /** Those of `paths` that are scripts by their first line, whatever their names. */
  readonly scripts: ReadonlySet<string>
  readonly problems: readonly Problem[]
  /** What stands in the folders in which Dockerfiles were found, as far as they were listed on the way. */
  readonly listings: ReadonlyMap<string, readonly Entry[]>
}

export type DiscoverOptions = {
  /** Files found in folders and by patterns that are not judged; what was named itself is judged all the same. */
  readonly excluded?: (path: string) => boolean
  /** False: .gitignore counts for nothing, for those who judge what strangers send. */
  readonly gitignore?: boolean
}

/** Names of Dockerfiles: `Dockerfile`, `Containerfile`, `Dockerfile.prod`, `prod.Dockerfile`, `Dockerfile-prod`, in any case. */
const dockerfileName = /^(?:(?:docker|container)file(?:[.\-_].+)?|.+\.(?:docker|container)file)$/i
/** Their ignore files, templates (which are not Dockerfiles until something filled them in), documentation, programs, backups. */
const otherName =
  /(?:\.dockerignore|\.containerignore|\.j2|\.jinja2?|\.erb|\.ejs|\.tpl|\.tmpl|\.template|\.in|\.mustache|\.gotmpl|\.m4|\.md|\.rst|\.txt|\.sw[a-p]|\.bak|\.orig|\.rej|\.sh|\.py|\.js|\.ts|\.go|\.java|\.rb|\.json|\.ya?ml|\.patch|\.diff|~)$/i
/** Files that no pattern means, even when it fits: `**\/Dockerfile*`. */
const ignoreFileName = /\.(?:docker|container)ignore$/i

export const isDockerfileName = (name: string): boolean => dockerfileName.test(name) && !otherName.test(name)

/** Files that may hold a Compose project or Kubernetes objects. Locks of package managers are YAML, too, and large. */
export const isManifestName = (name: string): boolean =>
  (/\.ya?ml$/i.test(name) && !/^(?:pnpm-lock|mkdocs|\.?pre-commit-config|bulkhead|\.hadolint)\.ya?ml$/i.test(name)) ||
  // `kubectl apply -f DIR` takes these too. What package managers and compilers keep in JSON is large, and none of it.
  (/\.json$/i.test(name) &&
    !/^(?:package|composer|tsconfig|jsconfig|manifest|angular|nx|turbo|renovate|lerna|deno|\.eslintrc|\.swcrc)[\w.-]*\.json$|[.-]lock\.json$|\.(?:schema|map)\.json$/i.test(
      name,
    ))

const skippedFolders = new Set(['.git', '.hg', '.svn', 'node_modules'])
const globSigns = /[*?[{]/

/** Files in which a container may be started by a command line. */
export const isScriptName = (name: string): boolean =>
  /\.(?:sh|bash|ksh|zsh|mk|service)$|^(?:GNU)?[Mm]akefile$|^Jenkinsfile(?:\.[\w-]+)?$|\.jenkinsfile$/.test(name)

/** Names that say nothing, as those of programs do: `install`, `.functions`. */
const isBareName = (name: string): boolean => !name.slice(1).includes('.')

/**
 * Files are taken whatever their names; folders are searched for Dockerfiles and YAML, without what git ignores (.gitignore, .git/info/exclude);
 * patterns are matched against all files below their fixed part. Paths come back sorted, without doubles, in the form in which they were
 * given. An argument that leads to nothing is a Problem. Throws UsageError when nothing at all is left to judge.
 */
export const discover = async (world: World, args: readonly string[], options: DiscoverOptions = {}): Promise<Discovery> => {
  const excluded = options.excluded ?? (() => false)
  const found = new Map<string, string>()
  const problems: Problem[] = []
  const listings = new Map<string, readonly Entry[]>()
  let hint: string | undefined
  const fail = (code: string, message: string, how: string): void => {
    problems.push({ kind: 'failed', code, message })
    hint ??= how
  }
  const named = new Set<string>()
  const scripts = new Set<string>()
  const add = (path: string): string => {
    const key = resolve(path)
    const known = found.get(key)
    if (known === undefined) found.set(key, path)
    return known ?? path
  }
  const searched = async (
    top: string,
    wanted: (name: string) => boolean,
    maybe: (name: string) => boolean,
  ): Promise<readonly string[]> => {
    const result = await search(world, top, wanted, maybe, options.gitignore !== false, listings)
    problems.push(...result.problems)
    const bare = result.maybe.filter(path => !excluded(path) && beginsAsScript(world, path))
    for (const path of bare) scripts.add(path)
    return [...result.paths.filter(path => !excluded(path)), ...bare]
  }
  for (const arg of args) {
    const failedBefore = countFailed(problems)
    try {
      const status = arg === '' ? undefined : await world.files.stat(arg)
      if (status?.type === 'directory') {
        const paths = await searched(
          arg,
          name => isDockerfileName(name) || isManifestName(name) || isScriptName(name),
          isBareName,
        )
        for (const path of paths) add(path)
        if (paths.length === 0 && countFailed(problems) === failedBefore) {
          fail(
            'no-dockerfile',
            `no Dockerfile, Compose or Kubernetes file in ${arg === '.' ? 'this folder' : arg}`,
            'Name the file itself if it is called otherwise; what .gitignore or the configuration excludes is skipped',
          )
        }
      } else if (status) {
        const path = add(arg)
        named.add(path)
        const name = basename(path)
        if (isBareName(name) && !isDockerfileName(name) && beginsAsScript(world, path)) scripts.add(path)
      } else if (globSigns.test(arg)) {
        const base = fixedPart(arg)
        const isFolder = (await world.files.stat(base))?.type === 'directory'
        const fits = patternOf(arg)
        const paths = isFolder
          ? (
              await searched(
                base,
                name => !ignoreFileName.test(name),
                () => false,
              )
            ).filter(fits)
          : []
        for (const path of paths) add(path)
        if (paths.length === 0 && countFailed(problems) === failedBefore)
          fail('nothing-matches', `nothing matches ${arg}`, 'Patterns know *, **, ?, [a-z] and {a,b}')
      } else
        fail('path-missing', `${arg || "''"} does not exist`, 'Name a Dockerfile, a folder, a pattern, or - for standard input')
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      fail('path-unreadable', error.message, 'Name a Dockerfile, a folder, a pattern, or - for standard input')
    }
  }
  const failed = problems.filter(({ kind }) => kind === 'failed')
  if (found.size === 0 && failed.length > 0) throw new UsageError(failed.map(({ message }) => message).join('; '), hint)
  return { paths: [...found.values()].sort(), named, scripts, problems, listings }
}

/** Where a shebang ends at the latest. */
const firstBytes = 128

/** What cannot be looked at is left out: nothing says that it is ours. */
const beginsAsScript = (world: World, path: string): boolean => {
  try {
    const file = world.files.open(path)
    try {
      const bytes = new Uint8Array(firstBytes)
      return isShellScript(new TextDecoder().decode(bytes.subarray(0, file.read(0, bytes))))
    } finally {
      file.close()
    }
  } catch (error) {
    if (error instanceof WorldError) return false
    throw error
  }
}

const countFailed = (problems: readonly Problem[]): number => problems.filter(({ kind }) => kind === 'failed').length

const normalise = (path: string): readonly string[] =>
  path
    .split(sep)
    .join('/')
    .split('/')
    .filter(part => part !== '.' && part !== '')

/** Patterns of the command line; those of other forms are errors of usage. */
const patternOf = (arg: string): ((path: string) => boolean) => {
  try {
    const patterns = expandBraces(normalise(arg).join('/')).map(compilePattern)
    return path => {
      const names = normalise(path)
      return patterns.some(fits => fits(names))
    }
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${arg}: ${error.message}`)
    throw error
  }
}

/** The folders before the first pattern sign: `services` of `services/*\/Dockerfile`. */
const fixedPart = (pattern: string): string => {
  const parts = pattern.split('/')
  const first = parts.findIndex(part => globSigns.test(part))
  return parts.slice(0, first).join('/') || (isAbsolute(pattern) ? '/' : '.')
}

/** One ignore file, with the number of folders between the top of the search (negative: above it) and the folder it speaks of. */
type Layer = { readonly depth: number; readonly above: readonly string[]; readonly file: IgnoreFile }

type Found = {
  readonly paths: readonly string[]
  /** Of files only: what a link leads to is found where it stands. */
  readonly maybe: readonly string[]
  readonly problems: readonly Problem[]
}

/**
 * All files below a folder whose names fit, or perhaps do, and that git does not ignore. Links to folders are not followed: they may lead in circles. Links to
 * files are, as long as they stay inside: a tree of a stranger shall not make us show or change files elsewhere.
 */
const search = async (
  world: World,
  top: string,
  wanted: (name: string) => boolean,
  maybe: (name: string) => boolean,
  gitignore: boolean,
  listings: Map<string, readonly Entry[]>,
): Promise<Found> => {
  const paths: string[] = []
  const links: string[] = []
  const bare: string[] = []
  const problems: Problem[] = []
  type Folder = { readonly path: string; readonly names: readonly string[]; readonly layers: readonly Layer[] }
  const queue: Folder[] = [{ path: top, names: [], layers: gitignore ? await layersAbove(world, top) : [] }]
  const visit = async ({ path: folder, names, layers }: Folder): Promise<void> => {
    let entries: readonly Entry[]
    try {
      entries = await world.files.list(folder)
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      problems.push({ kind: 'failed', code: 'folder-unreadable', message: error.message, cause: error })
      return
    }
    let all = layers
    if (gitignore) {
      const has = (name: string): boolean => entries.some(entry => entry.name === name)
      // A repository inside of another has its own rules: those of the outer one end at its door.
      const isTop = has('.git')
      const own = [
        isTop ? await readLayer(world, join(folder, '.git', 'info', 'exclude'), names.length) : undefined,
        has('.gitignore') ? await readLayer(world, join(folder, '.gitignore'), names.length) : undefined,
      ].filter(layer => layer !== undefined)
      if (isTop || own.length > 0) all = [...(isTop ? [] : layers), ...own]
    }
    for (const { name, type } of entries) {
      const path = folder === '.' ? name : join(folder, name)
      if (type === 'directory') {
        if (skippedFolders.has(name) || isIgnored(all, [...names, name], true)) continue
        queue.push({ path, names: [...names, name], layers: all })
      } else if (wanted(name) && !isIgnored(all, [...names, name], false)) {
        if (type === 'other') {
          problems.push(noFile(path))
          continue
        }
        listings.set(folder, entries)
        ;(type === 'link' ? links : paths).push(path)
      } else if (type === 'file' && maybe(name) && !isIgnored(all, [...names, name], false)) bare.push(path)
    }
  }
  // A few folders at a time: enough to keep the disk busy, few enough to stay within the limits on open files.
  while (queue.length > 0) await Promise.all(queue.splice(-16).map(visit))
  if (links.length > 0) await followLinks(world, top, links, paths, problems)
  problems.sort((a, b) => (a.message < b.message ? -1 : 1))
  return { paths: paths.sort(), maybe: bare.sort(), problems }
}

/** A pipe may wait for ever, a device never end. */
const noFile = (path: string): Problem => ({
  kind: 'uncovered',
  code: 'file-special',
  message: `${path} is a pipe, a socket or a device, and was not read`,
})

const followLinks = async (
  world: World,
  top: string,
  links: readonly string[],
  paths: string[],
  problems: Problem[],
): Promise<void> => {
  const realTop = await world.files.real(top)
  const seen = new Set(paths.map(path => join(realTop, relative(top, path))))
  for (const link of [...links].sort()) {
    const skip = (message: string): void => {
      problems.push({ kind: 'uncovered', code: 'link-not-followed', message })
    }
    try {
      const target = await world.files.real(link)
      const type = (await world.files.stat(target))?.type
      if (type === 'other') problems.push(noFile(link))
      if (type !== 'file') continue
      const inside = relative(realTop, target)
      if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
        skip(`${link} is a link out of ${top} and was not followed; name it itself to have it judged`)
      else if (!seen.has(target)) {
        seen.add(target)
        paths.push(link)
      }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      skip(error.code === 'not-found' ? `${link} is a link to nothing` : error.message)
    }
  }
}

/**
 * The rules of the folders above, up to the top of the repository; none when the folder is in no repository, or is itself ignored: then
 * whoever named it wants it judged.
 */
const layersAbove = async (world: World, top: string): Promise<readonly Layer[]> => {
  const layers: Layer[] = []
  const start = resolve(top)
  if (await world.files.stat(join(start, '.git'))) return layers
  let folder = start
  for (let parent = dirname(folder); parent !== folder; parent = dirname(folder)) {
    folder = parent
    const above = relative(folder, start).split(sep)
    const own = await readLayer(world, join(folder, '.gitignore'), -above.length, above)
    if (own) layers.unshift(own)
    if (!(await world.files.stat(join(folder, '.git')))) continue
    const exclude = await readLayer(world, join(folder, '.git', 'info', 'exclude'), -above.length, above)
    if (exclude) layers.unshift(exclude)
    for (let count = 1; count <= above.length; count++) {
      const part = above.slice(0, count)
      const relevant = layers.filter(layer => above.length + layer.depth < count)
      if (says(relevant, layer => part.slice(above.length + layer.depth), true)) return []
    }
    return layers
  }
  return []
}

const readLayer = async (
  world: World,
  path: string,
  depth: number,
  above: readonly string[] = [],
): Promise<Layer | undefined> => {
  const bytes = await world.files.read(path, 1024 * 1024).catch(error => {
    // Git, too, goes on without an ignore file that it cannot read: then more is judged, not less.
    if (error instanceof WorldError) return undefined
    throw error
  })
  return bytes && { depth, above, file: readGitignore(new TextDecoder().decode(bytes)) }
}

/** `names`: from the top of the search. */
const isIgnored = (layers: readonly Layer[], names: readonly string[], folder: boolean): boolean =>
  layers.length > 0 &&
  says(layers, ({ depth, above }) => (depth < 0 ? [...above, ...names] : depth === 0 ? names : names.slice(depth)), folder)

/** The deepest file that says something decides. */
const says = (layers: readonly Layer[], namesFor: (layer: Layer) => readonly string[], folder: boolean): boolean => {
  for (let i = layers.length - 1; i >= 0; i--) {
    const word = layers[i]!.file.says(namesFor(layers[i]!), folder)
    if (word !== undefined) return word === 'ignored'
  }
  return false
}
