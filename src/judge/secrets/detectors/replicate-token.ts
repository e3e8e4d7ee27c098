import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Replicate API token',
  why: 'It runs models on the bill of the account.',
  revoke: 'Disable it at https://replicate.com/account/api-tokens.',
  link: 'https://replicate.com/docs/topics/security/api-tokens',
  keywords: ['r8_'],
  // 40 characters with the prefix.
  pattern: /\br8_[A-Za-z0-9]{37}\b/g,
  prefix: /^r8_/,
  isReal: looksRandom,
  samples: {
    real: () => [`r8_${sampleText(37)}`, `r8_${sampleText(37, undefined, 2)}`],
    not: () => ['r8_your-token', `r8_${sampleText(36)}`],
  },
} satisfies Detector
