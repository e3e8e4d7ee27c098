import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Twilio auth token',
  why: 'It is the password of the account: messages and calls on your bill and in your name, and all that were made.',
  revoke: 'Rotate it in the Twilio console under API keys & tokens: make a secondary token, then promote it.',
  link: 'https://www.twilio.com/docs/iam/api/authtoken',
  keywords: ['twilio'],
  pattern: assigned('twilio[_.-]?(?:account[_.-]?)?(?:auth[_.-]?)?token', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`TWILIO_AUTH_TOKEN=${sampleText(32, hex, 1)}`, `"twilio-auth-token": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `TWILIO_AUTH_TOKEN=${sampleText(31, hex)}`,
      `TWILIO_AUTH_TOKEN=${'0'.repeat(4)}…your-key`,
      'TWILIO_AUTH_TOKEN=${TWILIO_AUTH_TOKEN}',
    ],
  },
} satisfies Detector
