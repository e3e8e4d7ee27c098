/** Composer's record of what is installed, in the form of version 1 (a list) and 2: https://getcomposer.org/doc/07-runtime.md */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson } from '../cataloger.ts'

type One = {
  readonly name: string
  readonly version: string
  readonly licences: readonly string[]
  readonly requires: readonly string[]
}

const cataloger: Cataloger<readonly One[]> = {
  revision: 1,
  files: ['**/vendor/composer/installed.json', '**/composer/installed.json'],
  collect(file) {
    const value = wholeJson(file)
    const list = Array.isArray(value) ? value : (value as { packages?: unknown } | null)?.packages
    if (!Array.isArray(list)) return undefined
    return list.flatMap((item: unknown): One[] => {
      if (typeof item !== 'object' || item === null) return []
      const { name, version, license, require } = item as Record<string, unknown>
      if (typeof name !== 'string' || typeof version !== 'string') return []
      return [
        {
          name,
          version,
          licences: (Array.isArray(license) ? license : [license]).filter(one => typeof one === 'string'),
          requires: typeof require === 'object' && require !== null ? Object.keys(require) : [],
        },
      ]
    })
  },
  *assemble(found) {
    for (const { at, data } of found) {
      const urls = new Map(data.map(one => [one.name, purlOf(one)]))
      for (const one of data) {
        const url = purlOf(one)
        yield {
          purl: url,
          name: one.name,
          version: one.version.replace(/^v(?=\d)/, ''),
          ecosystem: 'composer',
          at: [at],
          dependsOn: [...new Set(one.requires.flatMap(name => urls.get(name) ?? []))].filter(other => other !== url).sort(),
          licences: one.licences,
        }
      }
    }
  },
}

export default cataloger

const purlOf = ({ name, version }: One): string => {
  const slash = name.lastIndexOf('/')
  return purl({
    type: 'composer',
    ...(slash === -1 ? {} : { namespace: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    version: version.replace(/^v(?=\d)/, ''),
  })
}
