/** `vulnerabilities` of a BOM: https://cyclonedx.org/docs/1.6/json/#vulnerabilities, with the analysis that makes it a VEX. */
import type { AdvisoryStatus } from '../model/advisory.ts'
import type { Severity } from '../model/finding.ts'
import { isFixable, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { linksOf, remedyText, stateText, webUrl } from './scan-facts.ts'

/** One for each vulnerability; several where it is judged differently in several packages. `affects` names packages by their purl. */
export function* cycloneDxVulnerabilities(findings: readonly VulnerabilityFinding[]): Generator<object> {
  const groups = Map.groupBy(findings, one =>
    JSON.stringify([one.vulnerability.id, one.severity, one.severityFrom, analysisOf(one) ?? null]),
  )
  const numbers = new Map<string, number>()
  for (const group of groups.values()) {
    const [first] = group
    const { vulnerability, severity, severityFrom } = first!
    const number = (numbers.get(vulnerability.id) ?? 0) + 1
    numbers.set(vulnerability.id, number)
    const { id, aliases, summary, details, cwes, cvss, epss, kev } = vulnerability
    const own = webUrl(vulnerability.url)
    const analysis = analysisOf(first!)
    const weaknesses = [...new Set(cwes.map(cweNumber).filter(one => one !== undefined))]
    const published = timeOf(vulnerability.published)
    const advisories = linksOf(vulnerability)
    const others = [...new Set(aliases)].filter(one => one !== id && one !== '')
    yield {
      'bom-ref': text(`vulnerability:${id}${number > 1 ? `:${number}` : ''}`),
      id: text(id),
      source: { name: text(publisherOf(id) ?? first!.match.feed), ...(own === undefined ? {} : { url: own }) },
      ...(others.length > 0
        ? { references: others.map(one => ({ id: text(one), source: { name: text(publisherOf(one) ?? first!.match.feed) } })) }
        : {}),
      ratings: [
        { source: { name: text(severityFrom) }, severity: severity satisfies Severity },
        ...(cvss
          ? [
              {
                source: { name: text(cvss.source) },
                score: cvss.score,
                severity: bandOf(cvss),
                method: methodOf(cvss.vector),
                vector: text(cvss.vector),
              },
            ]
          : []),
        ...(epss ? [{ source: { name: 'EPSS', url: 'https://www.first.org/epss/' }, score: epss.score, method: 'other' }] : []),
      ],
      ...(weaknesses.length > 0 ? { cwes: weaknesses } : {}),
      ...(summary === '' && details === '' ? {} : { description: text(summary === '' ? details : summary) }),
      ...(summary !== '' && details !== '' ? { detail: text(details) } : {}),
      recommendation: text(`${[...new Set(group.map(remedyText))].slice(0, 20).join('. ')}.`),
      ...(advisories.length > 0 ? { advisories: advisories.map(url => ({ url })) } : {}),
      ...(published === undefined ? {} : { published }),
      ...(analysis ? { analysis } : {}),
      affects: affectsOf(group, analysis?.state === 'not_affected' || analysis?.state === 'resolved'),
      ...(kev || vulnerability.isMalware
        ? {
            properties: [
              ...(kev ? [{ name: 'bulkhead:kev:added', value: text(kev.added) }] : []),
              ...(kev?.isRansomware ? [{ name: 'bulkhead:kev:ransomware', value: 'true' }] : []),
              ...(vulnerability.isMalware ? [{ name: 'bulkhead:malware', value: 'true' }] : []),
            ],
          }
        : {}),
    }
  }
}

/** Where a version is called unaffected, readers take an analysis that clears the component to be about that one: so it is not named beside one. */
const affectsOf = (group: readonly VulnerabilityFinding[], isCleared: boolean): readonly object[] => {
  const byRef = new Map<string, object>()
  for (const finding of group) {
    const { package: one, fixedIn, version } = finding.match
    // The fix of what is built from a source is a version of the source.
    const knowsFix = isFixable(finding) && version === one.version
    byRef.set(one.purl, {
      ref: one.purl,
      versions: [
        { version: versionText(one.version), status: 'affected' },
        ...(knowsFix && !isCleared ? [{ version: versionText(fixedIn!), status: 'unaffected' }] : []),
      ],
    })
  }
  return [...byRef.values()]
}

type Analysis = {
  readonly state?: 'resolved' | 'exploitable' | 'in_triage' | 'not_affected'
  readonly justification?: string
  readonly response?: readonly ('can_not_fix' | 'will_not_fix')[]
  readonly detail?: string
}

/** Only what somebody has said: a vulnerability that nobody judged has none. */
const analysisOf = (finding: VulnerabilityFinding): Analysis | undefined => {
  const { suppressed, match } = finding
  if (suppressed) {
    const until = suppressed.until === undefined ? '' : ` (until ${suppressed.until})`
    const detail = text(`${suppressed.reason}${until}`)
    if (suppressed.by !== 'vex') return { response: ['will_not_fix'], detail: text(`Suppressed by ${suppressed.by}: ${detail}`) }
    const isFixed = suppressed.reason.startsWith('fixed')
    const justification = isFixed ? undefined : justificationIn(suppressed.reason)
    return { state: isFixed ? 'resolved' : 'not_affected', ...(justification === undefined ? {} : { justification }), detail }
  }
  if (match.status === 'affected') return undefined
  const reason = match.reason === undefined || match.reason === '' ? '' : `: ${match.reason}`
  return { ...ofStatus[match.status], detail: text(`${stateText(finding)}${reason}`) }
}

const ofStatus: Readonly<Record<Exclude<AdvisoryStatus, 'affected' | 'not-affected'>, Analysis>> = {
  'wont-fix': { response: ['will_not_fix'] },
  unimportant: { response: ['will_not_fix'] },
  'end-of-life': { response: ['can_not_fix'] },
  minor: {},
  deferred: {},
  undetermined: { state: 'in_triage' },
}

/** OpenVEX's and CSAF's words, in CycloneDX's: only where they mean the same. */
const justifications: Readonly<Record<string, string>> = {
  component_not_present: 'code_not_present',
  vulnerable_code_not_present: 'code_not_present',
  vulnerable_code_not_in_execute_path: 'code_not_reachable',
  inline_mitigations_already_exist: 'protected_by_mitigating_control',
  code_not_present: 'code_not_present',
  code_not_reachable: 'code_not_reachable',
  requires_configuration: 'requires_configuration',
  requires_dependency: 'requires_dependency',
  requires_environment: 'requires_environment',
  protected_by_compiler: 'protected_by_compiler',
  protected_at_runtime: 'protected_at_runtime',
  protected_at_perimeter: 'protected_at_perimeter',
  protected_by_mitigating_control: 'protected_by_mitigating_control',
}

const justificationIn = (reason: string): string | undefined => {
  for (const word of reason.split(/[^a-z_]+/)) if (Object.hasOwn(justifications, word)) return justifications[word]
  return undefined
}

/** Whose id it is, by its form. */
export const publisherOf = (id: string): string | undefined => publishers.find(([prefix]) => id.startsWith(prefix))?.[1]

const publishers: readonly (readonly [string, string])[] = [
  ['CVE-', 'CVE Program'],
  ['GHSA-', 'GitHub Advisory Database'],
  ['DSA-', 'Debian'],
  ['DLA-', 'Debian'],
  ['USN-', 'Ubuntu'],
  ['RHSA-', 'Red Hat'],
  ['ALSA-', 'AlmaLinux'],
  ['RLSA-', 'Rocky Linux'],
  ['ELSA-', 'Oracle'],
  ['GO-', 'Go Vulnerability Database'],
  ['PYSEC-', 'Python Packaging Advisory Database'],
  ['RUSTSEC-', 'RustSec'],
  ['MAL-', 'OpenSSF Malicious Packages'],
]

const methodOf = (vector: string): string =>
  vector.startsWith('CVSS:4')
    ? 'CVSSv4'
    : vector.startsWith('CVSS:3.1')
      ? 'CVSSv31'
      : vector.startsWith('CVSS:3')
        ? 'CVSSv3'
        : /^\(?AV:/.test(vector)
          ? 'CVSSv2'
          : 'other'

/** https://nvd.nist.gov/vuln-metrics/cvss */
const bandOf = ({ vector, score }: { readonly vector: string; readonly score: number }): string => {
  if (score >= 9 && vector.startsWith('CVSS:')) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 || !vector.startsWith('CVSS:') ? 'low' : 'none'
}

const cweNumber = (cwe: string): number | undefined => {
  const number = Number(/^CWE-(\d{1,6})$/.exec(cwe)?.[1] ?? 0)
  return number > 0 ? number : undefined
}

/** RFC 3339 in whole seconds; undefined: it is no time. */
const timeOf = (time: string): string | undefined => {
  const parsed = Date.parse(time)
  if (Number.isNaN(parsed) || Math.abs(parsed) > 8e13) return undefined
  return new Date(parsed).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The schema takes no longer ones. */
export const versionText = (version: string): string => text(version).slice(0, 1024).toWellFormed()

/** Readers show it as it is. */
const text = (value: string): string => value.toWellFormed()
