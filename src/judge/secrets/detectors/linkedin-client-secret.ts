import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'LinkedIn client secret',
  why: 'It signs in as the application.',
  revoke: 'Generate a new one on the Auth page of the app at https://www.linkedin.com/developers/apps.',
  link: 'https://learn.microsoft.com/linkedin/shared/authentication/authentication',
  keywords: ['linkedin'],
  pattern: assigned(
    'linkedin[_.-]?(?:client[_.-]?|app[_.-]?)?secret',
    String.raw`(?:WPL_AP\d\.[A-Za-z0-9]{16}\.[A-Za-z0-9+\/]{4,8}==|[A-Za-z0-9]{16})`,
  ),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `LINKEDIN_CLIENT_SECRET=${sampleText(16, undefined, 1)}`,
      `"linkedin-client-secret": "${sampleText(16, undefined, 2)}"`,
    ],
    not: () => [
      `LINKEDIN_CLIENT_SECRET=${sampleText(15)}`,
      `LINKEDIN_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'LINKEDIN_CLIENT_SECRET=${LINKEDIN_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
