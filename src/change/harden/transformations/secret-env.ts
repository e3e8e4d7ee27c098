import { lineage } from '../../../judge/dockerfile-queries.ts'
import { secretsOf } from '../../../judge/secrets/redact-file.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Span } from '../../../model/text.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import type { KeyValue } from '../../../read/dockerfile/syntax.ts'
import { withoutStep } from '../place.ts'
import { transformation } from '../transformation.ts'

export default transformation({
  title: 'Take secrets out of ENV',
  why: 'What ENV holds stands in the configuration and in the history of the image: whoever can pull it, from a registry, a laptop, a backup, reads the secret with one command, and it stays in every image that was ever built. A secret belongs to where the container runs, and is given when it starts.',
  level: 'balanced',
  safety: 'unsafe',
  order: 150,
  apply({ dockerfile }) {
    const stage = dockerfile.final
    if (!stage) return undefined
    const secrets = secretsOf(dockerfile, []).spans
    for (const step of lineage(stage)) {
      if (step.instruction.name !== 'ENV') continue
      for (const pair of step.instruction.pairs) {
        if (!isSecret(pair, secrets) || isRead(dockerfile, step, pair.key)) continue
        const edit = withoutPair(dockerfile, step, pair)
        if (!edit) continue
        return {
          edits: [edit],
          env: [pair.key],
          title: `Take \`${pair.key}\` out of the image; it is given when the container starts`,
          risk: `without \`${pair.key}\` in its environment the program does not get what it had: \`docker run -e ${pair.key}\`, Compose’s \`environment\` or \`secrets\`, a Secret of Kubernetes`,
          check: [`The value was readable: change \`${pair.key}\` at the service that it opens`],
        }
      }
    }
    return undefined
  },
})

/** All of it, or a password in an address: a password that is a word (`shop`) stands in other values too. */
const isSecret = ({ value }: KeyValue, secrets: readonly Span[]): boolean =>
  value !== undefined &&
  !value.raw.includes('$') &&
  secrets.some(
    ({ start, end }) =>
      start < value.span.end &&
      end > value.span.start &&
      (end - start >= value.raw.replace(/["']/g, '').length || end - start >= 12 || value.raw.includes('://')),
  )

/** A later step of a build names it: that one needs it in another way. */
const isRead = ({ stages }: Dockerfile, env: Step, name: string): boolean => {
  const named = new RegExp(`(?<![A-Za-z0-9_])${name.replace(/[^\w]/g, '\\$&')}(?![A-Za-z0-9_])`)
  const after = (stage: Stage): boolean =>
    lineage(stage).some(
      step =>
        step.instruction.span.start > env.instruction.span.start &&
        (step.instruction.name === 'ENV'
          ? step.instruction.pairs.some(({ value }) => value?.raw.includes('$') && named.test(value.raw))
          : named.test(step.instruction.argument.text) || step.instruction.heredocs.some(({ content }) => named.test(content))),
    )
  return stages.some(after)
}

/** Undefined where a comment stands among the pairs. */
const withoutPair = (dockerfile: Dockerfile, step: Step, pair: KeyValue): Edit | undefined => {
  const { pairs, innerComments, emptyContinuations } = step.instruction
  if (pairs.length === 1) return withoutStep(dockerfile, step)
  if (innerComments.length > 0 || emptyContinuations.length > 0) return undefined
  const at = pairs.indexOf(pair)
  const [previous, next] = [pairs[at - 1], pairs[at + 1]]
  const span = previous ? { start: previous.span.end, end: pair.span.end } : { start: pair.span.start, end: next!.span.start }
  return { path: dockerfile.path, span, text: '' }
}
