import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Plaid access token',
  why: 'Together with the secret of the application, it reads the bank account of a customer.',
  revoke: 'Call /item/access_token/invalidate.',
  link: 'https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate',
  keywords: ['access-production-'],
  pattern: /\baccess-production-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  prefix: /^access-production-/,
  isReal: looksRandom,
  samples: {
    real: () => [`access-production-${sampleUuid(1)}`, `access-production-${sampleUuid(2)}`],
    not: () => [`access-sandbox-${sampleUuid(1)}`, `access-production-${sampleUuid(1).slice(1)}`],
  },
} satisfies Detector
