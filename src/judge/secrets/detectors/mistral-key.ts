import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Mistral AI API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://console.mistral.ai/api-keys.',
  link: 'https://docs.mistral.ai/getting-started/quickstart',
  keywords: ['mistral'],
  pattern: assigned('mistral(?:[_.-]?ai)?[_.-]?api[_.-]?key', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`MISTRAL_API_KEY=${sampleText(32, undefined, 1)}`, `"mistral-api-key": "${sampleText(32, undefined, 2)}"`],
    not: () => [
      `MISTRAL_API_KEY=${sampleText(31)}`,
      `MISTRAL_API_KEY=${'0'.repeat(4)}…your-key`,
      'MISTRAL_API_KEY=${MISTRAL_API_KEY}',
    ],
  },
} satisfies Detector
