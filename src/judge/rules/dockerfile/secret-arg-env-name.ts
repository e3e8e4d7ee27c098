import { unquote } from '../../../read/dockerfile/lex.ts'
import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { secretVariableFix } from '../../secret-variable-fix.ts'
import { isPlaceholder, isReference } from '../../secrets/detector.ts'
import { isHarmless } from '../../secrets/harmless.ts'
import { isSecretName } from '../../secrets/secret-name.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'image',
  yieldsTo: ['dockerfile/secret-value'],
  summary: 'A secret is passed by ARG or ENV',
  why: 'Everyone who can pull the image reads it: ENV stands in the configuration and in every container, ARG in the history of the layers, also when a later RUN unsets it. What was passed so has to be revoked first. A secret mount is there during one RUN, and leaves nothing behind.',
  examples: [
    {
      bad: '# syntax=docker/dockerfile:1\nFROM node:22\nARG NPM_TOKEN\nRUN npm ci\nUSER node\n',
      good: '# syntax=docker/dockerfile:1\nFROM node:22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN,required=true npm ci\nUSER node\n',
    },
    {
      bad: 'FROM alpine:3.20\nENV API_TOKEN=x7fq \\\n    MODE=live\nRUN wget --header "X-Token: $API_TOKEN" https://api.example/data && \\\n    tar -xf data\nUSER nobody\n',
      good: 'FROM alpine:3.20\nENV MODE=live\nRUN --mount=type=secret,id=api_token,required=true export API_TOKEN="$(cat /run/secrets/api_token)" && wget --header "X-Token: $API_TOKEN" https://api.example/data && \\\n    tar -xf data\nUSER nobody\n',
    },
    {
      bad: '# syntax=docker/dockerfile:1.7\nFROM alpine:3.20\nARG API_TOKEN\nRUN <<EOF\nset -e\nwget "https://api.example/data?key=$API_TOKEN"\nEOF\nUSER nobody\n',
      good: '# syntax=docker/dockerfile:1.7\nFROM alpine:3.20\nRUN --mount=type=secret,id=api_token,required=true <<EOF\nexport API_TOKEN="$(cat /run/secrets/api_token)"\nset -e\nwget "https://api.example/data?key=$API_TOKEN"\nEOF\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nENV API_KEY=x7fq\nRUN unset API_KEY\nUSER nobody\n',
      good: 'FROM alpine:3.20\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nENV DB_PASSWORD=x7fq\nUSER nobody\n',
      good: 'FROM alpine:3.20\nENV DB_PASSWORD_FILE=/run/secrets/db TOKEN_URL=x GOPRIVATE=a USERNAME=b\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nENV API_TOKEN=/k9Fq2LmX7vRt4Zb1\nUSER nobody\n',
      good: 'FROM alpine:3.20\nENV API_TOKEN=/run/secrets/api_token\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['DL3064', 'SecretsUsedInArgOrEnv', 'DS-0031', 'secret-in-build-arg', 'CIS-DI-0010'],
  links: [
    'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/',
    'https://docs.docker.com/build/building/secrets/',
  ],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ARG', 'ENV')) {
      for (const pair of step.instruction.pairs) {
        const { key, keySpan, value } = pair
        if (!isSecretName(key)) continue
        const text = value ? unquote(value.raw, dockerfile.tree.escape) : undefined
        // Set to nothing, or to where the secret lies, or to the program that asks for it, it gives nothing away. A number or a switch is not a
        // secret either.
        if (
          step.instruction.name === 'ENV' &&
          (text === undefined ||
            text === '' ||
            // What a variable has is copied: ENV keeps it, and its name says what it is.
            (isHarmless(text) && !text.includes('$')))
        )
          continue
        const sample = text !== undefined && text !== '' && !isReference(text) && isPlaceholder(text)
        yield {
          at: keySpan,
          ...(sample ? { severity: 'medium' as const } : {}),
          message: `\`${key}\` looks like a secret, and ${step.instruction.name === 'ARG' ? 'the history of the image keeps what is passed by ARG' : 'ENV shows it to everyone who has the image'}`,
          ...(value && text !== undefined && !isReference(text) && text !== '' ? { redact: [value.span] } : {}),
          fix: secretVariableFix(dockerfile, step, pair),
        }
      }
    }
  },
})
