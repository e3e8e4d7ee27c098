/** How much a vulnerability matters, as one number to sort by. docs/vulnerabilities.md documents it. */
import type { AdvisoryStatus } from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'

export type RiskFacts = {
  readonly severity: Severity
  /** 0 to 10. */
  readonly cvss: number | undefined
  /** 0 to 1. */
  readonly epss: number | undefined
  readonly isKnownExploited: boolean
  readonly isMalware: boolean
  readonly status: AdvisoryStatus
}

/** The middle of each of CVSS's bands: https://www.first.org/cvss/v3.1/specification-document#Qualitative-Severity-Rating-Scale */
const middle: Readonly<Record<Severity, number>> = { critical: 9.5, high: 8, medium: 5.5, low: 2, info: 0.5, unknown: 5 }

/** Half of all CVEs have less: what nobody has scored yet is no less likely than they are. */
const usualEpss = 0.003

/**
 * 0 to 100: impact × likelihood. Impact is the severity's middle, moved half of the way to the CVSS score; likelihood is EPSS's, 1 for what is known to be
 * exploited. What its maintainers have left aside weighs a fifth. Malware is at 100.
 */
export const riskOf = ({ severity, cvss, epss, isKnownExploited, isMalware, status }: RiskFacts): number => {
  if (isMalware) return 100
  const impact = cvss === undefined ? middle[severity] : (middle[severity] + cvss) / 2
  const likelihood = isKnownExploited ? 1 : (epss ?? usualEpss)
  const risk = 10 * impact * likelihood * (status === 'affected' ? 1 : 0.2)
  return Math.round(risk * 1000) / 1000
}
