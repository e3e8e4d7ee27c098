import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'MongoDB Atlas private API key',
  why: 'With its public key it changes the clusters of the project or organisation, and makes database users for itself.',
  revoke: 'Delete it at https://cloud.mongodb.com under Access Manager → API Keys.',
  link: 'https://www.mongodb.com/docs/atlas/configure-api-access/',
  keywords: ['atlas', 'mcli_private_api_key'],
  pattern: assigned('(?:mongodb[._-]?)?atlas[._-]?(?:api[._-]?)?private[._-]?(?:api[._-]?)?key|mcli_private_api_key', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`MONGODB_ATLAS_PRIVATE_KEY=${sampleUuid(1)}`, `MCLI_PRIVATE_API_KEY: ${sampleUuid(2)}`],
    not: () => ['MONGODB_ATLAS_PRIVATE_KEY=00000000-0000-0000-0000-000000000000', `MONGODB_ATLAS_PROJECT_ID=${sampleUuid(1)}`],
  },
} satisfies Detector
