/** What is waived: by whom, why, until when. */
import type { CheckReport } from '../model/report.ts'
import { forTerminal } from './escape.ts'
import { alignCells, type Style, wrapText } from './style.ts'

export type Waived = {
  readonly rule: string
  readonly target: string
  readonly reason: string
  readonly owner: string
  readonly until: string
  /** How many findings. */
  readonly findings: number
}

/** One for each rule and target. */
export const waivedIn = ({ findings }: Pick<CheckReport, 'findings'>): readonly Waived[] => {
  const found = new Map<string, Waived>()
  for (const { rule, container, at, suppressed } of findings) {
    if (suppressed?.owner === undefined) continue
    const [place] = at
    const target = container ?? (place.in === 'file' ? place.path : place.in)
    const { reason, owner, until = '' } = suppressed
    const key = JSON.stringify([rule, target, reason, owner])
    found.set(key, { rule, target, reason, owner, until, findings: (found.get(key)?.findings ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : 0))
}

/** A table, what runs out first above; empty when nothing is waived. */
export const showWaived = (report: CheckReport, style: Style, columns: number): string => {
  const waived = waivedIn(report)
  if (waived.length === 0) return ''
  const rows = alignCells([
    ['Waived', 'target', 'by', 'until'].map(text => ({ text })),
    ...waived.map(({ rule, target, owner, until }) => [rule, target, owner, until].map(text => ({ text: forTerminal(text) }))),
  ])
  const [head, ...lines] = rows
  const body = lines.map((line, i) => `${line}\n${style.dim(wrapText(forTerminal(waived[i]!.reason), columns, '    '))}\n`)
  return `${style.bold(head!)}\n${body.join('')}\n`
}
