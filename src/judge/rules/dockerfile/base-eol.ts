import { endOfLife } from '../../base-catalogue.ts'
import { fixBy, imagesOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A base image is past its end of life',
  why: 'Nobody repairs what is found in it any more: a hole published today stays open in every image built from it, and rebuilding does not help. Attackers read the same advisories as the maintainers of the next version. A distribution past its end also loses its package servers, and the build with them.',
  examples: [
    { bad: 'FROM node:16-alpine\nUSER node\n', good: 'FROM node:24-alpine\nUSER node\n', byHand: true },
    { bad: 'FROM python:3.13-slim-buster\n', good: 'FROM python:3.13-slim-trixie\n', byHand: true },
    {
      bad: 'ARG RELEASE=stretch\nFROM debian:${RELEASE}-slim\n',
      good: 'ARG RELEASE=trixie\nFROM debian:${RELEASE}-slim\n',
      byHand: true,
    },
  ],
  links: ['https://endoflife.date/'],
  fixes: 'manual',
  *check(dockerfile, _, { today }) {
    for (const { use, reference } of imagesOf(dockerfile)) {
      const [first, second] = endOfLife(reference, today)
      if (!first) continue
      const also = second ? ` (nor has ${second.title}, since ${second.end})` : ''
      const oldest = first.maintained[0]
      const newest = first.maintained.at(-1)
      const choice =
        newest === undefined
          ? 'no version of it is maintained'
          : oldest === newest
            ? `only ${newest} is maintained`
            : `${oldest} is the oldest maintained, ${newest} the newest`
      const name = `${reference.familiar}:${reference.tag}`
      yield {
        at: use.span,
        message: `\`${name}\`: ${first.title} has had no security fixes since ${first.end}${also}; ${choice}`,
        fix: fixBy('manual', 'Move to a version that is maintained, and test what you build on it'),
      }
    }
  },
})
