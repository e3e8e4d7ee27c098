import { fixBy, removeAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'FROM asks for the platform that it gets anyway',
  why: '`$TARGETPLATFORM` is the default of --platform. Saying it again protects nothing, and hides from a reader where a stage really is built for another platform.',
  examples: [
    { bad: 'FROM --platform=$TARGETPLATFORM alpine:3.20\nUSER nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
    { bad: 'FROM --platform=${TARGETPLATFORM} alpine:3.20\nUSER nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
  ],
  replaces: ['RedundantTargetPlatform', 'DL3065'],
  links: ['https://docs.docker.com/reference/build-checks/redundant-target-platform/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const { platform } of dockerfile.stages) {
      if (!platform || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform.raw)) continue
      const text = dockerfile.tree.text
      let { end } = platform.span
      while (text[end] === ' ' || text[end] === '\t') end++
      yield {
        at: platform.span,
        message: `\`--platform=${platform.raw}\` is the default`,
        fix: fixBy('safe', 'Remove it', removeAt(dockerfile, { start: platform.span.start, end })),
      }
    }
  },
})
