/**
 * GitLab's container scanning report, version 15.0.7 of its schema:
 * https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/blob/master/dist/container-scanning-report-format.json
 */
import type { Severity } from '../model/finding.ts'
import { counts, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { forMarkdownText, forTerminal } from './escape.ts'
import { jsonPieces, Streamed } from './json-text.ts'
import { uuidOf } from './sbom-facts.ts'
import { groupsOf, linksOf, plural, remedyText, totalsOf, webUrl } from './scan-facts.ts'

const schemaVersion = '15.0.7'

/**
 * Findings that count, one for each installed package. The form has no place for what is suppressed or what maintainers leave aside: it is counted in
 * the messages, as are the problems. Ends with LF.
 */
export const showGitlab = (report: ScanReport): string => [...gitlabPieces(report)].join('')

export const gitlabPieces = (report: ScanReport): Iterable<string> => {
  const { version, problems, at, findings } = report
  const totals = totalsOf(report, groupsOf(report))
  const tool = {
    id: 'bulkhead',
    name: 'Bulkhead',
    url: 'https://github.com/bulkhead/bulkhead',
    vendor: { name: 'Bulkhead' },
    version,
  }
  const time = timeOf(at)
  const hidden = [
    totals.leftAside > 0 ? `${plural(totals.leftAside, 'vulnerability', 'vulnerabilities')} left aside by their maintainers` : '',
    totals.suppressed > 0 ? `${totals.suppressed} suppressed` : '',
  ].filter(part => part !== '')
  return jsonPieces({
    version: schemaVersion,
    scan: {
      analyzer: tool,
      scanner: tool,
      type: 'container_scanning',
      start_time: time,
      end_time: time,
      status: problems.some(({ kind }) => kind === 'failed') ? 'failure' : 'success',
      messages: [
        ...problems.map(({ kind, code, message }) => ({
          level: 'warn',
          value: `${kind === 'failed' ? 'not checked' : 'not covered'}[${code}] ${forTerminal(message)}`,
        })),
        ...(hidden.length > 0 ? [{ level: 'info', value: `Not in this list: ${hidden.join(', ')}` }] : []),
      ],
    },
    vulnerabilities: new Streamed(() =>
      findings
        .values()
        .filter(counts)
        .map(finding => vulnerabilityOf(finding, report)),
    ),
  })
}

const names: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
  unknown: 'Unknown',
}

const vulnerabilityOf = (finding: VulnerabilityFinding, { inventory }: ScanReport): object => {
  const { vulnerability, match, severity } = finding
  const { package: one } = match
  const { id, summary, details, aliases, cvss, cwes } = vulnerability
  const distro = inventory.distro
  const vectors = cvss && isVector(cvss.vector) ? [{ vendor: cvss.source || 'unknown', vector: cvss.vector }] : []
  const url = webUrl(vulnerability.url)
  return {
    id: uuidOf(`${inventory.name}\n${finding.key}`),
    name: cut(forTerminal(summary === '' ? id : `${id}: ${summary.replace(/\s+/g, ' ').trim()}`), 255),
    description: cut(describe(summary === '' ? id : summary, details), 1_000_000),
    severity: names[severity],
    solution: cut(`${forTerminal(remedyText(finding))}.`, 7000),
    identifiers: [
      identifier(id, url),
      ...aliases.filter(one => one !== id && one !== '').map(one => identifier(one)),
      ...cwes
        .filter(one => /^CWE-[1-9]\d*$/.test(one))
        .map(one => {
          const number = one.slice('CWE-'.length)
          return { type: 'cwe', name: one, value: number, url: `https://cwe.mitre.org/data/definitions/${number}.html` }
        }),
    ],
    ...(vectors.length > 0 ? { cvss_vectors: vectors } : {}),
    links: linksOf(vulnerability).map(link => ({ url: link })),
    location: {
      dependency: { package: { name: one.name }, version: one.version },
      operating_system: `${distro?.id ?? ''} ${distro?.version ?? ''}`.trim() || 'unknown',
      image: inventory.name || 'unknown',
    },
  }
}

/** The first letters of an id say whose it is. */
const identifier = (id: string, url?: string): object => ({
  type: (/^([A-Za-z]+)-/.exec(id)?.[1] ?? 'bulkhead').toLowerCase(),
  name: id || 'unknown',
  value: id || 'unknown',
  ...(url === undefined ? {} : { url }),
})

/** GitLab shows it as Markdown; advisories may say anything. */
const describe = (summary: string, details: string): string =>
  [summary, ...details.split(/\n\s*\n/)]
    .map(one => forMarkdownText(one.trim()))
    .filter(one => one !== '')
    .join('\n\n')

/** Versions 2 and 3: the form has no place for others. */
const isVector = (vector: string): boolean =>
  vector.length <= 128 &&
  (/^(?:(?:AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC])(?:\/(?!$)|$)){6}$/.test(vector) ||
    /^CVSS:3\.[01]\/(?:(?:AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH])(?:\/(?!$)|$)){8}$/.test(vector))

/** In UTC, without a zone. */
const timeOf = (at: string): string => {
  const time = Date.parse(at)
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().slice(0, 19)
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`
