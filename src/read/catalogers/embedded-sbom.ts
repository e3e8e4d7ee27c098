/** SBOMs that images bring with them: what their makers say is inside. A package that is proved otherwise too is counted once. */
import type { Package } from '../../model/package.ts'
import { type Cataloger, Unreadable, wholeFile } from '../cataloger.ts'
import { readSbom, SbomError } from '../sbom/read-sbom.ts'

/** Places are those of the SBOM itself: what it says of others is a claim. */
type Data = readonly Omit<Package, 'at'>[]

const cataloger: Cataloger<Data> = {
  revision: 3,
  files: [
    '**/*.{cdx,spdx,bom,syft}.json',
    '**/{bom,sbom}.json',
    'opt/bitnami/**/.spdx-*.spdx',
    'var/lib/db/sbom/*.json',
    'usr/local/share/sbom/*.json',
    'usr/share/sbom/*.json',
  ],
  collect(file) {
    try {
      const { packages } = readSbom(wholeFile(file), { in: 'file', path: `/${file.path}`, span: { start: 0, end: 0 } })
      return packages.map(({ at: _, ...rest }) => rest)
    } catch (error) {
      if (!(error instanceof SbomError)) throw error
      // Many things are called bom.json; only what certainly was meant to be an SBOM is worth a word.
      if (!/\.(?:cdx|spdx)\.json$|\.spdx$/.test(file.path) || error.message === 'it is no SBOM') return undefined
      throw new Unreadable(error.message)
    }
  },
  *assemble(found) {
    for (const { at, data } of found) for (const one of data) yield { ...one, at: [at] }
  },
}

export default cataloger
