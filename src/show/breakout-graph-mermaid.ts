/** Ways out of containers as a flowchart for Mermaid (https://mermaid.js.org/syntax/flowchart.html), as Markdown on GitHub and GitLab draws it. */
import type { Reach } from '../model/breakout.ts'
import { type BreakoutGraph, graphSummary, reachNames } from './breakout-graph.ts'
import { forTerminal } from './escape.ts'
import { cutText } from './style.ts'

export const showBreakoutMermaid = (graph: BreakoutGraph): string => {
  const lines = [
    'flowchart LR',
    '  accTitle: Ways out of containers',
    `  accDescr: ${cutText(graphSummary(graph).replace(/[^\p{L}\p{N} .,:/’-]+/gu, ' '), 400).replace('…', '...')}`,
  ]
  const reached = new Set<Reach>()
  for (const { id, container, place, parts, ways } of graph.groups) {
    lines.push(`  ${id}(["${label(container, place)}"]):::container`)
    for (const part of parts) lines.push(`  ${part.id}["${label(part.text, part.place)}"]`, `  ${id} --- ${part.id}`)
    for (const way of ways) {
      const state =
        way.accepted === undefined ? (way.staysOpen ? 'stays open after the fixes' : 'the fixes close it') : 'accepted'
      const note = `close it: ${way.close}`
      lines.push(`  ${way.id}{{"${label(`${way.severity}: ${way.text}`, note, state)}"}}:::${way.severity}`)
      // What depends on the host is dashed.
      for (const part of way.parts) lines.push(`  ${part} ${way.depends.length === 0 ? '-->' : '-.->'} ${way.id}`)
      lines.push(`  ${way.id} ==> ${nodeOf(way.reaches)}`)
      reached.add(way.reaches)
    }
  }
  for (const reach of reached) lines.push(`  ${nodeOf(reach)}[("${forMermaid(reachNames[reach])}")]`)
  if (graph.groups.length === 0) lines.push('  nothing["no way out is known"]')
  if (graph.left > 0) lines.push(`  more["${graph.left} more ways are not drawn"]`)
  lines.push(
    '  classDef container font-weight:bold',
    '  classDef critical stroke:#cf222e,stroke-width:3px',
    '  classDef high stroke:#bc4c00,stroke-width:2px',
    '  classDef medium stroke:#9a6700',
    '  classDef low stroke:#0969da',
  )
  return `${lines.join('\n')}\n`
}

/** No word of Mermaid's own. */
const nodeOf = (reach: Reach): string => `gets_${reach}`

const label = (...lines: readonly (string | undefined)[]): string =>
  lines.flatMap(line => (line === undefined ? [] : forMermaid(cutText(line, 120)))).join('<br/>')

/** Everything but letters, digits and plain punctuation becomes an entity of Mermaid's: `#35;`. */
const forMermaid = (text: string): string =>
  forTerminal(text.toWellFormed()).replace(/[^\p{L}\p{N} .,:/’'()+=_-]/gu, sign => `#${sign.codePointAt(0)!};`)
