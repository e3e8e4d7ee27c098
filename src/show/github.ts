/** Annotations of GitHub Actions. https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
import type { Location, Severity } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { forGithubData, forGithubProperty, forTerminal } from './escape.ts'
import { placeText } from './place-text.ts'

/** One line per finding that is not suppressed, and per problem. A subject's text never starts a command of its own. */
export const showGithub = (report: CheckReport): string => {
  const lines: string[] = []
  for (const finding of report.findings) {
    if (finding.suppressed) continue
    const fix = finding.fix ? `\nFix: ${finding.fix.title}` : ''
    const why = report.rules.get(finding.rule)?.why ?? ''
    lines.push(
      command(
        commandFor(finding.severity),
        properties(report, finding.at[0], `${finding.severity}: ${finding.rule}`),
        `${placed(report, finding.at[0])}${finding.message}\n${why}${fix}`,
      ),
    )
  }
  for (const problem of report.problems) {
    lines.push(
      command(problem.kind === 'failed' ? 'error' : 'warning', properties(report, problem.at, problem.code), problem.message),
    )
  }
  return lines.map(line => `${line}\n`).join('')
}

const commandFor = (severity: Severity): string =>
  severity === 'critical' || severity === 'high' ? 'error' : severity === 'medium' ? 'warning' : 'notice'

const command = (name: string, values: Readonly<Record<string, string | number>>, message: string): string => {
  const list = Object.entries(values)
    .map(([key, value]) => `${key}=${forGithubProperty(clean(String(value)))}`)
    .join(',')
  return `::${name}${list === '' ? '' : ` ${list}`}::${forGithubData(message.split('\n').map(clean).join('\n'))}`
}

/** An annotation has no place but files and lines: any other stands in its text. */
const placed = (report: CheckReport, at: Location): string => (at.in === 'file' ? '' : `${placeText(report, at)}: `)

/** Control and bidirectional characters become visible. */
const clean = (text: string): string => forTerminal(text)

const properties = (report: CheckReport, at: Location | undefined, title: string): Record<string, string | number> => {
  if (at?.in !== 'file') return { title }
  const file = report.files.get(at.path)
  if (!file) return { file: at.path, title }
  const start = positionAt(file.lines, at.span.start)
  const end = positionAt(file.lines, Math.max(at.span.start, at.span.end))
  return {
    file: at.path,
    line: start.line,
    endLine: end.line,
    ...(start.line === end.line ? { col: start.column, endColumn: end.column } : {}),
    title,
  }
}
