/**
 * Hex: Elixir's `Version` (https://hexdocs.pm/elixir/Version.html), which is Semantic Versioning with all three numbers, of at
 * most 14 digits each, and nothing loose. `0` is let in besides: the ranges of OSV begin there
 * (https://ossf.github.io/osv-schema/#affectedrangesevents-fields).
 */
import { compareSemantic, readSemantic, type SemanticForm } from '../semantic-version.ts'
import type { VersionOrder } from '../version-order.ts'

const strict: SemanticForm = { fewest: 3, mostDigits: 14 }
const short: SemanticForm = { fewest: 1 }

export default {
  compare(a, b) {
    const one = readSemantic(a, 0, a === '0' ? short : strict)
    const other = one && readSemantic(b, 0, b === '0' ? short : strict)
    return other && compareSemantic(a, one, b, other)
  },
} satisfies VersionOrder
