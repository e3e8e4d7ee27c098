import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'MessageBird access key',
  why: 'It sends messages on your bill, and reads those that were sent.',
  revoke: 'Delete it under Developers → API access.',
  link: 'https://developers.messagebird.com/api/#authentication',
  keywords: ['messagebird'],
  pattern: assigned('messagebird[_.-]?(?:api|access)[_.-]?key', '(?:live_)?[A-Za-z0-9]{25}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `MESSAGEBIRD_ACCESS_KEY=${sampleText(25, undefined, 1)}`,
      `"messagebird-access-key": "${sampleText(25, undefined, 2)}"`,
    ],
    not: () => [
      `MESSAGEBIRD_ACCESS_KEY=${sampleText(24)}`,
      `MESSAGEBIRD_ACCESS_KEY=${'0'.repeat(4)}…your-key`,
      'MESSAGEBIRD_ACCESS_KEY=${MESSAGEBIRD_ACCESS_KEY}',
    ],
  },
} satisfies Detector
