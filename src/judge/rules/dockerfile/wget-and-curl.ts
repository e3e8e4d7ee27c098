import { commandsOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'wget and curl are both used in a stage',
  why: 'One of them would do. Two programs for downloading are two to patch, and two for an attacker who wants to load more tools.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN wget https://example.org/a\nRUN curl -fO https://example.org/b\n',
      good: 'FROM debian:12\nRUN apt-get install -y curl wget && curl -fO https://example.org/a\n',
      byHand: true,
    },
  ],
  replaces: ['DL4001', 'DS-0014', 'run_using_wget_and_curl', 'use-either-wget-or-curl'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const first = new Map<string, { readonly start: number; readonly end: number }>()
      for (const step of stage.steps) {
        if (step.instruction.name !== 'RUN') continue
        for (const { command } of commandsOf(step, 'wget', 'curl')) {
          if (!first.has(command.name)) first.set(command.name, command.nameWord!.span)
        }
      }
      const [one, two] = [...first.values()].sort((a, b) => a.start - b.start)
      if (one && two)
        yield {
          at: two,
          also: [one],
          message: 'this stage uses both `wget` and `curl`',
          fix: { title: 'Use one of them', safety: 'manual', edits: [] },
        }
    }
  },
})
