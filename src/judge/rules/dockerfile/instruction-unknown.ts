import { nearest } from '../../../model/nearest.ts'
import { fixBy, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

const instructions = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'An instruction does not exist',
  why: 'The build stops here, so nothing ships, also no security fix. Often the line above lost its continuation character, and half of a command stands alone.',
  examples: [
    { bad: 'FROM alpine:3.20\nUSR nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
    {
      bad: 'FROM alpine:3.20\nRUN a &&\n  apk add b\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN a && \\\n  apk add b\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL1000'],
  links: ['https://docs.docker.com/reference/dockerfile/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    let before: string | undefined
    for (const { instruction, onbuild } of dockerfile.steps) {
      const { name, keyword } = instruction
      const previous = before
      if (!onbuild) before = instruction.argument.text
      if (instructions.includes(name)) continue
      const meant = nearest(name, instructions)
      const lost = previous !== undefined && /(?:&&|\|\||\||;)\s*$/.test(previous)
      const exact = keyword.span.end - keyword.span.start === keyword.raw.length && keyword.raw !== ''
      yield {
        at: exact ? keyword.span : instruction.headSpan,
        message: lost
          ? `\`${keyword.raw}\` is no instruction; the line above ends with an operator, but without \`${dockerfile.tree.escape}\``
          : `\`${keyword.raw}\` is no instruction${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
        fix:
          meant !== undefined && exact && !lost
            ? fixBy(
                'unsafe',
                `Write ${meant}, if that is what was meant`,
                replaceAt(dockerfile, keyword.span, keyword.raw === keyword.raw.toLowerCase() ? meant.toLowerCase() : meant),
              )
            : {
                title: lost ? `End the line above with ${dockerfile.tree.escape}` : 'Use an instruction that exists',
                safety: 'manual',
                edits: [],
              },
      }
    }
  },
})
