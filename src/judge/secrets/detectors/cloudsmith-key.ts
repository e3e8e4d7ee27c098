import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Cloudsmith API key',
  why: 'It reads the private packages of the organisation, and publishes in the name of its owner.',
  revoke: 'Refresh it at https://app.cloudsmith.com/user/settings/api.',
  link: 'https://docs.cloudsmith.com/accounts-and-teams/api-key',
  keywords: ['cloudsmith'],
  pattern: assigned('cloudsmith[._-]?(?:api[._-]?)?(?:key|token)', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`CLOUDSMITH_API_KEY=${sampleText(40, hex)}`, `cloudsmith_api_key: "${sampleText(40, hex, 2)}"`],
    not: () => ['CLOUDSMITH_API_KEY=xxxx', `CLOUDSMITH_REVISION=${sampleText(40, hex)}`],
  },
} satisfies Detector
