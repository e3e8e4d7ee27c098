/** LuaRocks keeps the specification of each rock that is installed: https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeText } from '../cataloger.ts'

type Data = { readonly name: string; readonly version: string; readonly licence: string }

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/rocks*/**/*.rockspec'],
  collect(file) {
    const text = wholeText(file, 1024 * 1024)
    const field = (name: string): string =>
      new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*["']([^"']+)["']`, 'm').exec(text)?.[1] ?? ''
    const name = field('package')
    const version = field('version')
    return name === '' || version === '' ? undefined : { name, version, licence: field('license') }
  },
  *assemble(found) {
    for (const { at, data } of found)
      yield {
        purl: purl({ type: 'luarocks', name: data.name.toLowerCase(), version: data.version }),
        name: data.name,
        version: data.version,
        ecosystem: 'luarocks',
        at: [at],
        dependsOn: [],
        licences: data.licence === '' ? [] : [data.licence],
      }
  },
}

export default cataloger
