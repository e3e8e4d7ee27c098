import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Linear OAuth token',
  why: 'It reads and changes what its owner allowed the application.',
  revoke: 'Call https://api.linear.app/oauth/revoke.',
  link: 'https://linear.app/developers/oauth-2-0-authentication',
  keywords: ['lin_oauth_'],
  pattern: /\blin_oauth_[0-9a-f]{64}\b/g,
  prefix: /^lin_oauth_/,
  isReal: looksRandom,
  samples: {
    real: () => [`lin_oauth_${sampleText(64, hex)}`, `lin_oauth_${sampleText(64, hex, 2)}`],
    not: () => ['lin_oauth_your_token', `lin_oauth_${sampleText(40, hex)}`],
  },
} satisfies Detector
