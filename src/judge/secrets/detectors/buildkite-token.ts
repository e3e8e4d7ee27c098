import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite API access token',
  why: 'It starts builds and changes pipelines in the name of its owner: code that runs with their secrets.',
  revoke: 'Revoke it at https://buildkite.com/user/api-access-tokens.',
  link: 'https://buildkite.com/docs/platform/security/tokens',
  keywords: ['bkua_'],
  pattern: /\bbkua_[A-Za-z0-9]{40,64}\b/g,
  prefix: /^bkua_/,
  samples: {
    real: () => [`bkua_${sampleText(53)}`, `BUILDKITE_API_TOKEN=bkua_${sampleText(40, undefined, 2)}`],
    not: () => ['bkua_token', `bkua_${sampleText(30)}`],
  },
} satisfies Detector
