import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Flutterwave live secret key',
  why: 'It takes payments, makes transfers, and reads the customers.',
  revoke: 'Generate a new one under Settings → API keys.',
  link: 'https://developer.flutterwave.com/v3.0/docs/authentication',
  keywords: ['flwseck-'],
  pattern: /\bFLWSECK-[0-9a-zA-Z]{32}(?:-[0-9a-z]{10,20})?-X\b/g,
  prefix: /^FLWSECK-/,
  isReal: secret => looksRandom(secret.slice(8)),
  samples: {
    real: () => [`FLWSECK-${sampleText(32, hex)}-X`, `FLWSECK-${sampleText(32, hex, 2)}-${sampleText(13, hex, 3)}vt-X`],
    not: () => [`FLWSECK_TEST-${sampleText(32, hex)}-X`, 'FLWSECK-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-X'],
  },
} satisfies Detector
