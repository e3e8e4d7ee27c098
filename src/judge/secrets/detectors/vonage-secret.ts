import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Vonage (Nexmo) API secret',
  why: 'Together with the API key beside it, it sends messages and makes calls on your bill.',
  revoke: 'Make a second secret under API settings, then revoke this one.',
  link: 'https://developer.vonage.com/en/account/secret-management',
  keywords: ['vonage', 'nexmo'],
  pattern: assigned('(?:vonage|nexmo)[_.-]?(?:api[_.-]?)?secret', '[A-Za-z0-9]{16}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`VONAGE_API_SECRET=${sampleText(16, undefined, 1)}`, `"vonage-api-secret": "${sampleText(16, undefined, 2)}"`],
    not: () => [
      `VONAGE_API_SECRET=${sampleText(15)}`,
      `VONAGE_API_SECRET=${'0'.repeat(4)}…your-key`,
      'VONAGE_API_SECRET=${VONAGE_API_SECRET}',
    ],
  },
} satisfies Detector
