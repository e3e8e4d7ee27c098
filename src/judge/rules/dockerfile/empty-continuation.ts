import { fixBy, removeAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A continued instruction has empty lines inside',
  why: 'A reader takes the empty line for the end of the instruction, but what follows still belongs to it: a command that looks like a new instruction runs as part of the old one. BuildKit will make it an error.',
  examples: [{ bad: 'FROM debian:12\nRUN a && \\\n\n  b\nUSER app\n', good: 'FROM debian:12\nRUN a && \\\n  b\nUSER app\n' }],
  replaces: ['NoEmptyContinuation'],
  links: ['https://docs.docker.com/reference/build-checks/no-empty-continuation/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const { emptyContinuations } of dockerfile.tree.instructions) {
      const [first, ...others] = emptyContinuations
      if (!first) continue
      yield {
        at: first,
        also: others,
        message: 'an empty line does not end a continued instruction',
        fix: fixBy(
          'safe',
          emptyContinuations.length === 1 ? 'Remove the empty line' : 'Remove the empty lines',
          ...joined(emptyContinuations).map(span => removeAt(dockerfile, span)),
        ),
      }
    }
  },
})

/** Neighbouring lines become one span: edits may not touch each other. */
const joined = (
  spans: readonly { readonly start: number; readonly end: number }[],
): readonly { readonly start: number; readonly end: number }[] => {
  const result: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    const last = result.at(-1)
    if (last && last.end === start) last.end = end
    else result.push({ start, end })
  }
  return result
}
