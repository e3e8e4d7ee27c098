import { type Detector, hex, sampleText } from '../detector.ts'

const token = (seed: number): string =>
  `st.${sampleText(24, hex, seed)}.${sampleText(32, hex, seed + 1)}.${sampleText(32, hex, seed + 2)}`

export default {
  name: 'Infisical service token',
  why: 'It reads, and often changes, the secrets of an environment of the project.',
  revoke: 'Delete it under Access Control → Service Tokens of the project, and use a machine identity instead.',
  link: 'https://infisical.com/docs/documentation/platform/token',
  keywords: ['infisical'],
  pattern: /\bst\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}\b/g,
  prefix: /^st\./,
  samples: {
    real: () => [`INFISICAL_TOKEN=${token(1)}`, `infisical run --token ${token(5)}`],
    not: () => ['INFISICAL_TOKEN=st.your.token', `INFISICAL_TOKEN=st.${sampleText(24, hex)}.${sampleText(32, hex)}`],
  },
} satisfies Detector
