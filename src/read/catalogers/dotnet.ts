/**
 * What a .NET application brings: `deps.json` (https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md), or, where there
 * is none beside it, NuGet's lock file (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies).
 */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson } from '../cataloger.ts'

type One = { readonly name: string; readonly version: string; readonly requires: readonly string[] }

const cataloger: Cataloger<readonly One[]> = {
  revision: 2,
  files: ['**/*.deps.json', '**/packages.lock.json'],
  collect(file) {
    const value = wholeJson(file)
    if (typeof value !== 'object' || value === null) return undefined
    if (file.path.endsWith('packages.lock.json')) return fromLock(value as Record<string, unknown>)
    const { libraries, targets } = value as { libraries?: unknown; targets?: unknown }
    if (typeof libraries !== 'object' || libraries === null) return undefined
    const requires = new Map<string, readonly string[]>()
    for (const target of Object.values(typeof targets === 'object' && targets !== null ? targets : {}))
      for (const [key, entry] of Object.entries(typeof target === 'object' && target !== null ? target : {})) {
        const { dependencies } = (entry ?? {}) as { dependencies?: unknown }
        if (typeof dependencies === 'object' && dependencies !== null)
          requires.set(
            key,
            Object.entries(dependencies).map(([name, version]) => `${name}/${String(version)}`),
          )
      }
    const found: One[] = []
    for (const [key, entry] of Object.entries(libraries)) {
      const { type } = (entry ?? {}) as { type?: unknown }
      const slash = key.lastIndexOf('/')
      // `project` is the application itself, `reference` a file beside it.
      if (slash <= 0 || (type !== 'package' && type !== 'runtimepack')) continue
      const name = key.slice(0, slash).replace(/^runtimepack\./, '')
      found.push({ name, version: key.slice(slash + 1), requires: requires.get(key) ?? [] })
    }
    // A shared framework stands in its own list as a project of the runtime: its folder says what it is.
    const framework = /(?:^|\/)shared\/([^/]+)\/(\d[^/]*)\/[^/]+\.deps\.json$/.exec(file.path)
    if (framework && !found.some(({ name }) => name === framework[1]))
      found.push({ name: framework[1]!, version: framework[2]!, requires: [] })
    return found
  },
  *assemble(found) {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
    const known = new Set(found.flatMap(({ path }) => (path.endsWith('.deps.json') ? [folderOf(path)] : [])))
    for (const { path, at, data } of found) {
      if (!path.endsWith('.deps.json') && known.has(folderOf(path))) continue
      const urls = new Map(data.map(one => [`${one.name}/${one.version}`, purlOf(one)]))
      for (const one of data)
        yield {
          purl: purlOf(one),
          name: one.name,
          version: one.version,
          ecosystem: 'nuget',
          at: [at],
          dependsOn: [...new Set(one.requires.flatMap(key => urls.get(key) ?? []))].sort(),
          licences: [],
        }
    }
  },
}

export default cataloger

const purlOf = ({ name, version }: One): string => purl({ type: 'nuget', name, version })

/** By target framework, then by name; projects beside it are no packages. Names in `dependencies` differ in case from those that they mean. */
const fromLock = ({ dependencies }: Record<string, unknown>): readonly One[] | undefined => {
  if (typeof dependencies !== 'object' || dependencies === null) return undefined
  const found = new Map<string, One>()
  for (const target of Object.values(dependencies)) {
    if (typeof target !== 'object' || target === null) continue
    const entries = Object.entries(
      target as Record<string, { type?: unknown; resolved?: unknown; dependencies?: unknown } | null>,
    )
    const keys = new Map(entries.map(([name, entry]) => [name.toLowerCase(), `${name}/${String(entry?.resolved)}`]))
    for (const [name, entry] of entries) {
      if (typeof entry?.resolved !== 'string' || entry.type === 'Project') continue
      const needs = typeof entry.dependencies === 'object' && entry.dependencies !== null ? Object.keys(entry.dependencies) : []
      const requires = needs.flatMap(need => keys.get(need.toLowerCase()) ?? [])
      found.set(`${name}/${entry.resolved}`, { name, version: entry.resolved, requires })
    }
  }
  return [...found.values()]
}
