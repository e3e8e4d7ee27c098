/**
 * CRAN: R's `package_version` (https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html): whole numbers with
 * `.` or `-` between them, from left to right; missing ones are zero. A single number is let in, as in `numeric_version`.
 */
import { compareNumbers, digitsEnd, type VersionOrder } from '../version-order.ts'

const isVersion = (text: string): boolean => {
  for (let i = 0; ; i++) {
    const end = digitsEnd(text, i)
    if (end === i) return false
    if (end === text.length) return true
    const unit = text.charCodeAt(end)
    if (unit !== 46 && unit !== 45) return false
    i = end
  }
}

export default {
  compare: (a, b) => (isVersion(a) && isVersion(b) ? compareNumbers(a, 0, a.length, b, 0, b.length) : undefined),
} satisfies VersionOrder
