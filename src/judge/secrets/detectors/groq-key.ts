import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Groq API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://console.groq.com/keys.',
  link: 'https://console.groq.com/docs/quickstart',
  keywords: ['gsk_'],
  pattern: /\bgsk_[A-Za-z0-9]{52}\b/g,
  prefix: /^gsk_/,
  isReal: looksRandom,
  samples: {
    real: () => [`gsk_${sampleText(52)}`, `gsk_${sampleText(52, undefined, 2)}`],
    not: () => ['gsk_your-key', `gsk_${sampleText(40)}`],
  },
} satisfies Detector
