/** The command line that does without what was found, and what to look after before it is used. */
import type { CheckReport } from '../model/report.ts'
import { forTerminal } from './escape.ts'
import { type Style, wrapText } from './style.ts'

/** Empty where there is none. */
export const showSafer = ({ safer }: CheckReport, style: Style, columns: number): string => {
  if (safer?.command === undefined) return ''
  const hidden = safer.isHidden ? style.dim(' (secrets in it are hidden)') : ''
  const changes = safer.changes.map(change => `  - ${wrapText(forTerminal(change), columns, '    ').trimStart()}\n`)
  return `${style.bold('A safer command:')}${hidden}\n\n  ${forTerminal(safer.command)}\n\n${changes.join('')}\n`
}
