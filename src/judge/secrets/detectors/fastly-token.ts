import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Fastly API token',
  why: 'It changes what visitors of your sites are served, and empties the cache.',
  revoke: 'Revoke it at https://manage.fastly.com/account/personal/tokens.',
  link: 'https://www.fastly.com/documentation/guides/account-info/user-access-and-control/using-api-tokens/',
  keywords: ['fastly'],
  pattern: assigned('fastly[_-]?(?:api[_-]?)?(?:token|key)', '[A-Za-z0-9_-]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`FASTLY_API_TOKEN=${sampleText(32)}`, `Fastly-Key: ${sampleText(32, undefined, 2)}`],
    not: () => ['Fastly-Key: YOUR_FASTLY_TOKEN', `FASTLY_API_TOKEN=${sampleText(20)}`],
  },
} satisfies Detector
