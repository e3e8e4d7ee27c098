import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The whole file system of another stage is copied',
  why: 'It brings along everything that the builder had: compilers, caches, shell histories, credentials for the package registry. The point of a builder stage, to leave the tools of an attacker behind, is lost, and the files are doubled.',
  examples: [
    {
      bad: 'FROM golang:1.23 AS build\nFROM alpine:3.20\nCOPY --from=build / /\nUSER nobody\n',
      good: 'FROM golang:1.23 AS build\nFROM alpine:3.20\nCOPY --from=build /out/app /app\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL3067'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'COPY')) {
      const from = flagNamed(step, 'from')
      const words = step.instruction.words.map(({ raw }) => raw.replace(/^["']|["']$/g, ''))
      const [target = '', ...sources] = [...words].reverse()
      if (!from || !/^\/\.?$/.test(target) || !sources.some(source => /^\/\.?$|^\/\*$/.test(source))) continue
      // FROM scratch + COPY --from=x / / is how to squash an image into one layer: nothing else is in it that could be doubled.
      if (step.stage?.root.kind === 'scratch') continue
      yield {
        at: step.instruction.argumentSpan,
        message: `everything that is in \`${from.value}\` comes along`,
        fix: { title: 'Copy only the files that the program needs', safety: 'manual', edits: [] },
      }
    }
  },
})
