import type { Span } from '../../../model/text.ts'
import type { Step } from '../../../read/dockerfile/graph.ts'
import { commandsOf, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** `https://user:token@host/`, `https://${TOKEN}@host/`. The group is what must not be shown. */
const credentials = /https?:\/\/(?<secret>[^\s/@'"]{1,200})@[A-Za-z0-9$]/g

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'image',
  summary: 'An address carries a user name and a token',
  why: 'git writes the address with its token into .git/config, pip and npm print it into logs, and the command line stays in the history of the image. Everyone who has the image can use the token.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nARG T\nRUN git clone https://x:${T}@github.com/a/b\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=ssh git clone git@github.com:a/b\nUSER nobody\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/build/building/secrets/#git-authentication-for-remote-contexts'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN', 'ADD')) {
      for (const { text, span } of wordsOf(step)) {
        for (const match of text.matchAll(credentials)) {
          const secret = match.groups?.secret ?? ''
          // `https://git@host` names a user only; a secret mount's value read by `$(cat …)` is another matter.
          if (/^(?:git|oauth2|x-access-token)$/i.test(secret) || (!secret.includes(':') && !secret.includes('$'))) continue
          const source = dockerfile.tree.text.slice(span.start, span.end)
          const at = source.indexOf(match[0])
          const literal = !secret.includes('$')
          const place = at === -1 ? span : { start: span.start + at, end: span.start + at + match[0].length }
          yield {
            at: place,
            ...(literal
              ? {
                  severity: 'critical' as const,
                  redact: [
                    at === -1
                      ? span
                      : {
                          start: place.start + match[0].indexOf(secret),
                          end: place.start + match[0].indexOf(secret) + secret.length,
                        },
                  ],
                }
              : {}),
            message: literal
              ? 'this address carries a password or token'
              : `this address is given the token \`${secret.slice(0, 60)}\`, which stays in the layer`,
            fix: {
              title: 'Mount the credential: --mount=type=ssh, or --mount=type=secret with a git credential helper or .netrc',
              safety: 'manual',
              edits: [],
            },
          }
        }
      }
    }
  },
})

const wordsOf = (step: Step): readonly { readonly text: string; readonly span: Span }[] => {
  if (step.instruction.name === 'ADD') return step.instruction.words.slice(0, -1).map(({ raw, span }) => ({ text: raw, span }))
  const words: { text: string; span: Span }[] = []
  const seen = new Set<number>()
  if (!step.scripts.some(({ text }) => text.includes('@'))) return words
  for (const { command } of commandsOf(step)) {
    // `sh -c '…'` holds its commands, which come by themselves.
    if (['sh', 'bash', 'ash', 'dash', 'su'].includes(command.name)) continue
    for (const { text, span } of command.args) {
      if (seen.has(span.start)) continue
      seen.add(span.start)
      words.push({ text, span })
    }
  }
  return words
}
