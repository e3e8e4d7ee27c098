import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Facebook (Meta) access token',
  why: 'It acts as the person, page or business that it was made for: posts, messages, advertisements on its bill.',
  revoke: 'Remove the app, or call DELETE /{user-id}/permissions.',
  link: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens',
  keywords: ['eaa'],
  pattern: assigned(
    String.raw`(?:access|facebook|fb|meta|instagram|whatsapp|graph|page|user)[\w.-]{0,24}token`,
    'EAA[A-Za-z0-9]{90,250}',
  ),
  prefix: /^EAA/,
  isReal: secret => looksRandom(secret) && !/A{8}/.test(secret),
  samples: {
    real: () => [
      `FACEBOOK_ACCESS_TOKEN=EAA${sampleText(180, undefined, 1)}`,
      `"facebook-access-token": "EAA${sampleText(180, undefined, 2)}"`,
    ],
    not: () => [
      `FACEBOOK_ACCESS_TOKEN=EAA${sampleText(40)}`,
      `FACEBOOK_ACCESS_TOKEN=EAA${'0'.repeat(4)}…your-key`,
      'FACEBOOK_ACCESS_TOKEN=${FACEBOOK_ACCESS_TOKEN}',
    ],
  },
} satisfies Detector
