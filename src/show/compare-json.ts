/** A comparison as JSON. Its schema is docs/compare-report.schema.json; `schemaVersion` rises when a reader would have to change. */
import type { ComparisonReport, SideHead, SidePackage, VulnerabilityDifference } from '../model/comparison.ts'
import { jsonText } from './json-text.ts'

export const compareSchemaVersion = 1

/** The same report gives the same bytes; every key is always there. Ends with LF. */
export const showCompareJson = (report: ComparisonReport): string => {
  const { version, before, after, numbers, packages, vulnerabilities, layers, traits, secrets, findings, regressions } = report
  return jsonText({
    schemaVersion: compareSchemaVersion,
    tool: { name: 'bulkhead', version },
    before: headJson(before),
    after: headJson(after),
    numbers: numbers.map(one => ({ id: one.id, before: one.before ?? null, after: one.after ?? null, trend: one.trend })),
    regressions,
    vulnerabilities: {
      opened: vulnerabilities.opened.map(vulnerabilityJson),
      closed: vulnerabilities.closed.map(vulnerabilityJson),
      reweighed: vulnerabilities.reweighed,
      remaining: vulnerabilities.remaining,
    },
    packages: packages
      ? { added: packages.added.map(packageJson), removed: packages.removed.map(packageJson), changed: packages.changed }
      : null,
    layers: layers ?? null,
    settings: traits?.map(one => ({ ...one, before: one.before ?? null, after: one.after ?? null })) ?? null,
    secrets: secrets ?? null,
    findings: findings
      ? { opened: findings.opened.map(findingJson), closed: findings.closed.map(findingJson), changed: findings.changed }
      : null,
    database: report.database,
    problems: report.problems.map(({ kind, code, message }) => ({ kind, code, message })),
  })
}

const headJson = ({ name, asked, kind, id, platform, distro, scanned }: SideHead): object => ({
  name,
  asked,
  kind,
  id: id ?? null,
  platform: platform ?? null,
  distro: distro ?? null,
  scanned,
})

const packageJson = ({ purl, ecosystem, name, version, source, isJudged }: SidePackage): object => ({
  purl,
  ecosystem,
  name,
  version,
  source: { name: source.name, version: source.version },
  isJudged,
})

const vulnerabilityJson = (one: VulnerabilityDifference): object => ({
  id: one.id,
  severity: one.severity,
  ecosystem: one.ecosystem,
  package: one.name,
  before: one.before,
  after: one.after,
  other: one.other,
  isExploited: one.isExploited,
  isMalware: one.isMalware,
  epss: one.epss ?? null,
  fixedIn: one.fixedIn ?? null,
  summary: one.summary,
  url: one.url,
})

const findingJson = ({
  rule,
  severity,
  message,
  places,
}: {
  readonly rule: string
  readonly severity: string
  readonly message: string
  readonly places: readonly string[]
}): object => ({ rule, severity, message, places })
