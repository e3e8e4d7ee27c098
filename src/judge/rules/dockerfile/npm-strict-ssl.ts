import { unquote } from '../../../read/dockerfile/lex.ts'
import { runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'npm or yarn does not check the certificate of its registry',
  why: 'Anybody between the build machine and the registry can hand out other packages, and their install scripts run during the build with all that it has.',
  examples: [
    {
      bad: 'FROM node:22\nRUN npm config set strict-ssl false\nUSER node\n',
      good: 'FROM node:22\nRUN npm config set cafile /etc/ssl/corp.pem\nUSER node\n',
      byHand: true,
    },
    {
      bad: 'FROM node:22\nENV NPM_CONFIG_STRICT_SSL=false\n',
      good: 'FROM node:22\nENV NPM_CONFIG_STRICT_SSL=true\n',
      byHand: true,
    },
  ],
  replaces: ['CKV2_DOCKER_12', 'CKV2_DOCKER_13'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = { title: 'Remove it, and name the certificate of your registry (cafile)', safety: 'manual' as const, edits: [] }
    const isOff = (text: string | undefined): boolean => /^["']?(?:false|0)["']?$/i.test(text ?? '')
    for (const { command } of runCommands(dockerfile, 'npm', 'yarn', 'pnpm')) {
      const words = command.operands
      const at = words.findIndex(({ text }) => /^(?:strict-ssl(?:=false|=0)?|enableStrictSsl|["']?strict-ssl["']?)$/i.test(text))
      if (words[at] && words[0]?.text.startsWith('c') && (/=/.test(words[at].text) || isOff(words[at + 1]?.text)))
        yield { at: words[at].span, message: `\`${words[at].text}\` off accepts every certificate`, fix }
      const option = command.options.find(
        ({ name, value }) => (name === '--strict-ssl' && isOff(value)) || name === '--no-strict-ssl',
      )
      if (option) yield { at: option.span, message: `\`${option.name}\` off accepts every certificate`, fix }
    }
    for (const step of stepsNamed(dockerfile, 'ENV', 'ARG')) {
      for (const { key, value, span } of step.instruction.pairs) {
        if (
          /^(?:npm_config_strict_ssl|yarn_enable_strict_ssl)$/i.test(key) &&
          value &&
          isOff(unquote(value.raw, dockerfile.tree.escape))
        )
          yield { at: span, message: `\`${key}\` off accepts every certificate`, fix }
      }
    }
  },
})
