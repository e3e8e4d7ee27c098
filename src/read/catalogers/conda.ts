/** Conda's records of what is installed: https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson } from '../cataloger.ts'

type Data = {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly channel: string
  readonly subdir: string
  readonly licence: string
  readonly depends: readonly string[]
  readonly files: readonly string[]
}

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/conda-meta/*.json'],
  collect(file) {
    const value = wholeJson(file)
    if (typeof value !== 'object' || value === null) return undefined
    const record = value as Record<string, unknown>
    const text = (key: string): string => (typeof record[key] === 'string' ? record[key] : '')
    const list = (key: string): readonly string[] =>
      Array.isArray(record[key]) ? record[key].filter(one => typeof one === 'string') : []
    if (text('name') === '' || text('version') === '') return undefined
    return {
      name: text('name'),
      version: text('version'),
      build: text('build'),
      channel: text('channel')
        .replace(/^https?:\/\/[^/]+\//, '')
        .replace(/\/[^/]+$/, ''),
      subdir: text('subdir'),
      licence: text('license'),
      depends: list('depends').map(one => one.split(/[\s<>=!~]/)[0]!),
      files: list('files'),
    }
  },
  *assemble(found) {
    const urls = new Map(found.map(({ data }) => [data.name, purlOf(data)]))
    for (const { path, at, data } of found) {
      const prefix = `/${path.replace(/\/?conda-meta\/[^/]*$/, '')}`.replace(/\/$/, '')
      const url = purlOf(data)
      yield {
        purl: url,
        name: data.name,
        version: data.version,
        ecosystem: 'conda',
        at: [at],
        owns: data.files.map(file => `${prefix}/${file}`),
        dependsOn: [...new Set(data.depends.flatMap(name => urls.get(name) ?? []))].filter(one => one !== url).sort(),
        licences: data.licence === '' ? [] : [data.licence],
      }
    }
  },
}

export default cataloger

const purlOf = ({ name, version, build, channel, subdir }: Data): string =>
  purl({ type: 'conda', name, version, qualifiers: { build, channel, subdir } })
