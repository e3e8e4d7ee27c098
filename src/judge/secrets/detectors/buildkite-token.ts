import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite API access token',
  why: 'It starts builds and changes pipelines in the name of its owner: code that runs with their secrets.',
  revoke: 'Revoke it at https://buildkite.com/user/api-access-tokens.',
  link: 'https://buildkite.com/docs/apis/managing-api-tokens',
  keywords: ['bkua_'],
  pattern: /\bbkua_[0-9a-z]{40}\b/g,
  prefix: /^bkua_/,
  samples: {
    real: () => [`bkua_${sampleText(40, hex)}`, `BUILDKITE_API_TOKEN=bkua_${sampleText(40, hex, 2)}`],
    not: () => ['bkua_token', `bkua_${sampleText(30, hex)}`],
  },
} satisfies Detector
