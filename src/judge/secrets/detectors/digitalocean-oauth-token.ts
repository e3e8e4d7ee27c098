import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'DigitalOcean OAuth token',
  why: 'Until it expires it does for an application what a person granted: machines, databases and clusters on their bill.',
  revoke: 'Revoke the application at https://cloud.digitalocean.com/account/api/access.',
  link: 'https://docs.digitalocean.com/reference/api/oauth/',
  keywords: ['doo_v1_'],
  pattern: /\bdoo_v1_[0-9a-f]{64}\b/g,
  prefix: /^doo_v1_/,
  samples: {
    real: () => [`doo_v1_${sampleText(64, hex)}`, `doo_v1_${sampleText(64, hex, 2)}`],
    not: () => ['doo_v1_token', `doo_v1_${sampleText(63, hex)}`],
  },
} satisfies Detector
