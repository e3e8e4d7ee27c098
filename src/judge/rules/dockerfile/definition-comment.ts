import { fixBy, insertAt, lineEnd } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { readIgnores } from '../../ignore-comments.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'The comment above an ARG or a stage does not describe it',
  why: '`docker build --call outline` shows the comment above an ARG or FROM as its description when it begins with the name. Another comment in that place is shown to nobody, and a person who builds does not learn what an argument does to the safety of the image.',
  examples: [
    {
      bad: '# the version to take\nARG VERSION=1\nFROM alpine:3.20\nUSER nobody\n',
      good: '# the version to take\n\nARG VERSION=1\nFROM alpine:3.20\nUSER nobody\n',
    },
    {
      bad: '# compile\nFROM golang:1.23 AS build\nFROM scratch\n',
      good: '# build compiles\nFROM golang:1.23 AS build\nFROM scratch\n',
      byHand: true,
    },
  ],
  replaces: ['InvalidDefinitionDescription'],
  links: ['https://docs.docker.com/reference/build-checks/invalid-definition-description/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const { instruction, stage, onbuild } of dockerfile.steps) {
      if (onbuild || (instruction.name !== 'ARG' && instruction.name !== 'FROM')) continue
      const name =
        instruction.name === 'ARG'
          ? instruction.pairs.length === 1
            ? instruction.pairs[0]!.key
            : undefined
          : stage?.nameWord?.raw
      const comment = instruction.comments.at(-1)
      if (name === undefined || !comment || comment.text === '' || readIgnores(comment.text).length > 0) continue
      if (
        instruction.comments.some(
          ({ text }) => text.toLowerCase().startsWith(`${name.toLowerCase()} `) || text.toLowerCase() === name.toLowerCase(),
        )
      )
        continue
      yield {
        at: comment.textSpan,
        message: `this comment does not describe \`${name}\`: it would have to begin with that name`,
        fix: fixBy(
          'safe',
          'Put an empty line between; it is then an ordinary comment',
          insertAt(dockerfile, comment.span.end, lineEnd(dockerfile)),
        ),
      }
    }
  },
})
