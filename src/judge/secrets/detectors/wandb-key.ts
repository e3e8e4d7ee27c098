import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Weights & Biases API key',
  why: 'It reads and changes the experiments, models and data of its owner.',
  revoke: 'Revoke it at https://wandb.ai/settings.',
  link: 'https://docs.wandb.ai/support/find_api_key/',
  keywords: ['wandb'],
  pattern: assigned('wandb[_.-]?(?:api[_.-]?)?key', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`WANDB_API_KEY=${sampleText(40, hex, 1)}`, `"wandb-api-key": "${sampleText(40, hex, 2)}"`],
    not: () => [
      `WANDB_API_KEY=${sampleText(39, hex)}`,
      `WANDB_API_KEY=${'0'.repeat(4)}…your-key`,
      'WANDB_API_KEY=${WANDB_API_KEY}',
    ],
  },
} satisfies Detector
