import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PayPal client secret',
  why: 'Together with the client id beside it, it takes payments, makes refunds and reads transactions.',
  revoke: 'Generate a second secret for the app at https://developer.paypal.com/dashboard, then disable this one.',
  link: 'https://developer.paypal.com/api/rest/#link-getclientidandclientsecret',
  keywords: ['paypal'],
  pattern: assigned('paypal[_.-]?(?:client[_.-]?|app[_.-]?)?secret', 'E[A-Za-z0-9_-]{79}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `PAYPAL_CLIENT_SECRET=E${sampleText(79, undefined, 1)}`,
      `"paypal-client-secret": "E${sampleText(79, undefined, 2)}"`,
    ],
    not: () => [
      `PAYPAL_CLIENT_SECRET=E${sampleText(70)}`,
      `PAYPAL_CLIENT_SECRET=E${'0'.repeat(4)}…your-key`,
      'PAYPAL_CLIENT_SECRET=${PAYPAL_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
