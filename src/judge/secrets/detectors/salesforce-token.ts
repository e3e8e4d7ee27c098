import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Salesforce access token',
  why: 'Until it expires it reads and changes what its user can in the organization.',
  revoke: 'Call /services/oauth2/revoke, or end the session under Setup → Session management.',
  link: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_revoke_token.htm',
  keywords: ['00d'],
  pattern: /(?<![\w!])00D[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{80,130}(?![\w.!])/g,
  prefix: /^00D/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `00D${sampleText(12)}!${sampleText(96, undefined, 2)}`,
      `00D${sampleText(15, undefined, 3)}!AQ${sampleText(94, undefined, 4)}`,
    ],
    not: () => ['00Dxx0000000000!AQ4AQ', `00D${sampleText(12)}!${sampleText(40)}`],
  },
} satisfies Detector
