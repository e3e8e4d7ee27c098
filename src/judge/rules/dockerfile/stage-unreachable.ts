import { fixBy, removeAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'Nothing takes anything from a stage',
  why: 'BuildKit does not build such a stage unless it is named with --target. Tests or scans in it never run in the ordinary build, although they look as if they did: a check that everyone relies on and that never happened.',
  examples: [
    { bad: 'FROM alpine:3.20 AS test\nRUN make test\nFROM alpine:3.20\nUSER nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
  ],
  links: ['https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      if (stage.role !== 'unused' || !stage.baseWord) continue
      const next = dockerfile.stages[stage.index + 1]
      const used = dockerfile.stages.some(other =>
        other.uses.some(({ target }) => target.kind === 'stage' && target.stage === stage),
      )
      // Numbers in --from would shift when a stage goes away.
      const numbered = dockerfile.stages.some(other =>
        other.uses.some(({ span, how }) => how !== 'from' && /^\d+$/.test(dockerfile.tree.text.slice(span.start, span.end))),
      )
      yield {
        at: stage.nameWord?.span ?? stage.baseWord.span,
        message: `the build never reaches ${stage.name === undefined ? 'this stage' : `\`${stage.name}\``} unless it is named with --target`,
        ...(next && !used && !numbered
          ? {
              fix: fixBy(
                'unsafe',
                'Remove the stage; builds that name it with --target then fail',
                removeAt(dockerfile, { start: stage.from.instruction.span.start, end: firstOf(next) }),
              ),
            }
          : {}),
      }
    }
  },
})

/** Where a stage begins: at the comments above its FROM. */
const firstOf = (stage: {
  readonly from: {
    readonly instruction: {
      readonly span: { readonly start: number }
      readonly comments: readonly { readonly span: { readonly start: number } }[]
    }
  }
}): number => stage.from.instruction.comments[0]?.span.start ?? stage.from.instruction.span.start
