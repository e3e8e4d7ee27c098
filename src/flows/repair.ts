/** Applies fixes, reads again, judges again, until nothing changes. */
import { applyEdits, planFixes } from '../change/fix.ts'
import type { ContainerBreakouts } from '../model/breakout.ts'
import type { Finding, Problem, Safety } from '../model/finding.ts'
import type { SourceFile } from '../model/report.ts'
import type { Text } from '../model/text.ts'

/** What is judged, and fixed, in one: a Dockerfile with its ignore file, the files of a Compose project, a stream of manifests. */
export type Unit = {
  /** The file to which what goes wrong with the fixes belongs. */
  readonly path: string
  /** `changed`: texts by path, as the fixes so far have them; all other files are read as they are. */
  judge(changed: ReadonlyMap<string, string>): Promise<JudgedUnit>
  /** A file as it was read; undefined for one that does not exist. */
  textOf(path: string): Text | undefined
  /** A fix was written. */
  written?(path: string, now: Text): void
}

export type JudgedUnit = {
  readonly findings: readonly Finding[]
  readonly problems: readonly Problem[]
  /** Of its containers. */
  readonly breakouts?: readonly ContainerBreakouts[]
  /** Mistakes of syntax in all of its files: a fix must not bring one more. */
  readonly faults: number
  /** All files in which findings may stand. */
  readonly files: readonly SourceFile[]
}

/** Settings of one container that are added at the same place take a pass each, and so does each service in a shared override. */
const maxPasses = 100

/** A pass whose result does not parse is taken back, and said. */
export const repair = async (
  unit: Unit,
  first: JudgedUnit,
  allowed: ReadonlySet<Safety>,
): Promise<{
  readonly texts: ReadonlyMap<string, string>
  readonly applied: readonly Finding[]
  readonly result: JudgedUnit
  readonly problems: readonly Problem[]
}> => {
  let result = first
  const texts = new Map<string, string>()
  const applied: Finding[] = []
  const problems: Problem[] = []
  for (let pass = 0; pass < maxPasses; pass++) {
    const plan = planFixes(result.findings, allowed)
    if (plan.taken.length === 0) break
    const next = new Map(texts)
    for (const [path, edits] of plan.edits) next.set(path, applyEdits(next.get(path) ?? unit.textOf(path)?.text ?? '', edits))
    const judged = await unit.judge(next)
    if (judged.faults > result.faults) {
      const rules = [...new Set(plan.taken.map(({ rule }) => rule))].join(', ')
      problems.push({
        kind: 'failed',
        code: 'fix-broke-syntax',
        message: `the fixes of ${rules} would break ${unit.path} and were left out. This is a bug in Bulkhead`,
        at: { in: 'file', path: unit.path, span: { start: 0, end: 0 } },
      })
      break
    }
    for (const [path, text] of next) texts.set(path, text)
    applied.push(...plan.taken)
    result = judged
  }
  return { texts, applied, result, problems }
}
