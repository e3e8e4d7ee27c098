/** Credentials in the history of Git repositories that were copied into an image: their objects are compressed, and nothing else would see into them. */
import type { Cataloger } from '../../read/cataloger.ts'
import { detectors } from './registry.ts'
import { type GitFound, scanGit } from './scan-git.ts'

/** Under this name among catalogers. */
export const gitName = 'git-history'

/** Packs that are larger are not looked through. Bytes. */
const largest = 4 * 1024 ** 3

/** `reveal`: values are kept, and nothing may be stored. */
export const gitCataloger = (reveal: boolean): Cataloger<GitFound> => ({
  // Whoever adds a detector wants old layers looked through again.
  revision: 1000 * revision + Object.keys(detectors).length,
  files: ['**/objects/*/*', 'objects/*/*'],
  everyLayer: true,
  largest,
  collect: file => scanGit(file, { reveal }),
  *assemble() {},
})

/** One more with every change of a detector or of what is kept. */
const revision = 2
