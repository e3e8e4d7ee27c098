import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'ENV sets a variable twice to different values, and nothing uses the first',
  why: 'Only the last value reaches the container. A reader who finds the first one, a safe default perhaps, believes that it holds.',
  examples: [
    {
      bad: 'FROM node:22\nENV NODE_ENV=production\nENV NODE_ENV=development\nUSER node\n',
      good: 'FROM node:22\nENV NODE_ENV=production\nUSER node\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const last = new Map<
        string,
        { readonly raw: string | undefined; readonly span: { readonly start: number; readonly end: number } }
      >()
      for (const step of stage.steps) {
        // Any command, and any word with a variable, may use the value.
        if (step.instruction.name === 'RUN' || step.instruction.argument.text.includes('$')) last.clear()
        if (step.instruction.name !== 'ENV' || step.onbuild) continue
        for (const { key, value, span } of step.instruction.pairs) {
          const earlier = last.get(key)
          last.set(key, { raw: value?.raw, span })
          if (!earlier) continue
          yield {
            at: earlier.span,
            also: [span],
            message: `\`${key}\` is set again before anything could use this value`,
            fix: { title: 'Keep the one that is meant', safety: 'manual', edits: [] },
          }
        }
      }
    }
  },
})
