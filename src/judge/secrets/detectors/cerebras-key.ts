import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Cerebras API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://cloud.cerebras.ai.',
  link: 'https://inference-docs.cerebras.ai/quickstart',
  keywords: ['cerebras'],
  pattern: assigned('cerebras[_.-]?(?:api[_.-]?)?key', 'csk-[a-z0-9]{48}'),
  prefix: /^csk-/,
  isReal: looksRandom,
  samples: {
    real: () => [`CEREBRAS_API_KEY=csk-${sampleText(48, hex, 1)}`, `"cerebras-api-key": "csk-${sampleText(48, hex, 2)}"`],
    not: () => [
      `CEREBRAS_API_KEY=csk-${sampleText(40, hex)}`,
      `CEREBRAS_API_KEY=csk-${'0'.repeat(4)}…your-key`,
      'CEREBRAS_API_KEY=${CEREBRAS_API_KEY}',
    ],
  },
} satisfies Detector
