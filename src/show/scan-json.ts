/** A scan as JSON. Its schema is docs/scan-report.schema.json; `schemaVersion` rises when a reader would have to change. */
import { severities } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Package } from '../model/package.ts'
import { counts, type ScanReport, type VulnerabilityFinding } from '../model/vulnerability.ts'
import { instructionText, onOneLine } from './instruction-text.ts'
import { jsonPieces, Streamed } from './json-text.ts'
import { remediesJson } from './remedies-json.ts'
import { groupsOf, pathOf, placeOf, type Tally, tallyOf, totalsOf } from './scan-facts.ts'

export const scanSchemaVersion = 1

/** The same report gives the same bytes; every key is always there. Ends with LF. */
export const showScanJson = (report: ScanReport): string => [...scanJsonPieces(report)].join('')

export const scanJsonPieces = (report: ScanReport): Iterable<string> => {
  const { version, inventory, base, database, findings, problems, coverage, at } = report
  const { name, kind, image, distro, layers, packages } = inventory
  const groups = groupsOf(report)
  const totals = totalsOf(report, groups)
  const shareOf = (isInBase: boolean): Tally =>
    tallyOf(
      groups.filter(group => group.isInBase === isInBase).flatMap(({ rows }) => rows.filter(row => row.standing === 'counts')),
    )
  return jsonPieces({
    schemaVersion: scanSchemaVersion,
    tool: { name: 'bulkhead', version },
    at,
    summary: {
      ...totals,
      findings: findings.length,
      problems: problems.length,
      bySeverity: inOrder(totals.bySeverity),
      ...(base ? { base: inOrder(shareOf(true)), own: inOrder(shareOf(false)) } : { base: null, own: null }),
    },
    image: {
      name,
      kind,
      id: image?.id ?? null,
      manifest: image?.manifest ?? null,
      platform: image?.platform ?? null,
      refs: image?.refs ?? [],
      distro: distro
        ? { id: distro.id, version: distro.version, codename: distro.codename, name: distro.name, variant: distro.variant }
        : null,
      packages: packages.length,
      layers: layers.map(({ diffId, step, size, files, instruction }, i) => ({
        number: i + 1,
        diffId,
        step: step ?? null,
        instruction: onOneLine(
          instructionText((step === undefined ? undefined : image?.config.history[step]?.createdBy) ?? instruction ?? ''),
        ),
        size,
        files,
        isInBase: base ? i < base.layers : null,
      })),
    },
    base: base
      ? {
          name: base.name ?? null,
          digest: base.digest ?? null,
          layers: base.layers,
          decidedBy: base.decidedBy,
          evidence: base.evidence ?? [],
          contradictions: base.contradictions ?? [],
        }
      : null,
    database: { path: database.path, built: database.built },
    coverage: coverage.map(one => ({
      ecosystem: one.ecosystem,
      packages: one.packages,
      uncovered: one.uncovered,
      feeds: one.feeds.map(({ feed, part, title, home, licence, completeness, dated, fetched }) => ({
        feed,
        part,
        title,
        home,
        licence,
        completeness,
        dated,
        fetched,
      })),
    })),
    remedies: remediesJson(report.remedies ?? []),
    findings: new Streamed(() => findings.values().map(finding => findingJson(finding, inventory))),
    problems: problems.map(({ kind: problemKind, code, message, at: place }) => ({
      kind: problemKind,
      code,
      message,
      at: place ?? null,
    })),
  })
}

const inOrder = (tally: Tally): object => Object.fromEntries(severities.map(severity => [severity, tally[severity]]))

const findingJson = (finding: VulnerabilityFinding, inventory: Inventory): object => {
  const { rule, key, severity, message, note, at, fix, suppressed, vulnerability, match, severityFrom, risk, isInBase } = finding
  const { cvss, epss, kev } = vulnerability
  return {
    key,
    rule,
    severity,
    severityFrom,
    risk,
    counts: counts(finding),
    message,
    note: note ?? null,
    isInBase: isInBase ?? null,
    package: packageJson(match.package, inventory),
    vulnerability: {
      id: vulnerability.id,
      aliases: vulnerability.aliases,
      summary: vulnerability.summary,
      details: vulnerability.details,
      url: vulnerability.url,
      references: vulnerability.references,
      cwes: vulnerability.cwes,
      published: vulnerability.published,
      cvss: cvss ? { vector: cvss.vector, score: cvss.score, source: cvss.source } : null,
      epss: epss ? { score: epss.score, percentile: epss.percentile } : null,
      kev: kev ? { added: kev.added, due: kev.due ?? null, isRansomware: kev.isRansomware, name: kev.name ?? null } : null,
      isMalware: vulnerability.isMalware,
    },
    match: {
      ecosystem: match.ecosystem,
      name: match.name,
      version: match.version,
      via: match.via,
      feed: match.feed,
      id: match.id,
      range: match.range ?? null,
      status: match.status,
      reason: match.reason ?? null,
      fixedIn: match.fixedIn ?? null,
      fixNeeds: match.fixNeeds ?? null,
      inferredFrom: match.inferredFrom ?? null,
      severity: match.severity ?? null,
      others: match.others.map(({ feed, id }) => ({ feed, id })),
    },
    at,
    fix: fix ? { title: fix.title, safety: fix.safety, edits: fix.edits } : null,
    suppressed: suppressed ? { by: suppressed.by, reason: suppressed.reason, until: suppressed.until ?? null } : null,
  }
}

const packageJson = (one: Package, inventory: Inventory): object => {
  const place = placeOf(one, inventory)
  return {
    purl: one.purl,
    name: one.name,
    version: one.version,
    ecosystem: one.ecosystem,
    source: one.source ? { name: one.source.name, version: one.source.version } : null,
    ownedBy: one.ownedBy ?? null,
    path: pathOf(one.at[0]),
    layer: place?.layer ?? null,
    layerNumber: place?.number ?? null,
    step: place?.step ?? null,
    instruction: place?.instruction ?? null,
  }
}
