/**
 * npm and crates.io: Semantic Versioning 2.0.0, with what node-semver takes loosely (https://github.com/npm/node-semver): `v`,
 * `=` and spaces before, leading zeros, no hyphen before the prerelease. Missing numbers are zero, since the ranges of OSV begin
 * at `0`.
 */
import { compareSemantic, readSemantic, type SemanticForm, type SemanticVersion } from '../semantic-version.ts'
import type { VersionOrder } from '../version-order.ts'

const form: SemanticForm = { fewest: 1, leadingZeros: true, withoutHyphen: true }

const read = (text: string): SemanticVersion | undefined => {
  let start = 0
  for (; start < text.length; start++) {
    const unit = text.charCodeAt(start)
    if (unit !== 118 && unit !== 61 && unit !== 32 && unit !== 9) break
  }
  const last = text.charCodeAt(text.length - 1)
  if (last !== 32 && last !== 9) return readSemantic(text, start, form)
  // Offsets stay those of the text: what is cut off lies behind them.
  return readSemantic(text.trimEnd(), start, form)
}

export default {
  compare(a, b) {
    const one = read(a)
    const other = one && read(b)
    return other && compareSemantic(a, one, b, other)
  },
} satisfies VersionOrder
