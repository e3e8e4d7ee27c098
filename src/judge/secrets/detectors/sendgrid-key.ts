import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'SendGrid API key',
  why: 'It sends mail in the name of your domain, past every filter that trusts it.',
  revoke: 'Delete it under Settings → API Keys.',
  link: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
  keywords: ['sg.'],
  pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
  prefix: /^SG\./,
  samples: { real: () => [`SG.${sampleText(22)}.${sampleText(43, undefined, 2)}`], not: () => ['SG.short.short'] },
} satisfies Detector
