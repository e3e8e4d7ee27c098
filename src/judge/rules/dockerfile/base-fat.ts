import { endOfLife, smallerVariants } from '../../base-catalogue.ts'
import { fixBy, shippedStages } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image ships on the full-size variant of a base image that has a smaller one',
  why: 'Full-size variants bring compilers, version control, a package manager, hundreds of libraries. A program that runs needs none of them, but each has its own holes, that scanners report and you must answer for, and whoever breaks in finds the tools already installed. Build in the full-size one, ship on the small one.',
  examples: [
    {
      bad: 'FROM node:24\nCOPY . /app\nUSER node\n',
      good: 'FROM node:24 AS build\nRUN make\n\nFROM node:24-slim\nCOPY --from=build /app /app\nUSER node\n',
      byHand: true,
    },
    { bad: 'FROM python:3.14-trixie\n', good: 'FROM python:3.14-slim-trixie\n', byHand: true },
  ],
  links: ['https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image'],
  fixes: 'manual',
  *check(dockerfile, _, { today }) {
    const stage = shippedStages(dockerfile).at(-1)
    if (stage?.base.kind !== 'image') return
    const { reference } = stage.base
    const kinds = smallerVariants(reference)
    const use = stage.uses.find(({ how }) => how === 'from')
    // A smaller variant of what nobody maintains any more is no advice.
    if (kinds.length === 0 || !use || endOfLife(reference, today).length > 0) return
    const name = reference.tag === undefined ? reference.familiar : `${reference.familiar}:${reference.tag}`
    yield {
      at: use.span,
      message: `\`${name}\` is the full-size variant; there ${kinds.length > 1 ? 'are smaller ones' : 'is a smaller one'}: ${kinds.join(', ')}`,
      fix: fixBy(
        'manual',
        `Ship on a smaller variant, and install there what your program needs${kinds.includes('alpine') ? ' (alpine has another C library, musl)' : ''}`,
      ),
    }
  },
})
