/** A scan in SARIF 2.1.0: a rule for each vulnerability, a result for each package that has it. */
import { compareSeverity, type Problem, type Severity } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { ScanReport, VulnerabilityFinding } from '../model/vulnerability.ts'
import { forMarkdownText, forTerminal } from './escape.ts'
import { Streamed } from './json-text.ts'
import { driver, levels, sarifPieces, securitySeverity, sentence, suppression, uriPath } from './sarif-facts.ts'
import { epssText, linksOf, listText, pathOf, placeOf, remedyText, standingOf, stateText, webUrl } from './scan-facts.ts'

/** Ends with LF. */
export const showScanSarif = (report: ScanReport): string => [...scanSarifPieces(report)].join('')

export const scanSarifPieces = (report: ScanReport): Iterable<string> => {
  const { findings, inventory, problems, version, at, database } = report
  const byId = Map.groupBy(findings, ({ vulnerability }) => vulnerability.id)
  const indexOf = new Map([...byId.keys()].map((id, index) => [id, index]))
  return sarifPieces({
    tool: driver(version, new Streamed(() => byId.values().map(ruleDescriptor))),
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { IMAGEROOT: { description: { text: `The root folder of ${forTerminal(inventory.name)}` } } },
    invocations: [
      {
        executionSuccessful: problems.every(({ kind }) => kind !== 'failed'),
        ...(Number.isNaN(Date.parse(at)) ? {} : { endTimeUtc: new Date(at).toISOString() }),
        toolExecutionNotifications: problems.map(problem => notification(problem)),
      },
    ],
    results: new Streamed(() =>
      findings.values().map(finding => result(finding, indexOf.get(finding.vulnerability.id)!, inventory)),
    ),
    properties: {
      image: inventory.name,
      ...(inventory.image ? { imageId: inventory.image.id, platform: inventory.image.platform } : {}),
      databaseBuilt: database.built,
      coverage: report.coverage.map(({ ecosystem, packages, uncovered }) => ({ ecosystem, packages, uncovered })),
    },
  })
}

const ruleDescriptor = (group: readonly VulnerabilityFinding[]): object => {
  const worst = [...group].sort((a, b) => compareSeverity(a.severity, b.severity))[0]!
  const { vulnerability, severity } = worst
  const { id, summary, details, cwes, cvss, kev, isMalware } = vulnerability
  const title = forTerminal(summary === '' ? id : `${id}: ${oneLine(summary)}`)
  const helpUri = webUrl(vulnerability.url)
  return {
    id,
    name: isMalware ? 'Malware' : 'Vulnerability',
    shortDescription: { text: sentence(cut(title, 250)) },
    fullDescription: { text: sentence(cut(plain(details === '' ? (summary === '' ? id : summary) : details), 1000)) },
    help: { text: helpText(worst, group), markdown: helpMarkdown(worst, group) },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [
        ...new Set([
          'security',
          'vulnerability',
          'container',
          ...(isMalware ? ['malware'] : []),
          ...(kev ? ['known-exploited'] : []),
          ...cwes.filter(one => /^CWE-\d+$/.test(one)).map(one => `external/cwe/${one.toLowerCase()}`),
        ]),
      ],
      precision: 'very-high',
      'security-severity': cvss ? cvss.score.toFixed(1) : securitySeverity[severity],
      ...(cvss ? { cvss: cvss.vector } : {}),
    },
  }
}

const facts = ({
  vulnerability: { cvss, kev },
  vulnerability,
  severity,
  severityFrom,
}: VulnerabilityFinding): readonly string[] => {
  const epss = epssText(vulnerability)
  return [
    `Severity: ${severity}${severityFrom === '' ? '' : `, says ${severityFrom}`}`,
    ...(cvss ? [`CVSS: ${cvss.score.toFixed(1)} (${cvss.vector}, ${cvss.source})`] : []),
    ...(epss === undefined ? [] : [`EPSS: ${epss} probability of exploitation within 30 days`]),
    ...(kev ? [`Exploited in the wild since ${kev.added}${kev.isRansomware ? ', by ransomware too' : ''}`] : []),
  ]
}

const remedies = (group: readonly VulnerabilityFinding[]): readonly string[] => [...new Set(group.map(remedyText))].slice(0, 20)

