import { lineage } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'Files are copied from a stage that has none',
  why: 'A stage FROM scratch to which nothing was added is empty, so the COPY fails and nothing ships. Usually another stage was meant.',
  examples: [
    {
      bad: 'FROM scratch AS empty\nFROM alpine:3.20\nCOPY --from=empty /a /b\nUSER nobody\n',
      good: 'FROM scratch AS files\nCOPY a /a\nFROM alpine:3.20\nCOPY --from=files /a /b\nUSER nobody\n',
      byHand: true,
    },
    { bad: 'FROM alpine:3.20\nCOPY --from=scratch /a /b\n', good: 'FROM alpine:3.20\nCOPY a /b\n', byHand: true },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      for (const { how, target, span } of stage.uses) {
        if (how !== 'copy') continue
        const empty =
          target.kind === 'scratch' ||
          (target.kind === 'stage' &&
            target.stage.root.kind === 'scratch' &&
            !lineage(target.stage).some(({ instruction }) => ['COPY', 'ADD', 'RUN', 'WORKDIR'].includes(instruction.name)))
        if (empty)
          yield {
            at: span,
            message: 'nothing was ever put into this stage: there is nothing to copy',
            fix: { title: 'Name the stage that was meant', safety: 'manual', edits: [] },
          }
      }
    }
  },
})
