import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'HubSpot private app token',
  why: 'It reads and changes the customers of the account, as its scopes say.',
  revoke: 'Rotate it in the settings of the private app.',
  link: 'https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview',
  keywords: ['pat-na', 'pat-eu', 'pat-ap'],
  pattern: /\bpat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  prefix: /^pat-[a-z]{2}\d-/,
  isReal: looksRandom,
  samples: {
    real: () => [`pat-na1-${sampleUuid(1)}`, `pat-eu1-${sampleUuid(2)}`],
    not: () => ['pat-na1-00000000-0000-0000-0000-000000000000', 'pat-na1-your-token'],
  },
} satisfies Detector
