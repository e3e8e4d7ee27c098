import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'SparkPost API key',
  why: 'It sends mail in the name of your domain, past every filter that trusts it.',
  revoke: 'Delete it under Configuration → API keys.',
  link: 'https://developers.sparkpost.com/api/#header-authentication',
  keywords: ['sparkpost'],
  pattern: assigned('sparkpost[_.-]?(?:api[_.-]?)?key', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`SPARKPOST_API_KEY=${sampleText(40, hex, 1)}`, `"sparkpost-api-key": "${sampleText(40, hex, 2)}"`],
    not: () => [
      `SPARKPOST_API_KEY=${sampleText(39, hex)}`,
      `SPARKPOST_API_KEY=${'0'.repeat(4)}…your-key`,
      'SPARKPOST_API_KEY=${SPARKPOST_API_KEY}',
    ],
  },
} satisfies Detector
