import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Brevo API or SMTP key',
  why: 'It sends mail in your name, and reads the contacts of the account.',
  revoke: 'Delete it under SMTP & API at https://app.brevo.com/settings/keys/api.',
  link: 'https://developers.brevo.com/docs/api-key-authentication',
  keywords: ['xkeysib-', 'xsmtpsib-'],
  pattern: /\bx(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}\b/g,
  prefix: /^x(?:key|smtp)sib-/,
  samples: {
    real: () => [
      `xkeysib-${sampleText(64, hex)}-${sampleText(16)}`,
      `xsmtpsib-${sampleText(64, hex, 2)}-${sampleText(16, undefined, 2)}`,
    ],
    not: () => ['xkeysib-your-api-key', `xkeysib-${sampleText(40, hex)}-${sampleText(16)}`],
  },
} satisfies Detector
