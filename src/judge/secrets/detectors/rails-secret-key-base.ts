import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Rails secret_key_base',
  why: 'It signs and encrypts the sessions: whoever has it is whom he likes, and with old cookies runs his own code.',
  revoke: 'Make a new one with rails secret. All sessions end.',
  link: 'https://guides.rubyonrails.org/security.html#session-storage',
  keywords: ['secret_key_base'],
  pattern: assigned('secret_key_base', '[0-9a-f]{128}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`SECRET_KEY_BASE=${sampleText(128, hex, 1)}`, `"secret_key_base": "${sampleText(128, hex, 2)}"`],
    not: () => [
      `SECRET_KEY_BASE=${sampleText(64, hex)}`,
      `SECRET_KEY_BASE=${'0'.repeat(4)}…your-key`,
      'SECRET_KEY_BASE=${SECRET_KEY_BASE}',
    ],
  },
} satisfies Detector
