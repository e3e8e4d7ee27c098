import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'OpenRouter API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://openrouter.ai/settings/keys; OpenRouter also mails the owner of a key that it finds on GitHub.',
  link: 'https://openrouter.ai/docs/api-reference/authentication',
  keywords: ['sk-or-v1-'],
  pattern: /\bsk-or-v1-[0-9a-f]{64}\b/g,
  prefix: /^sk-or-v1-/,
  isReal: looksRandom,
  samples: {
    real: () => [`sk-or-v1-${sampleText(64, hex)}`, `sk-or-v1-${sampleText(64, hex, 2)}`],
    not: () => ['sk-or-v1-your-key', `sk-or-v1-${sampleText(60, hex)}`],
  },
} satisfies Detector
