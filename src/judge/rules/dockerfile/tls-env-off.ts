import type { Span } from '../../../model/text.ts'
import { unquote } from '../../../read/dockerfile/lex.ts'
import { commandsOf, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** Variable → the values that switch the check of certificates off. */
const switches: Readonly<Record<string, RegExp>> = {
  PYTHONHTTPSVERIFY: /^0$/,
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  GIT_SSL_NO_VERIFY: /^(?!0$|false$|no$|off$|$).+/i,
  REQUESTS_CA_BUNDLE: /^\/dev\/null$/,
  CURL_CA_BUNDLE: /^\/dev\/null$/,
  GOINSECURE: /^(?!$).+/,
  HOMEBREW_CURL_RETRY_INSECURE: /^1$/,
  NODE_NO_VERIFY: /^1$/,
  BUNDLE_SSL_VERIFY_MODE: /^0$/,
  CARGO_HTTP_CHECK_REVOKE: /^false$/i,
  HELM_KUBEINSECURE_SKIP_TLS_VERIFY: /^true$/i,
  VAULT_SKIP_VERIFY: /^(?:1|true)$/i,
  GONOSUMCHECK: /^1$/,
  GONOSUMDB: /^\*$/,
  GOFLAGS: /-insecure/,
}

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A variable switches the check of certificates off',
  why: 'Every connection of the program is then open to whoever sits in between: they can read and change what goes through, downloads of the build and data of the running container alike. Set by ENV it holds in every container.',
  examples: [
    {
      bad: 'FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nUSER node\n',
      good: 'FROM node:22\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/corp.pem\nUSER node\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nRUN GIT_SSL_NO_VERIFY="true" git clone https://example.org/x\n',
      good: 'FROM alpine:3.20\nRUN GIT_SSL_NO_VERIFY=false git clone https://example.org/x\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nRUN git config --global http.sslVerify false\n',
      good: 'FROM alpine:3.20\nRUN git config --global http.sslCAInfo /etc/ssl/corp.pem\n',
      byHand: true,
    },
  ],
  replaces: ['CKV2_DOCKER_5', 'CKV2_DOCKER_6', 'CKV2_DOCKER_14'],
  fixes: 'manual',
  *check(dockerfile) {
    const report = (name: string, at: Span) => ({
      at,
      message: `\`${name}\` switches the check of certificates off`,
      fix: { title: 'Remove it, and install the certificates that are missing', safety: 'manual' as const, edits: [] },
    })
    for (const step of stepsNamed(dockerfile, 'ENV', 'ARG')) {
      for (const { key, value, span } of step.instruction.pairs) {
        if (value && Object.hasOwn(switches, key) && switches[key]!.test(unquote(value.raw, dockerfile.tree.escape)))
          yield report(key, span)
      }
    }
    for (const step of stepsNamed(dockerfile, 'RUN', 'CMD', 'ENTRYPOINT')) {
      for (const { command } of commandsOf(step)) {
        for (const { name, value, span } of command.assignments)
          if (Object.hasOwn(switches, name) && switches[name]!.test(value?.text ?? '')) yield report(name, span)
        if (command.name === 'export') {
          for (const { text, span } of command.args) {
            const [name = '', ...rest] = text.split('=')
            if (Object.hasOwn(switches, name) && rest.length > 0 && switches[name]!.test(rest.join('='))) yield report(name, span)
          }
        }
        if (command.name !== 'git') continue
        const set = command.operands.findIndex(({ text }) => /^http\.(?:.*\.)?sslverify$/i.test(text))
        if (set !== -1 && /^(?:false|0|no|off)$/i.test(command.operands[set + 1]?.text ?? ''))
          yield report(command.operands[set]!.text, command.operands[set]!.span)
        for (const { name, value, span } of command.options)
          if (name === '-c' && /^http\.sslverify=(?:false|0|no|off)?$/i.test(value ?? '')) yield report('http.sslVerify', span)
      }
    }
  },
})
