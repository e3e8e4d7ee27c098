import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Akeyless access key',
  why: 'With its access id, which is no secret, it reads the secrets that the identity may reach.',
  revoke: 'Reset the access key of the authentication method: akeyless reset-access-key --name NAME.',
  link: 'https://docs.akeyless.io/docs/api-key',
  keywords: ['akeyless'],
  pattern: assigned('akeyless[._-]?(?:api[._-]?)?access[._-]?key', '[A-Za-z0-9+/]{43}='),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`AKEYLESS_ACCESS_KEY=${sampleText(43)}=`, `akeyless_access_key: "${sampleText(43, undefined, 2)}="`],
    not: () => ['AKEYLESS_ACCESS_KEY=<key>', `AKEYLESS_ACCESS_ID=p-${sampleText(14)}`],
  },
} satisfies Detector
