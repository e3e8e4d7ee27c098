/** Findings → edits → text. What cannot be applied together waits for the next pass. */
import type { Edit, Finding, Safety } from '../model/finding.ts'

export type FixPlan = {
  /** Findings whose fixes are in `edits`, in order. */
  readonly taken: readonly Finding[]
  /** Fixable ones whose edits would touch those of another: run again after applying. */
  readonly waiting: readonly Finding[]
  /** By path; sorted by offset, and no two of them touch. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>
}

/** Chooses fixes by position, then rule id. All edits of a fix are taken or none. Suppressed findings are left alone. */
export const planFixes = (findings: readonly Finding[], allowed: ReadonlySet<Safety>): FixPlan => {
  const taken: Finding[] = []
  const waiting: Finding[] = []
  const edits = new Map<string, Edit[]>()
  const fixable = findings
    .filter(finding => !finding.suppressed && finding.fix && finding.fix.edits.length > 0 && allowed.has(finding.fix.safety))
    .map(finding => ({ finding, start: Math.min(...finding.fix!.edits.map(edit => edit.span.start)) }))
    .sort((a, b) => a.start - b.start || (a.finding.rule < b.finding.rule ? -1 : 1))
  for (const { finding } of fixable) {
    const own = finding.fix!.edits
    if (own.some(edit => conflicts(edits.get(edit.path) ?? [], edit))) {
      waiting.push(finding)
      continue
    }
    taken.push(finding)
    for (const edit of own) {
      const list = edits.get(edit.path) ?? []
      edits.set(edit.path, list)
      insertSorted(list, edit)
    }
  }
  return { taken, waiting, edits }
}

const conflicts = (sorted: readonly Edit[], edit: Edit): boolean => {
  const after = firstAtOrAfter(sorted, edit.span.start)
  const next = sorted[after]
  const previous = sorted[after - 1]
  return (
    (next !== undefined && next.span.start <= edit.span.end) || (previous !== undefined && previous.span.end >= edit.span.start)
  )
}

const insertSorted = (sorted: Edit[], edit: Edit): void => {
  sorted.splice(firstAtOrAfter(sorted, edit.span.start), 0, edit)
}

const firstAtOrAfter = (sorted: readonly Edit[], offset: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.span.start < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Applies edits that do not touch each other. Throws RangeError when they do, or reach outside the text. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  let result = ''
  let at = 0
  for (const { span, text: replacement } of [...edits].sort((a, b) => a.span.start - b.span.start)) {
    if (span.start < at || span.end < span.start || span.end > text.length)
      throw new RangeError(`edit ${span.start}–${span.end} does not fit`)
    result += text.slice(at, span.start) + replacement
    at = span.end
  }
  return result + text.slice(at)
}
