import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Mixpanel API secret',
  why: 'It reads everything that was recorded of your users.',
  revoke: 'Rotate it in the project settings.',
  link: 'https://developer.mixpanel.com/reference/project-secret',
  keywords: ['mixpanel'],
  pattern: assigned('mixpanel[_.-]?(?:api[_.-]?|project[_.-]?)?secret', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`MIXPANEL_API_SECRET=${sampleText(32, hex, 1)}`, `"mixpanel-api-secret": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `MIXPANEL_API_SECRET=${sampleText(31, hex)}`,
      `MIXPANEL_API_SECRET=${'0'.repeat(4)}…your-key`,
      'MIXPANEL_API_SECRET=${MIXPANEL_API_SECRET}',
    ],
  },
} satisfies Detector
