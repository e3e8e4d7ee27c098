import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Fireworks AI API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://app.fireworks.ai/settings/users/api-keys.',
  link: 'https://docs.fireworks.ai/getting-started/quickstart',
  keywords: ['fireworks'],
  pattern: assigned('fireworks[_.-]?(?:ai[_.-]?)?(?:api[_.-]?)?key', 'fw_[A-Za-z0-9]{22,26}'),
  prefix: /^fw_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `FIREWORKS_API_KEY=fw_${sampleText(22, undefined, 1)}`,
      `"fireworks-api-key": "fw_${sampleText(22, undefined, 2)}"`,
    ],
    not: () => [
      `FIREWORKS_API_KEY=fw_${sampleText(12)}`,
      `FIREWORKS_API_KEY=fw_${'0'.repeat(4)}…your-key`,
      'FIREWORKS_API_KEY=${FIREWORKS_API_KEY}',
    ],
  },
} satisfies Detector
