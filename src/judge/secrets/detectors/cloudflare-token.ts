import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Cloudflare API token',
  why: 'It changes what it was made for: names and addresses of your sites, their firewall, workers and storage.',
  revoke: 'Roll or delete it at https://dash.cloudflare.com/profile/api-tokens.',
  link: 'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/',
  keywords: ['cfut_', 'cfat_'],
  // 40 characters and a checksum, whose making is not published.
  pattern: /\bcf[ua]t_[A-Za-z0-9]{44,52}\b/g,
  prefix: /^cf[ua]t_/,
  samples: {
    real: () => [`cfut_${sampleText(40)}${sampleText(8, hex)}`, `cfat_${sampleText(40, undefined, 2)}${sampleText(8, hex)}`],
    not: () => ['cfut_your_token', `cfut_${sampleText(20)}`],
  },
} satisfies Detector
