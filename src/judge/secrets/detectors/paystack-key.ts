import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Paystack live secret key',
  why: 'It takes payments, makes refunds and transfers, and reads the customers.',
  revoke: 'Generate a new one under Settings → API keys & webhooks.',
  link: 'https://paystack.com/docs/api/authentication/',
  keywords: ['sk_live_'],
  // Forty hexadecimal digits, where Stripe’s have all letters.
  pattern: /\bsk_live_[0-9a-f]{40}\b/g,
  prefix: /^sk_live_/,
  samples: {
    real: () => [`sk_live_${sampleText(40, hex)}`, `sk_live_${sampleText(40, hex, 2)}`],
    not: () => [`sk_test_${sampleText(40, hex)}`, 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  },
} satisfies Detector
