/** The files of a build context as the builder sees them: bounded, links not followed. */
import type { Problem } from '../../model/finding.ts'
import { type Entry, type World, WorldError } from '../../model/world.ts'
import type { DockerIgnore } from '../dockerfile/dockerignore.ts'

const mostFiles = 20_000
const deepest = 12

/** Folders that tools fill: nothing in them says what the project is. */
const closedNames =
  /^(?:node_modules|bower_components|\.git|\.hg|\.svn|__pycache__|\.venv|\.tox|\.nox|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.gradle|\.m2|\.cargo-cache|\.next|\.nuxt|\.turbo|\.yarn|\.pnpm-store|\.terraform|\.idea|\.vs|\.cache|site-packages)$/
/** Folders of which only the names at their top are of interest: what was built, or brought along. */
const shallowNames = /^(?:target|vendor|obj|coverage)$/

export type ContextFiles = {
  /** Sorted. */
  readonly files: readonly string[]
  readonly closed: readonly string[]
  readonly isCut: boolean
  readonly problems: readonly Problem[]
}

/** `folder` is a path of the machine; what comes out is relative to it, with `/`. Level by level, so that what is cut off is what lies deep. */
export const listContext = async (world: World, folder: string, ignore: DockerIgnore | undefined): Promise<ContextFiles> => {
  const files: string[] = []
  const closed: string[] = []
  const problems: Problem[] = []
  let isCut = false
  let seen = 0
  let level: readonly { readonly path: string; readonly isShallow: boolean }[] = [{ path: '', isShallow: false }]
  for (let depth = 0; level.length > 0 && !isCut; depth++) {
    const next: { path: string; isShallow: boolean }[] = []
    for (const { path, isShallow } of level) {
      const entries = await entriesOf(world, folder, path, problems)
      // Python's environments have any name, and this file: https://docs.python.org/3/library/venv.html
      if (path !== '' && entries.some(({ name }) => name === 'pyvenv.cfg')) {
        closed.push(path)
        continue
      }
      for (const { name, type } of entries) {
        const own = path === '' ? name : `${path}/${name}`
        if (type === 'directory') {
          if (ignore && !ignore.hasExceptions && ignore.excludes(own)) continue
          if (closedNames.test(name)) {
            if (!ignore?.excludes(own)) closed.push(own)
          } else if (isShallow) continue
          else if (depth + 1 >= deepest) isCut = true
          else next.push({ path: own, isShallow: shallowNames.test(name) })
        } else if (!ignore?.excludes(own)) {
          if (++seen > mostFiles) isCut = true
          // A link is there for the builder, but may lead anywhere: it is never read.
          else if (type === 'file') files.push(own)
        }
        if (seen > mostFiles) break
      }
      if (seen > mostFiles) break
    }
    level = next
  }
  if (isCut)
    problems.push({
      kind: 'uncovered',
      code: 'context-too-large',
      message: `the build context has more than ${mostFiles} files or ${deepest} levels of folders: not all of it was looked at`,
    })
  return { files: files.sort(), closed: closed.sort(), isCut, problems }
}

const entriesOf = async (world: World, folder: string, path: string, problems: Problem[]): Promise<readonly Entry[]> => {
  const full = path === '' ? folder : `${folder}/${path}`
  try {
    const entries = await world.files.list(full)
    return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    problems.push({ kind: 'failed', code: 'folder-unreadable', message: `${full} cannot be listed: ${error.message}` })
    return []
  }
}
