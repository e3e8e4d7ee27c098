import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Stripe live key',
  why: 'It moves real money: refunds, pay-outs, and the data of all customers.',
  revoke: 'Roll the key at https://dashboard.stripe.com/apikeys.',
  link: 'https://docs.stripe.com/keys',
  keywords: ['sk_live_', 'rk_live_'],
  pattern: /\b[sr]k_live_[A-Za-z0-9]{24,247}\b/g,
  prefix: /^[sr]k_live_/,
  samples: { real: () => [`sk_live_${sampleText(24)}`], not: () => [`sk_test_${sampleText(24)}`] },
} satisfies Detector
