import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'DigitalOcean OAuth refresh token',
  why: 'It makes new access tokens for an application that a person let in: machines, databases and clusters on their bill.',
  revoke: 'Revoke the application at https://cloud.digitalocean.com/account/api/access.',
  link: 'https://docs.digitalocean.com/reference/api/oauth/',
  keywords: ['dor_v1_'],
  pattern: /\bdor_v1_[0-9a-f]{64}\b/g,
  prefix: /^dor_v1_/,
  samples: {
    real: () => [`dor_v1_${sampleText(64, hex)}`, `dor_v1_${sampleText(64, hex, 2)}`],
    not: () => ['dor_v1_token', `dor_v1_${sampleText(65, hex)}`],
  },
} satisfies Detector
