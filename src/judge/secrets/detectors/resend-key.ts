import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Resend API key',
  why: 'It sends mail in the name of your domain, past every filter that trusts it.',
  revoke: 'Delete it at https://resend.com/api-keys.',
  link: 'https://resend.com/docs/dashboard/api-keys/introduction',
  keywords: ['resend'],
  pattern: /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,32}\b/g,
  prefix: /^re_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `RESEND_API_KEY=re_${sampleText(8)}_${sampleText(24, undefined, 2)}`,
      `resend('re_${sampleText(8, undefined, 3)}_${sampleText(24, undefined, 4)}')`,
    ],
    not: () => ['RESEND_API_KEY=re_123456789', `RESEND_API_KEY=re_${sampleText(24)}`],
  },
} satisfies Detector
