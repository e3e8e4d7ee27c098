import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Reddit client secret',
  why: 'It signs in as the application.',
  revoke: 'Delete the app at https://www.reddit.com/prefs/apps and make a new one.',
  link: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
  keywords: ['reddit', 'praw_client'],
  pattern: assigned('(?:reddit[_.-]?(?:client[_.-]?|app[_.-]?)?|praw_client_)secret', '[A-Za-z0-9_-]{27,30}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `REDDIT_CLIENT_SECRET=${sampleText(30, undefined, 1)}`,
      `"reddit-client-secret": "${sampleText(30, undefined, 2)}"`,
    ],
    not: () => [
      `REDDIT_CLIENT_SECRET=${sampleText(20)}`,
      `REDDIT_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'REDDIT_CLIENT_SECRET=${REDDIT_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
