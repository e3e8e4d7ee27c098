/** EXPOSE's words. https://docs.docker.com/reference/dockerfile/#expose */

import type { Step } from '../read/dockerfile/graph.ts'
import { expandWord } from '../read/dockerfile/read-dockerfile.ts'
import type { Word } from '../read/dockerfile/syntax.ts'

export type ExposedPort = {
  readonly word: Word
  /** After expansion. */
  readonly text: string
  /** False when it depends on a variable without a value. */
  readonly known: boolean
  /** Before the last colon, as in `docker run -p`: EXPOSE ignores or refuses it. */
  readonly mapping: string | undefined
  readonly first: number
  readonly last: number
  readonly protocol: string | undefined
}

/** The ports of an EXPOSE; words that are none (`abc`) have NaN as numbers. */
export const exposedPorts = (step: Step, escape: string): readonly ExposedPort[] =>
  step.instruction.words.map(word => {
    const { value, known } = expandWord(word, step.before.variables, escape)
    const match = /^(?:(.*):)?(\d+)(?:-(\d+))?(?:\/(.*))?$/.exec(value)
    const first = match ? Number(match[2]) : Number.NaN
    return {
      word,
      text: value,
      known,
      mapping: match?.[1],
      first,
      last: match?.[3] === undefined ? first : Number(match[3]),
      protocol: match?.[4],
    }
  })
