import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Razorpay key secret',
  why: 'Together with the key id beside it, it takes payments and makes refunds.',
  revoke: 'Regenerate the key under Account & Settings → API keys.',
  link: 'https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/',
  keywords: ['razorpay'],
  pattern: assigned('razorpay[_.-]?(?:api[_.-]?)?(?:key[_.-]?)?secret', '[A-Za-z0-9]{24}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `RAZORPAY_KEY_SECRET=${sampleText(24, undefined, 1)}`,
      `"razorpay-key-secret": "${sampleText(24, undefined, 2)}"`,
    ],
    not: () => [
      `RAZORPAY_KEY_SECRET=${sampleText(23)}`,
      `RAZORPAY_KEY_SECRET=${'0'.repeat(4)}…your-key`,
      'RAZORPAY_KEY_SECRET=${RAZORPAY_KEY_SECRET}',
    ],
  },
} satisfies Detector
