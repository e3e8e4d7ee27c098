import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Mollie live key',
  why: 'It takes payments and makes refunds in the name of the merchant.',
  revoke: 'Reset it under Developers → API keys.',
  link: 'https://docs.mollie.com/reference/authentication',
  keywords: ['mollie'],
  pattern: /(?<![\w-])live_[A-Za-z0-9]{30,40}(?![\w-])/g,
  prefix: /^live_/,
  isReal: looksRandom,
  samples: {
    real: () => [`MOLLIE_API_KEY=live_${sampleText(30)}`, `mollie: 'live_${sampleText(30, undefined, 2)}'`],
    not: () => [`MOLLIE_API_KEY=test_${sampleText(30)}`, `MOLLIE_API_KEY=live_${sampleText(20)}`],
  },
} satisfies Detector
