import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Plaid secret',
  why: 'Together with the client id beside it, it reads the bank accounts of all who linked one.',
  revoke: 'Rotate it at https://dashboard.plaid.com/developers/keys.',
  link: 'https://plaid.com/docs/account/security/',
  keywords: ['plaid'],
  pattern: assigned('plaid[_.-]?(?:production[_.-]?)?secret(?:[_.-]?production)?', '[0-9a-f]{30}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`PLAID_SECRET=${sampleText(30, hex, 1)}`, `"plaid-secret": "${sampleText(30, hex, 2)}"`],
    not: () => [`PLAID_SECRET=${sampleText(29, hex)}`, `PLAID_SECRET=${'0'.repeat(4)}…your-key`, 'PLAID_SECRET=${PLAID_SECRET}'],
  },
} satisfies Detector
