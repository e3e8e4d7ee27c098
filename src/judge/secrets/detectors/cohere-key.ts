import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Cohere API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://dashboard.cohere.com/api-keys.',
  link: 'https://docs.cohere.com/reference/about',
  keywords: ['cohere', 'co_api_key'],
  pattern: assigned('(?:cohere[_.-]?(?:api[_.-]?)?|(?<![A-Za-z0-9])co_api_)key', '[A-Za-z0-9]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`COHERE_API_KEY=${sampleText(40, undefined, 1)}`, `"cohere-api-key": "${sampleText(40, undefined, 2)}"`],
    not: () => [
      `COHERE_API_KEY=${sampleText(39)}`,
      `COHERE_API_KEY=${'0'.repeat(4)}…your-key`,
      'COHERE_API_KEY=${COHERE_API_KEY}',
    ],
  },
} satisfies Detector
