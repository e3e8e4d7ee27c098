import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isRoot } from '../../image-users.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'COPY after USER still makes files that root owns',
  why: 'COPY and ADD ignore USER: without --chown the files belong to root. For code that is right, since a program that cannot rewrite itself is harder to take over. Where the program has to write, people find out at run time, and repair it with chmod 777 or a chown that copies the whole layer.',
  examples: [
    {
      bad: 'FROM node:22\nUSER node\nCOPY . /app\n',
      good: 'FROM node:22\nUSER node\nCOPY --chown=node:node . /app\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#copy---chown---chmod'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      const { value } = step.before.user
      if (step.onbuild || !value?.known || value.value === '' || isRoot(value.value) || flagNamed(step, 'chown')) continue
      yield {
        at: step.instruction.keyword.span,
        message: `the files will belong to root, although USER is \`${value.value}\``,
        fix: {
          title: `Add \`--chown=${value.value}\` when the program has to write to them; leave them to root when it only reads them`,
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})
