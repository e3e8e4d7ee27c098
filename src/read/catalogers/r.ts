/** R packages that are installed: https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeText } from '../cataloger.ts'

type Data = { readonly name: string; readonly version: string; readonly licence: string; readonly requires: readonly string[] }

const cataloger: Cataloger<Data> = {
  revision: 2,
  files: ['**/{library,site-library}/*/DESCRIPTION'],
  collect(file) {
    const text = wholeText(file, 1024 * 1024).replace(/\r?\n[ \t]+/g, ' ')
    const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
    // Only what was built has been installed.
    if (field('Package') === '' || field('Version') === '' || field('Built') === '') return undefined
    return {
      name: field('Package'),
      version: field('Version'),
      licence: field('License'),
      // `R (>= 3.5), methods`
      requires: `${field('Depends')},${field('Imports')}`
        .split(',')
        .flatMap(one => /^\s*([A-Za-z][\w.]*)\s*(?:\(|$)/.exec(one)?.[1] ?? []),
    }
  },
  *assemble(found) {
    const urls = new Map(found.map(({ data }) => [data.name, purlOf(data)]))
    for (const { at, data } of found)
      yield {
        purl: purlOf(data),
        name: data.name,
        version: data.version,
        ecosystem: 'cran',
        at: [at],
        dependsOn: [...new Set(data.requires.flatMap(name => urls.get(name) ?? []))].sort(),
        licences: data.licence === '' ? [] : [data.licence],
      }
  },
}

export default cataloger

const purlOf = ({ name, version }: Data): string => purl({ type: 'cran', name, version })
