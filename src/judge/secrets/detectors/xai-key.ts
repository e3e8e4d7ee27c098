import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'xAI API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Disable it at https://console.x.ai.',
  link: 'https://docs.x.ai/docs/tutorial',
  keywords: ['xai-'],
  pattern: /\bxai-[A-Za-z0-9]{80}\b/g,
  prefix: /^xai-/,
  isReal: looksRandom,
  samples: {
    real: () => [`xai-${sampleText(80)}`, `xai-${sampleText(80, undefined, 2)}`],
    not: () => ['xai-your-key', `xai-${sampleText(70)}`],
  },
} satisfies Detector
