import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Zendesk API token',
  why: 'It reads and answers all tickets as any agent of the account.',
  revoke: 'Deactivate it in the Admin Center under Apps and integrations → API tokens.',
  link: 'https://support.zendesk.com/hc/en-us/articles/4408889192858',
  keywords: ['zendesk'],
  pattern: assigned('zendesk[_.-]?(?:api[_.-]?)?(?:token|key)', '[A-Za-z0-9]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`ZENDESK_API_TOKEN=${sampleText(40, undefined, 1)}`, `"zendesk-api-token": "${sampleText(40, undefined, 2)}"`],
    not: () => [
      `ZENDESK_API_TOKEN=${sampleText(39)}`,
      `ZENDESK_API_TOKEN=${'0'.repeat(4)}…your-key`,
      'ZENDESK_API_TOKEN=${ZENDESK_API_TOKEN}',
    ],
  },
} satisfies Detector
