/** A build context → what the programs in it are, and what they need. Nothing of it is run. */
import type { Problem } from '../../model/finding.ts'
import type { Project, Stack } from '../../model/project.ts'
import type { World } from '../../model/world.ts'
import type { DockerIgnore } from '../dockerfile/dockerignore.ts'
import { compilePattern } from '../path-pattern.ts'
import { listContext } from './context-files.ts'
import { contextReader, isTest } from './project-folder.ts'
import type { StackReader } from './stack-reader.ts'
import { stackReaders } from './stacks/registry.ts'

/** Folders below the top in which a program is looked for. */
const deepestStack = 4
const mostStacks = 40
/** Folders that look as if they held one. */
const mostTried = 300
const largestText = 256 * 1024
const mostTexts = 300

/** Names of what a transformation may want to look into: configurations of servers, scripts that start something, what is built by. */
const wantedText =
  /(?:^|\/)(?:[^/]{1,100}\.(?:sh|bash|conf|ini)|[^/]{0,60}entrypoint[^/]{0,60}|Procfile|Caddyfile|Dockerfile[^/]{0,60}|Makefile|\.dockerignore|gunicorn[^/]{0,40}\.py|application[^/]{0,40}\.(?:properties|ya?ml)|appsettings[^/]{0,40}\.json|launchSettings\.json|package\.json|pom\.xml|build\.gradle(?:\.kts)?|requirements[^/]{0,60}\.(?:txt|in)|requirements\/[^/]{1,60}\.(?:txt|in)|constraints[^/]{0,40}\.txt|(?:docker-)?compose[^/]{0,40}\.ya?ml|nginx[^/]{0,60}\.(?:template|conf)|default\.conf[^/]{0,40}|[^/]{1,60}\.conf\.template)$/

/** Where several lie in one folder: the language of the program before that of its tools. */
const order: readonly Stack['name'][] = ['go', 'rust', 'java', 'dotnet', 'ruby', 'php', 'python', 'node', 'static']

/** `folder` is a path of the machine. Never throws for what the context holds. */
export const readProject = async (world: World, folder: string, ignore: DockerIgnore | undefined): Promise<Project> => {
  const listed = await listContext(world, folder, ignore)
  const reader = contextReader(world, folder, listed.files)
  const problems: Problem[] = []
  const stacks: Stack[] = []
  const found = candidates(listed.files)
  for (const [i, { path, reader: one }] of found.entries()) {
    if (stacks.length >= mostStacks || i >= mostTried) {
      problems.push({
        kind: 'uncovered',
        code: 'too-many-programs',
        message: `the build context holds more than ${stacks.length} programs: only the first were looked at`,
      })
      break
    }
    // What has an index.html is a site only where nothing else makes it.
    if (one.name === 'static' && stacks.some(stack => isWithin(path, stack.folder))) continue
    const outer = stacks.findLast(stack => stack.name === one.name && isWithin(path, stack.folder))
    const stack = one.read(reader.folder(path), outer)
    // A library of the program above is no program. A front end has nothing that starts it, and is built.
    const isLibrary = outer && stack?.start === undefined && (one.name !== 'node' || stack?.build === undefined)
    if (stack && !isLibrary) stacks.push(stack)
  }
  // Scripts at the top are a program where nothing else is.
  const bare = stacks.length === 0 ? stackReaders.python?.read(reader.folder(''), undefined) : undefined
  if (bare) stacks.push(bare)
  const texts = new Map<string, string>()
  for (const path of listed.files) {
    if (texts.size >= mostTexts) break
    if (!wantedText.test(path)) continue
    const text = reader.text(path, largestText)
    if (text !== undefined && !text.includes('\0')) texts.set(path, text)
  }
  return {
    stacks,
    files: new Set(listed.files),
    closed: listed.closed,
    texts,
    isCut: listed.isCut,
    problems: [...listed.problems, ...reader.problems, ...problems],
  }
}

const isWithin = (path: string, folder: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`)

const depthOf = (path: string): number => (path === '' ? 0 : path.split('/').length)

const marks = Object.values(stackReaders).flatMap(reader =>
  reader.marks.map(mark => ({
    reader,
    length: mark.split('/').length,
    end: mark.slice(mark.lastIndexOf('*') + 1),
    matches: compilePattern(mark),
  })),
)

/** Folders that hold a mark, from the top down. */
const candidates = (files: readonly string[]): readonly { readonly path: string; readonly reader: StackReader }[] => {
  const found = new Map<string, { path: string; reader: StackReader }>()
  for (const file of files) {
    const names = file.split('/')
    for (const { reader, length, end, matches } of marks) {
      if (!file.endsWith(end)) continue
      const depth = names.length - length
      if (depth < 0 || depth > deepestStack || !matches(names.slice(depth))) continue
      const path = names.slice(0, depth).join('/')
      if (path !== '' && (isTest(`${path}/`) || /(?:^|\/)(?:vendor|third_party|target|dist|templates|static)(?:\/|$)/.test(path)))
        continue
      found.set(`${path}\0${reader.name}`, { path, reader })
    }
  }
  return [...found.values()].sort(
    (a, b) =>
      depthOf(a.path) - depthOf(b.path) ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : order.indexOf(a.reader.name) - order.indexOf(b.reader.name)),
  )
}
