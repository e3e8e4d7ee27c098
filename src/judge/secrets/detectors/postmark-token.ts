import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Postmark token',
  why: 'It sends mail in the name of your domain, past every filter that trusts it; an account token also makes new servers.',
  revoke: 'Delete it on the API Tokens page of the server or account.',
  link: 'https://postmarkapp.com/developer/api/overview#authentication',
  keywords: ['postmark'],
  pattern: assigned('postmark[_.-]?(?:server[_.-]?|account[_.-]?)?(?:api[_.-]?)?(?:token|key)', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`POSTMARK_SERVER_TOKEN=${sampleUuid(1)}`, `"postmark-server-token": "${sampleUuid(2)}"`],
    not: () => [
      `POSTMARK_SERVER_TOKEN=${sampleUuid(3).slice(1)}`,
      `POSTMARK_SERVER_TOKEN=${'0'.repeat(4)}…your-key`,
      'POSTMARK_SERVER_TOKEN=${POSTMARK_SERVER_TOKEN}',
    ],
  },
} satisfies Detector
