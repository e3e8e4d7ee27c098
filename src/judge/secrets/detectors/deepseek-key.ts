import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'DeepSeek API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://platform.deepseek.com/api_keys.',
  link: 'https://api-docs.deepseek.com/',
  keywords: ['deepseek'],
  pattern: assigned('deepseek[_.-]?(?:api[_.-]?)?key', 'sk-[0-9a-f]{32}'),
  prefix: /^sk-/,
  isReal: looksRandom,
  samples: {
    real: () => [`DEEPSEEK_API_KEY=sk-${sampleText(32, hex, 1)}`, `"deepseek-api-key": "sk-${sampleText(32, hex, 2)}"`],
    not: () => [
      `DEEPSEEK_API_KEY=sk-${sampleText(20, hex)}`,
      `DEEPSEEK_API_KEY=sk-${'0'.repeat(4)}…your-key`,
      'DEEPSEEK_API_KEY=${DEEPSEEK_API_KEY}',
    ],
  },
} satisfies Detector
