import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Freshdesk API key',
  why: 'It reads and answers all tickets as the agent that it belongs to.',
  revoke: 'Reset it in the profile settings of the agent.',
  link: 'https://developers.freshdesk.com/api/#authentication',
  keywords: ['freshdesk', 'freshservice'],
  pattern: assigned('fresh(?:desk|service)[_.-]?(?:api[_.-]?)?key', '[A-Za-z0-9]{20}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`FRESHDESK_API_KEY=${sampleText(20, undefined, 1)}`, `"freshdesk-api-key": "${sampleText(20, undefined, 2)}"`],
    not: () => [
      `FRESHDESK_API_KEY=${sampleText(19)}`,
      `FRESHDESK_API_KEY=${'0'.repeat(4)}…your-key`,
      'FRESHDESK_API_KEY=${FRESHDESK_API_KEY}',
    ],
  },
} satisfies Detector
