import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Buildkite portal token or secret',
  why: 'It runs the GraphQL query of the portal with the rights of whoever made that, often over the whole organisation.',
  revoke: 'Rotate it under Security of the portal at https://buildkite.com.',
  link: 'https://buildkite.com/docs/platform/security/tokens',
  keywords: ['bkpat_', 'bkps_'],
  pattern: /\bbkp(?:at|s)_[A-Za-z0-9_-]{40,90}(?![A-Za-z0-9_-])/g,
  prefix: /^bkp[a-z]{1,2}_/,
  samples: {
    real: () => [`bkpat_${sampleText(54)}`, `bkps_${sampleText(64, undefined, 2)}`],
    not: () => ['bkpat_token', `bkps_${sampleText(20)}`],
  },
} satisfies Detector
