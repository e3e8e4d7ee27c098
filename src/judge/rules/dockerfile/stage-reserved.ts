import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isStageName, rename } from '../../stage-names.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A stage has a name that means something else',
  why: '`scratch` is the empty image and `context` the build context. A stage of that name makes FROM scratch or a mount mean something else than every reader expects: an image thought to be empty can carry a whole distribution.',
  examples: [
    {
      bad: 'FROM alpine:3.20 AS scratch\nFROM alpine:3.20\nCOPY --from=scratch /x /x\n',
      good: 'FROM alpine:3.20 AS scratch-stage\nFROM alpine:3.20\nCOPY --from=scratch-stage /x /x\n',
    },
  ],
  replaces: ['DL3063', 'ReservedStageName'],
  links: ['https://docs.docker.com/reference/build-checks/reserved-stage-name/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      if (!stage.nameWord || (stage.name !== 'scratch' && stage.name !== 'context')) continue
      const better = `${stage.name}-stage`
      yield {
        at: stage.nameWord.span,
        message: `\`${stage.nameWord.raw}\` is reserved: it cannot name a stage`,
        fix: isStageName(dockerfile, better)
          ? { title: 'Give it another name', safety: 'manual', edits: [] }
          : {
              title: `Call it ${better}; scripts that build it by --target must follow`,
              safety: 'unsafe',
              edits: rename(dockerfile, stage, better),
            },
      }
    }
  },
})
