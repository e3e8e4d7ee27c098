import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Together AI API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://api.together.ai/settings/api-keys.',
  link: 'https://docs.together.ai/docs/quickstart',
  keywords: ['together'],
  pattern: assigned('together(?:[_.-]?ai)?[_.-]?api[_.-]?key', '(?:tgp_v1_[A-Za-z0-9_-]{43}|[0-9a-f]{64})'),
  prefix: /^tgp_v1_/,
  isReal: looksRandom,
  samples: {
    real: () => [`TOGETHER_API_KEY=${sampleText(64, hex, 1)}`, `"together-api-key": "${sampleText(64, hex, 2)}"`],
    not: () => [
      `TOGETHER_API_KEY=${sampleText(60, hex)}`,
      `TOGETHER_API_KEY=${'0'.repeat(4)}…your-key`,
      'TOGETHER_API_KEY=${TOGETHER_API_KEY}',
    ],
  },
} satisfies Detector
