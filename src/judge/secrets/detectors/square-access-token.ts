import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Square access token',
  why: 'It takes payments, makes refunds and reads the customers of the shop.',
  revoke: 'Replace it on the Credentials page of the application at https://developer.squareup.com/apps.',
  link: 'https://developer.squareup.com/docs/build-basics/access-tokens',
  keywords: ['sq0atp-', 'eaaa'],
  // They are 64 characters long, the older ones have a prefix of their own.
  pattern: /(?<![\w+/-])(?:sq0atp-[A-Za-z0-9_-]{22}|EAAA[A-Za-z0-9_-]{60})(?![\w+/=-])/g,
  prefix: /^(?:sq0atp-|EAAA)/,
  isReal: secret => looksRandom(secret) && !/A{8}/.test(secret),
  samples: {
    real: () => [`EAAA${sampleText(60)}`, `sq0atp-${sampleText(22, undefined, 2)}`],
    not: () => [`EAAA${'A'.repeat(60)}`, `EAAA${sampleText(58)}`, 'sq0atp-your-token'],
  },
} satisfies Detector
