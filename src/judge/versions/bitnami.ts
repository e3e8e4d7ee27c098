/**
 * Bitnami's packages (https://github.com/bitnami/go-version): Semantic Versioning, except that what follows the hyphen is a
 * revision, so that 1.2.3-1 is newer than 1.2.3. Numbers that are missing are zero, since the ranges of OSV begin at `0`; there may be more than three of
 * them (Java's 17.0.8.1), and they may begin with zeros (MinIO's 2021.03.04).
 */
import { comparePrerelease, compareSemanticIdentifiers, readSemantic, type SemanticForm } from '../semantic-version.ts'
import { compareNumbers, type VersionOrder } from '../version-order.ts'

const form: SemanticForm = { fewest: 1, most: Number.POSITIVE_INFINITY, leadingZeros: true }

export default {
  compare(a, b) {
    const one = readSemantic(a, 0, form)
    const other = one && readSemantic(b, 0, form)
    if (!other) return undefined
    const numbers = compareNumbers(a, one.start, one.numbersEnd, b, other.start, other.numbersEnd)
    if (numbers !== 0) return numbers
    const revised = one.prerelease < one.prereleaseEnd
    if (revised !== other.prerelease < other.prereleaseEnd) return revised ? 1 : -1
    return comparePrerelease(
      a,
      one.prerelease,
      one.prereleaseEnd,
      b,
      other.prerelease,
      other.prereleaseEnd,
      compareSemanticIdentifiers,
    )
  },
} satisfies VersionOrder
