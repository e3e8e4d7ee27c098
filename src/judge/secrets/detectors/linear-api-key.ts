import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Linear API key',
  why: 'It reads and changes everything that its owner can see.',
  revoke: 'Revoke it under Settings → Security & access.',
  link: 'https://linear.app/docs/api-and-webhooks',
  keywords: ['lin_api_'],
  pattern: /\blin_api_[A-Za-z0-9]{40}\b/g,
  prefix: /^lin_api_/,
  isReal: looksRandom,
  samples: {
    real: () => [`lin_api_${sampleText(40)}`, `lin_api_${sampleText(40, undefined, 2)}`],
    not: () => ['lin_api_your_key', `lin_api_${sampleText(30)}`],
  },
} satisfies Detector
