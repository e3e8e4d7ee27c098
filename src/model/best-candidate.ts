/** Which candidate is recommended first. */
import type { Severity } from './finding.ts'
import type { Measure, Measured, Recommendation } from './recommendation.ts'

/** The worst first; what is merely of interest counts as low. */
export const shownSeverities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'unknown']

export const countOf = ({ bySeverity }: Measure, severity: Severity): number =>
  bySeverity[severity] + (severity === 'low' ? bySeverity.info : 0)

/** As it may stand behind FROM; undefined: archives and folders cannot. */
export const nameBehindFrom = (name: string): string | undefined =>
  /^(?:archive|dir|oci|sbom):/.test(name) ? undefined : name.replace(/^(?:docker|registry):/, '')

/** The best one that brings no new critical vulnerability, and leaves less than there is. `isFit`: whether it can be taken at all. */
export const bestOf = (
  { candidates, base }: Pick<Recommendation, 'candidates' | 'base'>,
  isFit: (one: Measured) => boolean = () => true,
): Measured | undefined =>
  candidates.find(
    one =>
      one.measure &&
      !one.isPresent &&
      !one.isRolling &&
      !one.isPartial &&
      one.newCritical.length === 0 &&
      ((base.isEnded && one.kind !== 'refresh') || isBetter(base.measure, one.measure)) &&
      isFit(one),
  )

const isBetter = (before: Measure | undefined, after: Measure): boolean => {
  if (!before) return true
  if (after.kev !== before.kev) return after.kev < before.kev
  for (const severity of shownSeverities) {
    const difference = countOf(after, severity) - countOf(before, severity)
    if (difference !== 0) return difference < 0
  }
  return after.size !== undefined && before.size !== undefined && after.size < before.size
}
