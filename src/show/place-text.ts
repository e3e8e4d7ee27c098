/** Places and severities as people read them in a terminal. */
import type { Location, Severity } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { positionAt } from '../model/text.ts'
import { forTerminal } from './escape.ts'
import type { Style } from './style.ts'

export const paintSeverity = (style: Style, severity: Severity): ((text: string) => string) => {
  const colours: Readonly<Record<Severity, (text: string) => string>> = {
    critical: text => style.bold(style.magenta(text)),
    high: style.red,
    medium: style.yellow,
    low: style.cyan,
    info: style.blue,
    unknown: style.dim,
  }
  return colours[severity]
}

/** `path:line:column`, as editors and terminals link it. */
export const placeText = (report: Pick<CheckReport, 'files'>, at: Location): string => {
  if (at.in === 'file') {
    const file = report.files.get(at.path)
    if (!file) return forTerminal(at.path)
    const { line, column } = positionAt(file.lines, at.span.start)
    return `${forTerminal(at.path)}:${line}:${column}`
  }
  if (at.in === 'layer') return `layer ${at.layer}${at.path === undefined ? '' : ` ${forTerminal(at.path)}`}`
  if (at.in === 'history') return `history step ${at.step}`
  if (at.in === 'config') return forTerminal(at.field)
  // The container as a whole.
  if (at.field === 'Name') return `container ${forTerminal(at.id)}`
  return `container ${forTerminal(at.id)}: ${forTerminal(at.field)}`
}
