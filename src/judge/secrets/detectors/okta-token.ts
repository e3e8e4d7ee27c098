import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Okta API token',
  why: 'It has the rights of its administrator: it makes users, resets passwords and second factors.',
  revoke: 'Revoke it under Security → API → Tokens.',
  link: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
  keywords: ['okta', 'ssws'],
  pattern: assigned('(?:okta[_.-]?(?:api[_.-]?)?token|(?<![A-Za-z0-9])ssws)', '00[A-Za-z0-9_-]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`OKTA_API_TOKEN=00${sampleText(40, undefined, 1)}`, `"okta-api-token": "00${sampleText(40, undefined, 2)}"`],
    not: () => [
      `OKTA_API_TOKEN=00${sampleText(38)}`,
      `OKTA_API_TOKEN=00${'0'.repeat(4)}…your-key`,
      'OKTA_API_TOKEN=${OKTA_API_TOKEN}',
    ],
  },
} satisfies Detector
