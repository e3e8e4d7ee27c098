/** Versions and what their owners say of them: [one, other, -1 | 0 | 1 | null], null for what is no version. */
import { readFileSync } from 'node:fs'
import type { VersionOrder } from '../../src/judge/version-order.ts'

type Answer = readonly [string, string, -1 | 0 | 1 | null]

/** The answers of a file that ours are not, as text. Throws when the file has not as many answers as it should. */
export const differences = (compare: VersionOrder['compare'], file: URL, count: number): readonly string[] => {
  const answers = JSON.parse(readFileSync(file, 'utf8')) as readonly Answer[]
  if (answers.length !== count) throw new Error(`${answers.length} answers, not ${count}`)
  return answers.flatMap(([one, other, answer]) => {
    const ours = compare(one, other)
    const sign = ours === undefined ? null : ours < 0 ? -1 : ours > 0 ? 1 : 0
    return sign === answer ? [] : [`${JSON.stringify(one)} and ${JSON.stringify(other)}: ${answer}, ours ${sign}`]
  })
}
