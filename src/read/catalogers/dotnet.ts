/** What a .NET application brings: https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md (`deps.json`). */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson } from '../cataloger.ts'

type One = { readonly name: string; readonly version: string; readonly requires: readonly string[] }

const cataloger: Cataloger<readonly One[]> = {
  revision: 1,
  files: ['**/*.deps.json'],
  collect(file) {
    const value = wholeJson(file)
    if (typeof value !== 'object' || value === null) return undefined
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
    for (const { at, data } of found) {
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
