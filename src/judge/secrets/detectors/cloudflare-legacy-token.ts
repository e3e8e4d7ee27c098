import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Cloudflare API token (older form)',
  why: 'It changes what it was made for: names and addresses of your sites, their firewall, workers and storage.',
  revoke: 'Roll or delete it at https://dash.cloudflare.com/profile/api-tokens.',
  link: 'https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/',
  keywords: ['cloudflare', 'cf_api_token', 'cf_token', 'cf_dns_api_token', 'cf_zone_api_token'],
  pattern: assigned('(?:cloudflare|\\bcf)[._-]?(?:dns[._-]?|zone[._-]?|r2[._-]?)?(?:api[._-]?)?token', '[A-Za-z0-9_-]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`CLOUDFLARE_API_TOKEN=${sampleText(40)}`, `CF_DNS_API_TOKEN: ${sampleText(40, undefined, 2)}`],
    not: () => ['CLOUDFLARE_API_TOKEN=your-api-token', `CLOUDFLARE_API_TOKEN=${sampleText(30)}`],
  },
} satisfies Detector
