import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Coinbase API secret',
  why: 'Together with the key beside it, it moves money out of the account.',
  revoke: 'Delete the key at https://portal.cdp.coinbase.com/projects/api-keys.',
  link: 'https://docs.cdp.coinbase.com/get-started/authentication/overview',
  keywords: ['coinbase'],
  pattern: assigned('coinbase[_.-]?(?:api[_.-]?)?secret', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `COINBASE_API_SECRET=${sampleText(32, undefined, 1)}`,
      `"coinbase-api-secret": "${sampleText(32, undefined, 2)}"`,
    ],
    not: () => [
      `COINBASE_API_SECRET=${sampleText(31)}`,
      `COINBASE_API_SECRET=${'0'.repeat(4)}…your-key`,
      'COINBASE_API_SECRET=${COINBASE_API_SECRET}',
    ],
  },
} satisfies Detector
