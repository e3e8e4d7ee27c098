import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Mailgun API key',
  why: 'It sends mail in the name of your domain, past every filter that trusts it, and reads what was sent.',
  revoke: 'Delete it under API security at https://app.mailgun.com/settings/api_security.',
  link: 'https://documentation.mailgun.com/docs/mailgun/api-reference/authentication',
  keywords: ['mailgun'],
  pattern: /(?<![\w-])(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![\w-])/g,
  prefix: /^key-/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `MAILGUN_API_KEY=key-${sampleText(32, hex)}`,
      `MAILGUN_API_KEY=${sampleText(32, hex, 2)}-${sampleText(8, hex, 3)}-${sampleText(8, hex, 4)}`,
    ],
    not: () => [
      `MAILGUN_API_KEY=key-${sampleText(30, hex)}`,
      `MAILGUN_API_KEY=key-${'3ax6xnjp29jd6fds4gc373sgvjxteol0'}`,
      `pubkey-${sampleText(32, hex)} # mailgun`,
    ],
  },
} satisfies Detector
