import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'ONBUILD is given an instruction that it cannot carry',
  why: 'ONBUILD FROM, ONBUILD ONBUILD and ONBUILD MAINTAINER stop the build. Nothing ships, also no security fix; and what was to happen in every image built on this one does not happen in any.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nONBUILD FROM node:22\nUSER nobody\n',
      good: 'FROM alpine:3.20\nONBUILD RUN true\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL3043', 'from_or_maintainer_cannot_be_triggered_within_onbuild'],
  links: ['https://docs.docker.com/reference/dockerfile/#onbuild'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ONBUILD')) {
      const { nested, headSpan } = step.instruction
      const fix = {
        title: 'Write the instruction without ONBUILD, or in the file of the image that builds on this one',
        safety: 'manual' as const,
        edits: [],
      }
      if (!nested) yield { at: headSpan, message: 'ONBUILD is followed by no instruction', fix }
      else if (['FROM', 'ONBUILD', 'MAINTAINER'].includes(nested.name))
        yield { at: nested.keyword.span, message: `\`ONBUILD ${nested.name}\` is not allowed`, fix }
    }
  },
})
