import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import { type Detector, sampleText, upper } from '../detector.ts'

export default {
  name: 'Scaleway secret key',
  why: 'It acts as the person or application that it belongs to: machines, data, and the bill of the organisation.',
  revoke: 'Delete the API key at https://console.scaleway.com/iam/api-keys.',
  link: 'https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/',
  keywords: ['scw', 'scaleway'],
  // In the configuration file, and in Terraform, it stands behind the access key.
  pattern: assigned(
    String.raw`(?:scw|scaleway)[._-]?(?:secret[._-]?key|token|api[._-]?key|secret)|access[._-]?key["']?\s{0,8}[=:]\s{0,4}["']?SCW[A-Z0-9]{17}["']?,?\s{1,20}["']?secret[._-]?key`,
    uuid,
  ),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`SCW_SECRET_KEY=${sampleUuid(1)}`, `access_key: SCW${sampleText(17, upper)}\nsecret_key: ${sampleUuid(2)}\n`],
    not: () => ['SCW_SECRET_KEY=11111111-1111-1111-1111-111111111111', `SCW_DEFAULT_PROJECT_ID=${sampleUuid(1)}`],
  },
} satisfies Detector
