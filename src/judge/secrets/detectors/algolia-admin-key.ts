import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Algolia admin or write key',
  why: 'It changes and deletes the search index: what all visitors find.',
  revoke: 'Rotate it at https://dashboard.algolia.com/account/api-keys.',
  link: 'https://www.algolia.com/doc/guides/security/api-keys/',
  keywords: ['algolia'],
  pattern: assigned('algolia[_.-]?(?:admin|write)[_.-]?(?:api[_.-]?)?key', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`ALGOLIA_ADMIN_KEY=${sampleText(32, hex, 1)}`, `"algolia-admin-key": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `ALGOLIA_ADMIN_KEY=${sampleText(31, hex)}`,
      `ALGOLIA_ADMIN_KEY=${'0'.repeat(4)}…your-key`,
      'ALGOLIA_ADMIN_KEY=${ALGOLIA_ADMIN_KEY}',
    ],
  },
} satisfies Detector
