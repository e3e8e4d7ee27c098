import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Twilio API key',
  why: 'It sends messages and makes calls on your bill and in your name, and reads those that were sent.',
  revoke: 'Delete it in the Twilio console under API keys & tokens.',
  link: 'https://www.twilio.com/docs/iam/api-keys',
  keywords: ['sk'],
  pattern: /\bSK[0-9a-f]{32}\b/g,
  prefix: /^SK/,
  samples: { real: () => [`SK${sampleText(32, hex)}`], not: () => ['SKIP'] },
} satisfies Detector
