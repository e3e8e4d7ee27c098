/** The report as JSON. Its schema is docs/check-report.schema.json; `schemaVersion` rises when a reader would have to change. */
import type { ContainerBreakouts } from '../model/breakout.ts'
import type { Finding, Location } from '../model/finding.ts'
import { severities } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt, type Span } from '../model/text.ts'
import { jsonPieces, Streamed } from './json-text.ts'
import { waivedIn } from './waived-text.ts'

export const schemaVersion = 1

/** Deterministic: the order of the findings, keys in a fixed order. Ends with LF. */
export const showJson = (report: CheckReport): string => [...showJsonPieces(report)].join('')

/** The same in pieces: of thousands of files it is long, and no more of it has to be in memory than is written at once. */
export const showJsonPieces = (report: CheckReport): Iterable<string> => {
  const active = report.findings.filter(({ suppressed }) => !suppressed)
  const document = {
    schemaVersion,
    tool: { name: 'bulkhead', version: report.version },
    summary: {
      files: report.files.size,
      findings: active.length,
      suppressed: report.findings.length - active.length,
      problems: report.problems.length,
      bySeverity: Object.fromEntries(
        severities.map(severity => [severity, active.filter(finding => finding.severity === severity).length]),
      ),
      fixable: {
        safe: active.filter(({ fix }) => fix?.safety === 'safe').length,
        unsafe: active.filter(({ fix }) => fix?.safety === 'unsafe').length,
      },
    },
    files: [...report.files.keys()],
    ...(report.engine ? { engine: report.engine } : {}),
    findings: streamed(report.findings, finding => findingJson(report, finding)),
    problems: streamed(report.problems, ({ kind, code, message, at }) => ({
      kind,
      code,
      message,
      ...(at ? { at: locationJson(report, at) } : {}),
    })),
    ...(report.breakouts ? { breakouts: streamed(report.breakouts, one => breakoutsJson(report, one)) } : {}),
    waivers: waivedIn(report),
    ...(report.recreations ? { recreations: report.recreations } : {}),
    ...(report.safer?.command === undefined ? {} : { safer: report.safer.command }),
    applied: report.applied,
  }
  return jsonPieces(document)
}

const streamed = <Item>(items: readonly Item[], json: (item: Item) => object): Streamed =>
  new Streamed(function* () {
    for (const item of items) yield json(item)
  })

const breakoutsJson = (report: CheckReport, { container, at, ways, remaining }: ContainerBreakouts): object => ({
  container,
  at: locationJson(report, at),
  ways: ways.map(way => ({
    id: way.id,
    title: way.title,
    severity: way.severity,
    chain: way.chain.map(part => ({ text: part.text, ...(part.at ? { at: locationJson(report, part.at) } : {}) })),
    depends: way.depends,
    gets: way.gets,
    reaches: way.reaches,
    close: way.close.title,
    links: way.links,
    ...(way.accepted === undefined ? {} : { accepted: way.accepted }),
  })),
  remaining: remaining.map(({ id, title, severity }) => ({ id, title, severity })),
})

const findingJson = (report: CheckReport, finding: Finding): object => ({
  rule: finding.rule,
  key: finding.key,
  severity: finding.severity,
  message: finding.message,
  ...(finding.container === undefined ? {} : { container: finding.container }),
  ...(finding.note === undefined ? {} : { note: finding.note }),
  at: finding.at.map(at => locationJson(report, at)),
  ...(finding.fix
    ? {
        fix: {
          title: finding.fix.title,
          safety: finding.fix.safety,
          edits: finding.fix.edits.map(({ path, span, text }) => ({ path, ...spanJson(report, path, span), text })),
        },
      }
    : {}),
  ...(finding.suppressed ? { suppressed: finding.suppressed } : {}),
})

const locationJson = (report: CheckReport, at: Location): object =>
  at.in === 'file' ? { in: 'file', path: at.path, ...spanJson(report, at.path, at.span) } : at

/** Offsets and columns count UTF-16 units (bytes, when the file is not valid UTF-8); offsets from 0, lines and columns from 1; ends are exclusive. */
const spanJson = (report: CheckReport, path: string, span: Span): object => {
  const file = report.files.get(path)
  if (!file) return { span }
  return { span, start: positionAt(file.lines, span.start), end: positionAt(file.lines, span.end) }
}
