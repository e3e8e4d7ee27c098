/** SARIF 2.1.0, as GitHub code scanning and IDEs read it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import type { Finding, Location, Problem } from '../model/finding.ts'
import type { CheckReport, RuleInfo } from '../model/report.ts'
import { positionAt, type Span } from '../model/text.ts'
import { ruleHelpMarkdown, ruleHelpText } from './rule-docs.ts'
import { driver, levels, sarifLog, securitySeverity, sentence, suppression, uriPath } from './sarif-facts.ts'

/** One run with all findings; suppressed ones carry their suppression. Ends with LF. */
export const showSarif = (report: CheckReport): string => {
  const used = new Set(report.findings.map(({ rule }) => rule))
  const rules = [...report.rules.values()].filter(({ id }) => used.has(id))
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]))
  return sarifLog({
    tool: driver(report.version, rules.map(ruleDescriptor)),
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder in which Bulkhead was run' } } },
    invocations: [
      {
        executionSuccessful: report.problems.every(({ kind }) => kind !== 'failed'),
        toolExecutionNotifications: report.problems.map(problem => notification(report, problem)),
      },
    ],
    artifacts: [...report.files.keys()].map(path => ({ location: artifact(path) })),
    results: report.findings.map(finding => result(report, finding, indexOf)),
    ...(report.breakouts?.some(({ ways }) => ways.length > 0) ? { properties: { waysOut: waysOut(report) } } : {}),
  })
}

/** No results: the findings behind them are. */
const waysOut = ({ breakouts = [] }: CheckReport): readonly object[] =>
  breakouts
    .filter(({ ways }) => ways.length > 0)
    .map(({ container, ways, remaining }) => ({
      container,
      ways: ways.map(({ id, title, severity, gets }) => ({ id, title, severity, gets })),
      remaining: remaining.map(({ title }) => title),
    }))

const ruleDescriptor = (rule: RuleInfo): object => ({
  id: rule.id,
  name: rule.id.replace(/(?:^|[-/])([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: sentence(rule.summary) },
  fullDescription: { text: rule.why },
  help: { text: ruleHelpText(rule), markdown: ruleHelpMarkdown(rule) },
  ...(rule.links?.[0] === undefined ? {} : { helpUri: rule.links[0] }),
  defaultConfiguration: { level: levels[rule.severity] },
  properties: {
    tags: [...new Set(['security', 'container', rule.on])],
    precision: 'high',
    'security-severity': securitySeverity[rule.severity],
  },
})

/** A relative path as a URI reference: every part percent-encoded. An absolute one becomes a file: URI. */
const artifact = (path: string): object => {
  const parts = uriPath(path.replaceAll('\\', '/'))
  if (path.startsWith('/')) return { uri: `file://${parts}` }
  return { uri: parts.replace(/^(?:\.\/)+/, ''), uriBaseId: '%SRCROOT%' }
}

const region = (report: CheckReport, path: string, span: Span): object | undefined => {
  const file = report.files.get(path)
  if (!file) return undefined
  const start = positionAt(file.lines, span.start)
  const end = positionAt(file.lines, span.end)
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: span.start,
    charLength: span.end - span.start,
  }
}

const location = (report: CheckReport, at: Location): object => {
  if (at.in !== 'file') {
    const name =
      at.in === 'layer'
        ? at.layer
        : at.in === 'history'
          ? `history step ${at.step}`
          : at.in === 'config'
            ? at.field
            : `${at.id} ${at.field}`
    return { logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }] }
  }
  const where = region(report, at.path, at.span)
  return { physicalLocation: { artifactLocation: artifact(at.path), ...(where ? { region: where } : {}) } }
}

const result = (report: CheckReport, finding: Finding, indexOf: ReadonlyMap<string, number>): object => {
  const [main, ...others] = finding.at
  const index = indexOf.get(finding.rule)
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: levels[finding.severity],
    message: { text: sentence(finding.note === undefined ? finding.message : `${sentence(finding.message)} (${finding.note})`) },
    locations: [location(report, main)],
    ...(others.length > 0 ? { relatedLocations: others.map((at, id) => ({ id, ...location(report, at) })) } : {}),
    partialFingerprints: { 'bulkheadKey/v1': finding.key },
    ...(finding.fix && finding.fix.edits.length > 0 ? { fixes: [sarifFix(report, finding.fix)] } : {}),
    ...(finding.suppressed ? { suppressions: [suppression(finding.suppressed)] } : {}),
    properties: { severity: finding.severity, 'security-severity': securitySeverity[finding.severity] },
  }
}

const sarifFix = (report: CheckReport, fix: NonNullable<Finding['fix']>): object => ({
  description: { text: `${sentence(fix.title)} (${fix.safety})` },
  artifactChanges: [...new Set(fix.edits.map(({ path }) => path))].map(path => ({
    artifactLocation: artifact(path),
    replacements: fix.edits
      .filter(edit => edit.path === path)
      .map(({ span, text }) => ({
        deletedRegion: region(report, path, span) ?? { charOffset: span.start, charLength: span.end - span.start },
        insertedContent: { text },
      })),
  })),
})

const notification = (report: CheckReport, problem: Problem): object => ({
  level: problem.kind === 'failed' ? 'error' : 'warning',
  message: { text: sentence(problem.message) },
  descriptor: { id: problem.code },
  ...(problem.at ? { locations: [location(report, problem.at)] } : {}),
})
