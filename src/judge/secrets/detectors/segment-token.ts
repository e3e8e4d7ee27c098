import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Segment public API token',
  why: 'It reads and changes the workspace: where the data of all users are sent.',
  revoke: 'Remove it under Settings → Access management → Tokens.',
  link: 'https://segment.com/docs/api/public-api/',
  keywords: ['sgp_'],
  pattern: /\bsgp_[A-Za-z0-9]{64}\b/g,
  prefix: /^sgp_/,
  isReal: looksRandom,
  samples: {
    real: () => [`sgp_${sampleText(64)}`, `sgp_${sampleText(64, undefined, 2)}`],
    not: () => ['sgp_your_token', `sgp_${sampleText(40)}`],
  },
} satisfies Detector
