import type { Step } from '../../../read/dockerfile/graph.ts'
import { flagNamed, lineage } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'An account is named in an image that has no account file',
  why: 'An image FROM scratch has no /etc/passwd, so no name means anything: the build of `--chown=app` fails, and a container with `USER app` does not start. The quick way out is to delete the line, and the program runs as root again. A number needs no account.',
  examples: [
    { bad: 'FROM scratch\nCOPY server /\nUSER nobody\n', good: 'FROM scratch\nCOPY server /\nUSER 65534:65534\n', byHand: true },
    {
      bad: 'FROM scratch\nCOPY --chown=app:app server /\nUSER 10001\n',
      good: 'FROM scratch\nCOPY --chown=10001:10001 server /\nUSER 10001\n',
      byHand: true,
    },
    {
      bad: 'FROM scratch\nUSER app\n',
      good: 'FROM debian:12 AS b\nFROM scratch\nCOPY --from=b /etc/passwd /etc/group /etc/\nUSER app\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      if (stage.root.kind !== 'scratch') continue
      let mayHaveAccounts = false
      for (const step of lineage(stage)) {
        if (!mayHaveAccounts && step.stage === stage) {
          for (const { at, name, what } of namesIn(step)) {
            yield {
              at,
              message: `\`${name}\` cannot be looked up: an image FROM scratch has no /etc/passwd, so ${what}`,
              fix: {
                title: 'Write the number of the user (65532 is customary), or copy /etc/passwd and /etc/group into the image',
                safety: 'manual',
                edits: [],
              },
            }
          }
        }
        mayHaveAccounts ||= bringsAccounts(step)
      }
    }
  },
})

function* namesIn(
  step: Step,
): Generator<{ readonly at: Step['instruction']['headSpan']; readonly name: string; readonly what: string }> {
  if (step.instruction.name === 'USER') {
    const { value } = step.after.user
    const name = value?.known ? firstName(value.value) : undefined
    if (name !== undefined) yield { at: step.instruction.argumentSpan, name, what: 'the container does not start' }
  }
  const chown = flagNamed(step, 'chown')
  if (chown?.value !== undefined && !chown.value.includes('$')) {
    const name = firstName(chown.value)
    if (name !== undefined) yield { at: chown.valueSpan ?? chown.span, name, what: 'the build fails' }
  }
}

/** The first part of `user:group` that is neither a number nor empty. `root` is known without a file. */
const firstName = (value: string): string | undefined =>
  value.split(':').find(part => part !== '' && !/^\d+$/.test(part) && part !== 'root')

/**
 * True for what may bring an account file: something put into /etc, a whole tree put at the root (`rootfs/`, an archive, `/` of a stage),
 * or a RUN, which only works when a system is there already.
 */
const bringsAccounts = (step: Step): boolean => {
  const { name, words } = step.instruction
  if (name === 'RUN') return true
  if (name !== 'COPY' && name !== 'ADD') return false
  const [target = '', ...sources] = words.map(word => word.raw.replace(/^["']|["']$/g, '')).reverse()
  if (target.includes('$') || sources.some(source => source.includes('passwd') || source.includes('$'))) return true
  if (/^\/?etc(?:\/|$)/.test(target)) return true
  const tree = /(?:^|\/)\.{0,2}\/?$|\/$|\*|root|fs$|sys|out$|dist$|\.(?:tar|tgz|txz|tbz2?)(?:\.|$)/
  return /^\/?$|^\.\/?$/.test(target) && sources.some(source => tree.test(source))
}
