import { dockerfileRule } from '../../dockerfile-rule.ts'
import { rename } from '../../stage-names.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A stage name has capital letters',
  why: 'BuildKit compares stage names without regard to case, and prints them in small letters. A name in capitals looks like a variable or another stage, and tools that compare exactly miss the reference.',
  examples: [
    {
      bad: 'FROM alpine:3.20 AS Builder\nFROM alpine:3.20\nCOPY --from=Builder /x /x\n',
      good: 'FROM alpine:3.20 AS builder\nFROM alpine:3.20\nCOPY --from=builder /x /x\n',
    },
  ],
  replaces: ['StageNameCasing'],
  links: ['https://docs.docker.com/reference/build-checks/stage-name-casing/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const { nameWord, name } = stage
      if (!nameWord || name === undefined || nameWord.raw === name) continue
      yield {
        at: nameWord.span,
        message: `the stage name \`${nameWord.raw}\` should be \`${name}\``,
        fix: { title: `Write ${name} everywhere`, safety: 'safe', edits: rename(dockerfile, stage, name) },
      }
    }
  },
})
