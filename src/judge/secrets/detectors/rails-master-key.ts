import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Rails master key',
  why: 'It decrypts the credentials of the application: everything that they name.',
  revoke: 'Run rails credentials:edit with a new key, and change what the old file told.',
  link: 'https://guides.rubyonrails.org/security.html#custom-credentials',
  keywords: ['rails_master_key'],
  pattern: assigned('rails[_.-]?master[_.-]?key', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`RAILS_MASTER_KEY=${sampleText(32, hex, 1)}`, `"rails_master_key": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `RAILS_MASTER_KEY=${sampleText(31, hex)}`,
      `RAILS_MASTER_KEY=${'0'.repeat(4)}…your-key`,
      'RAILS_MASTER_KEY=${RAILS_MASTER_KEY}',
    ],
  },
} satisfies Detector
