/** How to make containers again with what the findings wish for. */
import type { CheckReport } from '../model/report.ts'
import { forTerminal } from './escape.ts'
import { type Style, wrapText } from './style.ts'

/** The commands are not wrapped: they are there to be copied. */
export const showRecreations = (report: CheckReport, style: Style, width: number): string =>
  (report.recreations ?? [])
    .map(({ container, changes, command, notes }) => {
      const lines = [
        `${style.bold(`To make ${forTerminal(container)} again with what is advised`)} (the old one stays as ${forTerminal(container)}-before):`,
        ...changes.map(change => wrapText(`- ${forTerminal(change)}`, width, '    ').replace(/^ {4}/, '  ')),
        ...notes.map(note => wrapText(`first: ${forTerminal(note)}`, width, '    ').replace(/^ {4}/, '  ')),
        '',
        `    ${forTerminal(command)}`,
      ]
      return `${lines.join('\n')}\n\n`
    })
    .join('')
