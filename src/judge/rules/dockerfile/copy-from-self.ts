import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A stage copies files from itself',
  why: 'A stage cannot be its own source: BuildKit stops with a circular dependency, and nothing ships. Usually the name of another stage was meant, or --from is one word too many.',
  examples: [
    {
      bad: 'FROM alpine:3.20 AS app\nCOPY --from=App /a /b\nUSER nobody\n',
      good: 'FROM alpine:3.20 AS app\nCOPY /a /b\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL3023', 'DS-0006', 'copy_from_references_current_from_alias'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      for (const { how, target, span } of stage.uses) {
        if (how === 'from' || target.kind !== 'stage' || target.stage !== stage) continue
        yield {
          at: span,
          message: 'this stage takes files from itself',
          fix: { title: 'Name the stage that was meant, or leave --from away', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
