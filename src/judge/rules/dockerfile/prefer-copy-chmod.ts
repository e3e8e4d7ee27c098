import { commandsOf, flagNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'The mode of a copied file is changed in another layer',
  why: 'chmod in a RUN stores the whole file a second time, and the layer before still has it with its old mode. `COPY --chmod` (BuildKit) sets it at once: smaller, and never in between.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY run.sh /run.sh\nRUN chmod 755 /run.sh\nUSER app\n',
      good: 'FROM debian:12\nCOPY --chmod=755 run.sh /run.sh\nUSER app\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#copy---chown---chmod'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const copied = new Map<string, { readonly start: number; readonly end: number }>()
      for (const step of stage.steps) {
        const { name, words } = step.instruction
        const target = words.at(-1)?.raw
        if (name === 'COPY' && !step.onbuild && !flagNamed(step, 'chmod') && target !== undefined) {
          for (const { raw } of words.slice(0, -1))
            copied.set(target.endsWith('/') ? target + raw.replace(/^.*\//, '') : target, step.instruction.headSpan)
        }
        if (name !== 'RUN') continue
        for (const { command } of commandsOf(step, 'chmod')) {
          const [mode, ...files] = command.operands
          for (const { text } of files) {
            const span = copied.get(text)
            if (!span || !mode) continue
            copied.delete(text)
            yield {
              at: command.span,
              also: [span],
              message: `\`${text}\` is copied, and its mode changed in another layer`,
              fix: { title: `Copy it with --chmod=${mode.text}`, safety: 'manual', edits: [] },
            }
          }
        }
      }
    }
  },
})
