/** Other images for the command lines that start containers. */
import type { FoundRuns } from '../../read/docker-run/find-docker-run.ts'
import { PlainReferences } from './plain-reference.ts'
import { type Rewritten, unknownBase, type Wanted } from './wanted.ts'

/** `text`: of the file in which they stand. */
export const rewriteDockerRuns = (text: string, { containers }: Pick<FoundRuns, 'containers'>, wanted: Wanted): Rewritten => {
  const references = new PlainReferences(wanted)
  for (const { image } of containers) {
    if (image.at?.in !== 'file') continue
    const { path, span } = image.at
    const { value } = image
    const written = text.slice(span.start, span.end)
    if (value === undefined)
      references.problem(unknownBase({ path, span }, `which image \`${written.slice(0, 80)}\` is, is known when it runs`))
    else references.text(value, { path, span, in: 'docker-run' }, valueIn(written, value, span.start))
  }
  return references.result()
}

/** The word itself, or what stands between its quotes. */
const valueIn = (written: string, value: string, start: number): { start: number; end: number } | undefined => {
  if (written === value) return { start, end: start + value.length }
  const isQuoted = written === `"${value}"` || written === `'${value}'`
  return isQuoted ? { start: start + 1, end: start + 1 + value.length } : undefined
}
