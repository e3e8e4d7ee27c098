import type { Fix } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import type { Dockerfile } from '../../../read/dockerfile/graph.ts'
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
      const fix = variableFix(dockerfile, start, end)
      const shown = end - start < 16 || prefix === '' ? '' : ` (\`${prefix}…\`)`
      const report: Report = {
        at: { start, end },
        redact: [{ start: Math.min(end, start + (end - start < 16 ? 0 : prefix.length)), end }],
        message: `${detector.name}${shown}: ${lowerFirst(detector.why.split(': ')[0]!.replace(/\.$/, ''))}`,
        fix: {
          title: `Revoke it first (${detector.link}): ${detector.revoke} Then ${fix ? lowerFirst(fix.title) : 'pass the new one by a secret mount'}`,
          safety: fix?.safety ?? 'manual',
          edits: fix?.edits ?? [],
        },
      }
      yield report
    }
  },
})

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** When ENV or ARG sets a variable to a value with the credential in it, the fix for that variable. */
const variableFix = (dockerfile: Dockerfile, start: number, end: number): Fix | undefined => {
  if (isTooLong(dockerfile)) return undefined
  for (const step of stepsNamed(dockerfile, 'ENV', 'ARG'))
    for (const pair of step.instruction.pairs)
      if (pair.value && pair.value.span.start <= start && end <= pair.value.span.end)
        return secretVariableFix(dockerfile, step, pair)
  return undefined
}
