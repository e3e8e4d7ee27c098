import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Webhook signing secret',
  why: 'Whoever has it forges events that the application takes for those of Stripe (or of another service that signs as Svix does): “this was paid”.',
  revoke: 'Roll the secret of the endpoint at https://dashboard.stripe.com/webhooks.',
  link: 'https://docs.stripe.com/webhooks#roll-endpoint-secrets',
  keywords: ['whsec_'],
  // The one that begins with MfKQ is the sample of the Standard Webhooks documentation.
  pattern: /\bwhsec_[A-Za-z0-9+/]{32,88}={0,2}(?![A-Za-z0-9+/=])/g,
  prefix: /^whsec_/,
  isReal: secret => looksRandom(secret) && !secret.startsWith('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La'),
  samples: {
    real: () => [`whsec_${sampleText(32)}`, `whsec_${sampleText(43, undefined, 2)}=`],
    not: () => ['whsec_test_secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_12345678901234567890123456789012'],
  },
} satisfies Detector
