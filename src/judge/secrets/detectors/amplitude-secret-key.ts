import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Amplitude secret key',
  why: 'It reads everything that was recorded of your users.',
  revoke: 'Regenerate it in the settings of the project.',
  link: 'https://amplitude.com/docs/apis/authentication',
  keywords: ['amplitude'],
  pattern: assigned('amplitude[_.-]?(?:api[_.-]?)?secret(?:[_.-]?key)?', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`AMPLITUDE_SECRET_KEY=${sampleText(32, hex, 1)}`, `"amplitude-secret-key": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `AMPLITUDE_SECRET_KEY=${sampleText(31, hex)}`,
      `AMPLITUDE_SECRET_KEY=${'0'.repeat(4)}…your-key`,
      'AMPLITUDE_SECRET_KEY=${AMPLITUDE_SECRET_KEY}',
    ],
  },
} satisfies Detector
