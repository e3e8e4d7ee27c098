/** What to do about vulnerabilities, for people: a line for each owner of packages, or all that there is to say. */
import { severities } from '../model/finding.ts'
import type { Owner, Remedy, Snippet } from '../model/remedy.ts'
import { forTerminal } from './escape.ts'
import { paintSeverity } from './place-text.ts'
import { tallyText } from './scan-facts.ts'
import { alignCells, type Cell, cutText, type Style, widthOf, wrapText } from './style.ts'

const labels: Readonly<Record<Owner, string>> = {
  base: 'Base image',
  os: 'System packages',
  application: 'Application',
  stray: 'Other programs',
}
/** Of lines for files; the rest is in the JSON. */
const maxLines = 14

const label = ({ owner, ecosystem }: Remedy): string =>
  ecosystem === undefined ? labels[owner] : `${labels[owner]} (${cutText(forTerminal(ecosystem), 20)})`

const tally = ({ bySeverity }: Remedy, style: Style): string =>
  tallyText(bySeverity, (severity, text) => paintSeverity(style, severity)(text))

/** The two worst severities: a line has to have room for what to do. */
const worst = ({ bySeverity }: Remedy, style: Style): string => {
  const [first, second, ...others] = severities.filter(severity => bySeverity[severity] > 0)
  const some = [first, second]
    .filter(severity => severity !== undefined)
    .map(severity => paintSeverity(style, severity)(`${bySeverity[severity]} ${severity}`))
  return `${some.join(', ')}${others.length > 0 ? ', …' : ''}`
}

/** Label, counts, and the first thing to type, or else to know. */
export const briefRemedies = (remedies: readonly Remedy[], style: Style, width: number): string => {
  const heads = alignCells(remedies.map((one): readonly Cell[] => [{ text: `  ${label(one)}` }, { text: worst(one, style) }]))
  const room = Math.max(20, width - Math.max(...heads.map(widthOf)) - 2)
  return remedies
    .map(({ text, commands: [first, ...others] }, i) => {
      const more = others.length > 0 ? ` (${others.length} more)` : ''
      const what =
        first === undefined
          ? cutText(forTerminal(text), room)
          : `${style.bold(cutText(forTerminal(first), room - more.length))}${more}`
      return `${heads[i]}  ${what}`
    })
    .join('\n')
}

/** Everything but the list of upgrades. */
export const showRemedy = (remedy: Remedy, style: Style, width: number): string => {
  const { text, commands, snippets = [] } = remedy
  return [
    `${style.bold(label(remedy))}  ${tally(remedy, style)}`,
    wrapText(forTerminal(text), width, '  '),
    ...commands.map(line => `    ${forTerminal(line)}`),
    ...snippets.flatMap(one => snippetLines(one, style)),
  ].join('\n')
}

const snippetLines = ({ file, text }: Snippet, style: Style): readonly string[] => {
  const lines = text.replace(/\n$/, '').split('\n')
  return [
    `  ${style.dim(`${forTerminal(file)}:`)}`,
    ...lines.slice(0, maxLines).map(line => `    ${forTerminal(line)}`),
    ...(lines.length > maxLines ? [`    ${style.dim(`… ${lines.length - maxLines} more lines, in --format json`)}`] : []),
  ]
}
