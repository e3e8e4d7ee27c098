import { fixBy, removeAt, shippedStages, withBlanksBefore } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { exposedPorts } from '../../ports.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A port is exposed twice',
  why: 'The second says nothing new, and is often a slip: the port that was meant, perhaps the one that a network policy has to know, is missing.',
  examples: [{ bad: 'FROM nginx:1.27\nEXPOSE 8080 8080/tcp\nUSER nginx\n', good: 'FROM nginx:1.27\nEXPOSE 8080\nUSER nginx\n' }],
  fixes: 'safe',
  *check(dockerfile) {
    for (const stage of shippedStages(dockerfile)) {
      const seen = new Set<string>()
      for (const step of stage.steps) {
        if (step.instruction.name !== 'EXPOSE' || step.onbuild) continue
        const ports = exposedPorts(step, dockerfile.tree.escape)
        let kept = 0
        for (const { word, known, first, last, protocol, mapping } of ports) {
          if (!known || Number.isNaN(first) || mapping !== undefined) {
            kept++
            continue
          }
          const key = `${first}-${last}/${(protocol ?? 'tcp').toLowerCase()}`
          if (!seen.has(key)) {
            seen.add(key)
            kept++
            continue
          }
          // The only word of an instruction: the whole line goes.
          const span = kept > 0 ? withBlanksBefore(dockerfile, word.span) : ports.length === 1 ? step.instruction.span : undefined
          yield {
            at: word.span,
            message: `port \`${word.raw}\` is exposed already`,
            ...(span ? { fix: fixBy('safe', 'Remove the second one', removeAt(dockerfile, span)) } : {}),
          }
        }
      }
    }
  },
})
