import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'X (Twitter) API secret',
  why: 'It signs in as the application: posts in the name of whoever trusted it.',
  revoke: 'Regenerate it at https://developer.x.com/en/portal/dashboard.',
  link: 'https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-key-and-secret',
  keywords: ['twitter'],
  pattern: assigned('twitter[_.-]?(?:api|consumer|app)[_.-]?(?:key[_.-]?)?secret(?:[_.-]?key)?', '[A-Za-z0-9]{50}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`TWITTER_API_SECRET=${sampleText(50, undefined, 1)}`, `"twitter-api-secret": "${sampleText(50, undefined, 2)}"`],
    not: () => [
      `TWITTER_API_SECRET=${sampleText(49)}`,
      `TWITTER_API_SECRET=${'0'.repeat(4)}…your-key`,
      'TWITTER_API_SECRET=${TWITTER_API_SECRET}',
    ],
  },
} satisfies Detector
