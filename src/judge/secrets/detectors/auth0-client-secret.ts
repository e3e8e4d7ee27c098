import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Auth0 client secret',
  why: 'It signs in as the application; one for the management API reads and changes all users.',
  revoke: 'Rotate it in the settings of the application.',
  link: 'https://auth0.com/docs/get-started/applications/rotate-client-secret',
  keywords: ['auth0'],
  pattern: assigned('auth0[_.-]?(?:mgmt[_.-]?|management[_.-]?|api[_.-]?)?(?:client[_.-]?)?secret', '[A-Za-z0-9_-]{64}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `AUTH0_CLIENT_SECRET=${sampleText(64, undefined, 1)}`,
      `"auth0-client-secret": "${sampleText(64, undefined, 2)}"`,
    ],
    not: () => [
      `AUTH0_CLIENT_SECRET=${sampleText(60)}`,
      `AUTH0_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'AUTH0_CLIENT_SECRET=${AUTH0_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
