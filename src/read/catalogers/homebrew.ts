/** Homebrew on Linux: each keg, `Cellar/NAME/VERSION`, has the receipt of its installation (https://docs.brew.sh/Formula-Cookbook#homebrew-terminology). */
import { purl } from '../../model/purl.ts'
import type { Cataloger } from '../cataloger.ts'

type Data = { readonly name: string; readonly version: string }

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/Cellar/*/*/INSTALL_RECEIPT.json'],
  collect(file) {
    const [name = '', version = ''] = file.path.split('/').slice(-3)
    // The folder's name is the formula's version; `_1` behind it is the revision of the formula.
    return { name, version }
  },
  *assemble(found) {
    for (const { at, data } of found)
      yield {
        purl: purl({ type: 'brew', name: data.name, version: data.version }),
        name: data.name,
        version: data.version,
        ecosystem: 'brew',
        at: [at],
        dependsOn: [],
        licences: [],
      }
  },
}

export default cataloger
