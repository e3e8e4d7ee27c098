import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Perplexity API key',
  why: 'It runs models on the bill of the account.',
  revoke: 'Delete it at https://www.perplexity.ai/account/api/keys.',
  link: 'https://docs.perplexity.ai/getting-started/quickstart',
  keywords: ['pplx-'],
  pattern: /\bpplx-[A-Za-z0-9]{48}\b/g,
  prefix: /^pplx-/,
  isReal: looksRandom,
  samples: {
    real: () => [`pplx-${sampleText(48)}`, `pplx-${sampleText(48, hex, 2)}`],
    not: () => ['pplx-7b-online', `pplx-${sampleText(40)}`],
  },
} satisfies Detector
