import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Opsgenie API key',
  why: 'It reads, makes and closes alarms.',
  revoke: 'Delete it under Settings → API key management, or in the integration.',
  link: 'https://support.atlassian.com/opsgenie/docs/api-key-management/',
  keywords: ['opsgenie', 'geniekey', 'genie_key'],
  pattern: assigned('(?:opsgenie[_.-]?(?:api[_.-]?)?key|genie[_.-]?key)', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`OPSGENIE_API_KEY=${sampleUuid(1)}`, `"opsgenie-api-key": "${sampleUuid(2)}"`],
    not: () => [
      `OPSGENIE_API_KEY=${sampleUuid(3).slice(1)}`,
      `OPSGENIE_API_KEY=${'0'.repeat(4)}…your-key`,
      'OPSGENIE_API_KEY=${OPSGENIE_API_KEY}',
    ],
  },
} satisfies Detector
