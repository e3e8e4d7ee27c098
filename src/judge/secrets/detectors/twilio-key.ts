import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Twilio API key',
  why: 'It sends messages and makes calls on your bill and in your name, and reads those that were sent.',
  revoke: 'Delete it in the Twilio console under API keys & tokens.',
  link: 'https://www.twilio.com/docs/iam/api-keys',
  keywords: ['twilio'],
  // Nothing but these two letters is Twilio's: somebody must say so nearby.
  pattern: /twilio[^\r\n]{0,64}?\b(?<secret>SK[0-9a-f]{32})\b/gi,
  prefix: /^SK/,
  samples: { real: () => [`TWILIO_API_KEY=SK${sampleText(32, hex)}`], not: () => ['SKIP', `SK${sampleText(32, hex)}`] },
} satisfies Detector
