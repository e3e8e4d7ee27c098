import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Stability AI API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://platform.stability.ai/account/keys.',
  link: 'https://platform.stability.ai/docs/getting-started/authentication',
  keywords: ['stability'],
  pattern: assigned('stability[_.-]?(?:ai[_.-]?)?(?:api[_.-]?)?key', 'sk-[A-Za-z0-9]{48}'),
  prefix: /^sk-/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `STABILITY_API_KEY=sk-${sampleText(48, undefined, 1)}`,
      `"stability-api-key": "sk-${sampleText(48, undefined, 2)}"`,
    ],
    not: () => [
      `STABILITY_API_KEY=sk-${sampleText(40)}`,
      `STABILITY_API_KEY=sk-${'0'.repeat(4)}…your-key`,
      'STABILITY_API_KEY=${STABILITY_API_KEY}',
    ],
  },
} satisfies Detector
