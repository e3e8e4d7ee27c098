import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Pinecone API key',
  why: 'It reads, changes and deletes the vectors of the project.',
  revoke: 'Delete it under API keys at https://app.pinecone.io.',
  link: 'https://docs.pinecone.io/guides/projects/manage-api-keys',
  keywords: ['pcsk_'],
  pattern: /\bpcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70}\b/g,
  prefix: /^pcsk_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `pcsk_${sampleText(6)}_${sampleText(63, undefined, 2)}`,
      `pcsk_${sampleText(5, undefined, 3)}_${sampleText(63, undefined, 4)}`,
    ],
    not: () => ['pcsk_your_key', `pcsk_${sampleText(6)}_${sampleText(30)}`],
  },
} satisfies Detector
