import { dockerfileRule } from '../../dockerfile-rule.ts'
import { type Request, readIgnores } from '../../ignore-comments.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'A comment silences findings',
  why: 'Who may write the file may also write the comment that hides what is wrong with it, a pull request from a stranger for instance. `--no-inline-ignores` makes such comments count for nothing.',
  examples: [
    {
      bad: 'FROM alpine:3.20\n# hadolint ignore=DL3018\nRUN apk add --no-cache curl\nUSER nobody\n',
      good: 'FROM alpine:3.20\n# curl for the health check\nRUN apk add --no-cache curl\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL1001'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = {
      title: 'Mend what it hides, or ignore it in a configuration that others review',
      safety: 'manual' as const,
      edits: [],
    }
    for (const comment of dockerfile.tree.comments) {
      const requests = readIgnores(comment.text)
      if (requests === 'unreadable' || requests.length === 0) continue
      yield { at: comment.textSpan, message: `this comment silences ${requests.map(silenced).join(', ')}`, fix }
    }
    for (const { name, value, valueSpan } of dockerfile.tree.directives) {
      if (name === 'check' && /(?:^|;)\s*skip\s*=/i.test(value))
        yield {
          at: valueSpan,
          message: `this directive silences checks: ${value}`,
          fix,
        }
    }
  },
})

const silenced = ({ what }: Request): string =>
  what === 'all' ? 'everything' : 'ids' in what ? what.ids.join(', ') : `all checks of ${what.tool}`
