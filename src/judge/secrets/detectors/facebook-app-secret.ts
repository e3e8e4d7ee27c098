import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Facebook (Meta) app secret',
  why: 'It signs in as the app, and forges what the platform tells it.',
  revoke: 'Reset it under App settings → Basic.',
  link: 'https://developers.facebook.com/docs/facebook-login/security',
  keywords: ['facebook', 'fb_app', 'fb-app', 'fb_client'],
  pattern: assigned('(?:facebook|(?<![A-Za-z0-9])fb)[_.-]?(?:app[_.-]?|client[_.-]?)?secret', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`FACEBOOK_APP_SECRET=${sampleText(32, hex, 1)}`, `"facebook-app-secret": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `FACEBOOK_APP_SECRET=${sampleText(31, hex)}`,
      `FACEBOOK_APP_SECRET=${'0'.repeat(4)}…your-key`,
      'FACEBOOK_APP_SECRET=${FACEBOOK_APP_SECRET}',
    ],
  },
} satisfies Detector
