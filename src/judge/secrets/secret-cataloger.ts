/** Credentials in every file of every layer, found while the layer is walked for its packages. */
import type { Cataloger } from '../../read/cataloger.ts'
import { detectors } from './registry.ts'
import { type Hit, scanFile, type Unopened } from './scan-file.ts'

/** Under this name among catalogers. */
export const secretsName = 'secrets'

/** Files that are larger are not looked through. Bytes. */
const largest = 4 * 1024 ** 3

/** `reveal`: values are kept, and nothing may be stored. */
export const secretCataloger = (reveal: boolean): Cataloger<readonly (Hit | Unopened)[]> => ({
  // Whoever adds a detector wants old layers looked through again.
  revision: 1000 * revision + Object.keys(detectors).length,
  files: [],
  content: 'any',
  everyLayer: true,
  largest,
  collect(file) {
    const unopened: string[] = []
    const hits = scanFile(file, { reveal, unopened: path => unopened.push(path) })
    const [first] = unopened
    const found = first === undefined ? hits : [...hits, { unopened: unopened.length, first }]
    return found.length === 0 ? undefined : found
  },
  *assemble() {},
})

/** One more with every change of a detector or of what is kept. */
const revision = 6
