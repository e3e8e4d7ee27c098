import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'DigitalOcean personal access token',
  why: 'It makes, reads and deletes machines, databases and clusters, on the bill of its owner.',
  revoke: 'Delete it at https://cloud.digitalocean.com/account/api/tokens.',
  link: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
  keywords: ['dop_v1_'],
  pattern: /\bdop_v1_[0-9a-f]{64}\b/g,
  prefix: /^dop_v1_/,
  samples: {
    real: () => [`dop_v1_${sampleText(64, hex)}`, `dop_v1_${sampleText(64, hex, 2)}`],
    not: () => ['dop_v1_yourtoken', `dop_v1_${sampleText(40, hex)}`],
  },
} satisfies Detector
