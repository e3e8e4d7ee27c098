import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Railway token',
  why: 'It deploys to the project or account, and reads its secrets.',
  revoke: 'Delete it at https://railway.com/account/tokens, or under Tokens of the project.',
  link: 'https://docs.railway.com/guides/public-api',
  keywords: ['railway'],
  pattern: assigned('railway_(?:api_)?token', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `RAILWAY_TOKEN=${sampleUuid(1)}`,
      `RAILWAY_API_TOKEN: ${sampleUuid(2)}`,
      `{\\"RAILWAY_TOKEN\\": \\"${sampleUuid(3)}\\"}`,
    ],
    not: () => ['RAILWAY_TOKEN=XXXX-XXXX', `RAILWAY_PROJECT_ID=${sampleUuid(1)}`],
  },
} satisfies Detector
