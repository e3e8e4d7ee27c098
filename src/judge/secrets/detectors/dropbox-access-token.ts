import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Dropbox access token',
  why: 'It reads and changes the files of the account for some hours; the refresh token beside it, for ever.',
  revoke: 'Call https://api.dropboxapi.com/2/auth/token/revoke, or disconnect the app.',
  link: 'https://developers.dropbox.com/oauth-guide',
  keywords: ['sl.u.', 'sl.a', 'sl.b'],
  pattern: /(?<![\w.-])sl\.(?:u\.)?[A-Za-z0-9_-]{130,1200}(?![\w.-])/g,
  prefix: /^sl\.(?:u\.)?/,
  reach: { before: 16, after: 1400 },
  isReal: looksRandom,
  samples: {
    real: () => [`sl.u.A${sampleText(600)}`, `sl.B${sampleText(139, undefined, 2)}`],
    not: () => ['sl.your-token', `sl.B${sampleText(60)}`],
  },
} satisfies Detector