const helpText = (worst: VulnerabilityFinding, group: readonly VulnerabilityFinding[]): string => {
  const { id, summary, details } = worst.vulnerability
  return [
    plain(summary === '' ? id : `${id}: ${summary}`),
    ...(details === '' ? [] : [plain(details)]),
    facts(worst).map(plain).join('\n'),
    remedies(group)
      .map(one => sentence(plain(one)))
      .join('\n'),
    ...linksOf(worst.vulnerability),
  ].join('\n\n')
}

const helpMarkdown = (worst: VulnerabilityFinding, group: readonly VulnerabilityFinding[]): string => {
  const { id, summary, details } = worst.vulnerability
  const paragraphs = details.split(/\n\s*\n/).map(forMarkdownText)
  return [
    `**${forMarkdownText(summary === '' ? id : `${id}: ${summary}`)}**`,
    ...paragraphs.filter(one => one.trim() !== ''),
    facts(worst)
      .map(one => `- ${forMarkdownText(one)}`)
      .join('\n'),
    `**What to do**`,
    remedies(group)
      .map(one => `- ${sentence(forMarkdownText(one))}`)
      .join('\n'),
    linksOf(worst.vulnerability)
      .map(url => `- <${url}>`)
      .join('\n'),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

const result = (finding: VulnerabilityFinding, ruleIndex: number, inventory: Inventory): object => {
  const { vulnerability, match, severity, key, suppressed, risk, isInBase } = finding
  const { package: one } = match
  const place = placeOf(one, inventory)
  const where = [
    isInBase ? 'the base image' : undefined,
    place?.number === undefined ? undefined : `layer ${place.number}`,
  ].filter(part => part !== undefined)
  const summary = oneLine(vulnerability.summary)
  const what = `${one.name} ${one.version}${where.length > 0 ? `, from ${where.join(', ')},` : ''} has ${vulnerability.id}`
  const message = `${what}${summary === '' ? '' : `: ${summary}`}`
  return {
    ruleId: vulnerability.id,
    ruleIndex,
    level: standingOf(finding) === 'aside' ? 'note' : levels[severity],
    message: {
      text: [message, remedyText(finding), finding.note ?? '']
        .filter(part => part !== '')
        .map(part => sentence(forTerminal(part)))
        .join(' '),
    },
    locations: one.at.map(at => ({
      physicalLocation: {
        artifactLocation: imageFile(pathOf(at) || inventory.name),
        region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      },
      logicalLocations: [{ name: one.name, fullyQualifiedName: one.purl, kind: 'module' }],
    })),
    partialFingerprints: { 'bulkheadKey/v1': key },
    ...suppressions(finding),
    properties: {
      severity,
      'security-severity': vulnerability.cvss
        ? vulnerability.cvss.score.toFixed(1)
        : securitySeverity[severity satisfies Severity],
      risk,
      status: match.status,
      purl: one.purl,
      feed: match.feed,
      advisory: match.id,
      ...(match.fixedIn === undefined ? {} : { fixedIn: match.fixedIn }),
      ...(place ? { layer: place.layer } : {}),
      ...(isInBase === undefined ? {} : { isInBase }),
      ...(suppressed?.until === undefined ? {} : { suppressedUntil: suppressed.until }),
    },
  }
}

/** What maintainers leave is accepted by them; what they have not decided is under review, which readers go on showing. */
const suppressions = (finding: VulnerabilityFinding): object => {
  if (finding.suppressed) return { suppressions: [suppression(finding.suppressed)] }
  const { status, reason } = finding.match
  if (status === 'affected') return {}
  const isOpen = status === 'undetermined' || status === 'deferred'
  const justification = listText([stateText(finding), ...(reason === undefined || reason === '' ? [] : [reason])])
  return {
    suppressions: [{ kind: 'external', status: isOpen ? 'underReview' : 'accepted', justification: forTerminal(justification) }],
  }
}

/** Relative to the image's root: code scanning shows nothing that lies elsewhere. */
const imageFile = (path: string): object => ({ uri: uriPath(path.replace(/^\/+/, '')) || 'image', uriBaseId: 'IMAGEROOT' })

const notification = (problem: Problem): object => ({
  level: problem.kind === 'failed' ? 'error' : 'warning',
  message: { text: sentence(forTerminal(problem.message)) },
  descriptor: { id: problem.code },
  ...(problem.at && pathOf(problem.at) !== ''
    ? { locations: [{ physicalLocation: { artifactLocation: imageFile(pathOf(problem.at)) } }] }
    : {}),
})

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Lines stay, everything else that is invisible shows. */
const plain = (text: string): string => text.split(/\r?\n/).map(forTerminal).join('\n')

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`
