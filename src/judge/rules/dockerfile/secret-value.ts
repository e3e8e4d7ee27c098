import { remembered } from '../../../model/remember.ts'
import type { Report } from '../../../model/rule.ts'
import type { Span } from '../../../model/text.ts'
import type { Dockerfile, Step } from '../../../read/dockerfile/graph.ts'
import type { KeyValue } from '../../../read/dockerfile/syntax.ts'
import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isTooLong } from '../../secret-mount.ts'
import { secretVariableFix } from '../../secret-variable-fix.ts'
import { detectSecrets } from '../../secrets/detect.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A credential stands in the file',
  why: 'Whoever can read the repository, its history or the image has it, for as long as it is valid: automated finders use such keys within minutes. Removing the line is not enough, because every clone and every layer keeps it: it has to be revoked.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN curl postgres://ann:Xk29qLmZp@db.internal/app\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=secret,id=db,env=DB,required=true curl "$DB"\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nENV DATABASE=postgres://ann:Xk29qLmZp@db.internal/app\nRUN psql "$DATABASE" -c "select 1"\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=secret,id=database,required=true export DATABASE="$(cat /run/secrets/database)" && psql "$DATABASE" -c "select 1"\nUSER nobody\n',
    },
  ],
  replaces: ['c3e1b6ae'],
  links: ['https://docs.docker.com/build/building/secrets/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const { text } = dockerfile.tree
    for (const { detector, start, end, prefix } of detectSecrets(text)) {
      const place = variableAt(dockerfile, start, end)
      const fix = place && !isTooLong(dockerfile) ? secretVariableFix(dockerfile, place.step, place.pair) : undefined
      // What is known by its name alone is no command in a variable.
      const isNamed = place !== undefined && detector.onlyIn !== undefined
      const shown = end - start < 16 || prefix === '' ? '' : ` (\`${prefix}…\`)`
      const report: Report = {
        at: { start, end },
        redact: [{ start: Math.min(end, start + (end - start < 16 ? 0 : prefix.length)), end }],
        message: isNamed
          ? `the value of \`${place.pair.key}\` is a secret: whoever can read this file, or an older version of it, has it`
          : `${detector.name}${shown}: ${lowerFirst(detector.why.split(': ')[0]!.replace(/\.$/, ''))}`,
        fix: {
          title: `Revoke it first (${detector.link}): ${isNamed ? 'Change it at the service that it opens.' : detector.revoke} Then ${fix ? lowerFirst(fix.title) : 'pass the new one by a secret mount'}`,
          safety: fix?.safety ?? 'manual',
          edits: fix?.edits ?? [],
        },
      }
      yield report
    }
  },
})

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

type Variable = { readonly step: Step; readonly pair: KeyValue; readonly span: Span }

/** The values of all ENV and ARG, in their order. */
const variablesOf = remembered((dockerfile: Dockerfile): readonly Variable[] =>
  stepsNamed(dockerfile, 'ENV', 'ARG')
    .flatMap(step => step.instruction.pairs.flatMap(pair => (pair.value ? [{ step, pair, span: pair.value.span }] : [])))
    .sort((a, b) => a.span.start - b.span.start),
)

/** The ENV or ARG that sets a variable to a value with the credential in it. */
const variableAt = (dockerfile: Dockerfile, start: number, end: number): Variable | undefined => {
  const all = variablesOf(dockerfile)
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.span.start <= start) low = middle + 1
    else high = middle
  }
  const found = all[low - 1]
  return found && end <= found.span.end ? found : undefined
}
