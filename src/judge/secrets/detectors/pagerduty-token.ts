import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'PagerDuty API token',
  why: 'It reads and changes who is alarmed of what, and silences alarms.',
  revoke: 'Delete it under Integrations → API access keys.',
  link: 'https://support.pagerduty.com/main/docs/api-access-keys',
  keywords: ['pagerduty', 'pager_duty'],
  pattern: assigned('pager[_.-]?duty[_.-]?(?:api[_.-]?|access[_.-]?|user[_.-]?)?(?:token|key)', '[A-Za-z0-9_+-]{20}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`PAGERDUTY_TOKEN=${sampleText(20, undefined, 1)}`, `"pagerduty-token": "${sampleText(20, undefined, 2)}"`],
    not: () => [
      `PAGERDUTY_TOKEN=${sampleText(19)}`,
      `PAGERDUTY_TOKEN=${'0'.repeat(4)}…your-key`,
      'PAGERDUTY_TOKEN=${PAGERDUTY_TOKEN}',
    ],
  },
} satisfies Detector
