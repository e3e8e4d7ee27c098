import type { Report } from '../../../model/rule.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
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
      good: 'FROM alpine:3.20\nRUN --mount=type=secret,id=db,env=DB curl "$DB"\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['c3e1b6ae'],
  links: ['https://docs.docker.com/build/building/secrets/'],
  fixes: 'manual',
  *check(dockerfile) {
    const { text } = dockerfile.tree
    for (const { detector, start, end, prefix } of detectSecrets(text)) {
      const shown = end - start < 16 || prefix === '' ? '' : ` (\`${prefix}…\`)`
      const report: Report = {
        at: { start, end },
        redact: [{ start: Math.min(end, start + (end - start < 16 ? 0 : prefix.length)), end }],
        message: `${detector.name}${shown}: ${lowerFirst(detector.why.split(': ')[0]!.replace(/\.$/, ''))}`,
        fix: {
          title: `Revoke it first. ${detector.revoke} Then pass the new one by a secret mount`,
          safety: 'manual',
          edits: [],
        },
      }
      yield report
    }
  },
})

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
