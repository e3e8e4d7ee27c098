import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'LangSmith API key',
  why: 'It reads the traces of the application: all that people asked and were answered.',
  revoke: 'Delete it at https://smith.langchain.com/settings.',
  link: 'https://docs.langchain.com/langsmith/create-account-api-key',
  keywords: ['lsv2_pt_', 'lsv2_sk_'],
  pattern: /\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b/g,
  prefix: /^lsv2_[ps][kt]_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `lsv2_pt_${sampleText(32, hex)}_${sampleText(10, hex, 3)}`,
      `lsv2_sk_${sampleText(32, hex, 2)}_${sampleText(10, hex, 4)}`,
    ],
    not: () => ['lsv2_pt_your-key', `lsv2_pt_${sampleText(32, hex)}`],
  },
} satisfies Detector
