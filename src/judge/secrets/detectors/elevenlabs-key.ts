import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'ElevenLabs API key',
  why: 'It makes speech on the bill of the account, also with the voices that were cloned there.',
  revoke: 'Delete it at https://elevenlabs.io/app/settings/api-keys.',
  link: 'https://elevenlabs.io/docs/api-reference/authentication',
  keywords: ['eleven', 'xi-api-key', 'xi_api_key'],
  pattern: assigned(
    '(?:eleven(?:[_.-]?labs)?[_.-]?(?:api[_.-]?)?|(?<![A-Za-z0-9])xi[_-]api[_-])key',
    '(?:sk_[0-9a-f]{48}|[0-9a-f]{32})',
  ),
  prefix: /^sk_/,
  isReal: looksRandom,
  samples: {
    real: () => [`ELEVENLABS_API_KEY=sk_${sampleText(48, hex, 1)}`, `"elevenlabs-api-key": "sk_${sampleText(48, hex, 2)}"`],
    not: () => [
      `ELEVENLABS_API_KEY=sk_${sampleText(40, hex)}`,
      `ELEVENLABS_API_KEY=sk_${'0'.repeat(4)}…your-key`,
      'ELEVENLABS_API_KEY=${ELEVENLABS_API_KEY}',
    ],
  },
} satisfies Detector
