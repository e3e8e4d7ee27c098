import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Sourcegraph access token',
  why: 'It reads all code that its owner can search on that server.',
  revoke: 'Delete it under Settings → Access tokens on the server.',
  link: 'https://sourcegraph.com/docs/cli/how-tos/revoking_an_access_token',
  keywords: ['sgp_'],
  pattern: /\bsgp_(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}\b/g,
  prefix: /^sgp_/,
  samples: {
    real: () => [`sgp_${sampleText(40, hex)}`, `sgp_${sampleText(16, hex)}_${sampleText(40, hex, 2)}`],
    not: () => ['sgp_token', `sgp_${sampleText(30, hex)}`],
  },
} satisfies Detector
