import type { Edit } from '../../../model/finding.ts'
import { remembered } from '../../../model/remember.ts'
import type { Dockerfile } from '../../../read/dockerfile/graph.ts'
import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { fixBy, isMostlyLowerCase, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'Instructions are written in different cases',
  why: 'A reader finds instructions by their capitals. One that looks like an argument is overlooked in a review: a `user root` in the middle of capitals, for instance.',
  examples: [
    { bad: 'FROM alpine:3.20\nRUN x\nuser nobody\n', good: 'FROM alpine:3.20\nRUN x\nUSER nobody\n' },
    { bad: 'from alpine:3.20\nrun x\nUSER nobody\n', good: 'from alpine:3.20\nrun x\nuser nobody\n' },
    { bad: 'From alpine:3.20\nUSER nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
  ],
  replaces: ['ConsistentInstructionCasing'],
  links: ['https://docs.docker.com/reference/build-checks/consistent-instruction-casing/'],
  fixes: 'safe',
  *check(dockerfile) {
    const wantLower = isMostlyLowerCase(dockerfile)
    for (const instruction of dockerfile.tree.instructions) {
      const { raw, span } = instruction.keyword
      const wanted = wantLower ? raw.toLowerCase() : raw.toUpperCase()
      if (raw === wanted) continue
      const exact = span.end - span.start === raw.length
      yield {
        at: span,
        message: `\`${raw}\` is not written like the other instructions`,
        ...(exact
          ? {
              fix: fixBy(
                'safe',
                `Write ${wanted}`,
                replaceAt(dockerfile, span, wanted),
                ...asToo(dockerfile, instruction, wantLower),
              ),
            }
          : {}),
      }
    }
  },
})

/** The AS of a FROM goes with it, so that the two still match. */
const asToo = (dockerfile: Dockerfile, instruction: Instruction, lower: boolean): readonly Edit[] => {
  if (instruction.name !== 'FROM') return []
  const as = asWords(dockerfile).get(instruction)
  const wanted = lower ? 'as' : 'AS'
  return as && as.raw !== wanted && as.span.end - as.span.start === 2 ? [replaceAt(dockerfile, as.span, wanted)] : []
}

const asWords = remembered(
  (dockerfile: Dockerfile) => new Map(dockerfile.stages.map(({ from, asWord }) => [from.instruction, asWord])),
)
