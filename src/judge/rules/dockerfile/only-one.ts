import type { Step } from '../../../read/dockerfile/graph.ts'
import { fixBy, removeAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'CMD, ENTRYPOINT or HEALTHCHECK stands in a stage twice',
  why: 'Only the last one counts. The earlier line, perhaps the one that drops privileges or starts the program in its safe mode, does nothing, and a reader believes that it does.',
  examples: [
    {
      bad: 'FROM node:22\nUSER node\nCMD ["node", "a.js"]\nCMD ["node", "b.js"]\n',
      good: 'FROM node:22\nUSER node\nCMD ["node", "b.js"]\n',
    },
    { bad: 'FROM node:22\nENTRYPOINT ["a"]\nUSER node\nENTRYPOINT ["b"]\n', good: 'FROM node:22\nUSER node\nENTRYPOINT ["b"]\n' },
  ],
  replaces: [
    'DL4003',
    'DL4004',
    'DL3012',
    'MultipleInstructionsDisallowed',
    'DS-0016',
    'DS-0007',
    'DS-0023',
    'multiple_cmd_instructions_listed',
    'multiple_entrypoint_instructions_listed',
    'do_not_use_multiple_healthcheck',
    'multiple-entrypoint-instructions',
  ],
  links: ['https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const last = new Map<string, Step>()
      for (const step of stage.steps) {
        const { name } = step.instruction
        if (step.onbuild || (name !== 'CMD' && name !== 'ENTRYPOINT' && name !== 'HEALTHCHECK')) continue
        const earlier = last.get(name)
        last.set(name, step)
        if (!earlier) continue
        // ENTRYPOINT resets a CMD that came from the base image: removing an earlier one keeps that, since the later does the same.
        yield {
          at: earlier.instruction.headSpan,
          also: [step.instruction.keyword.span],
          message: `this \`${name}\` does nothing: a later one in the same stage replaces it`,
          fix: fixBy('safe', 'Remove it', removeAt(dockerfile, earlier.instruction.span)),
        }
      }
    }
  },
})
