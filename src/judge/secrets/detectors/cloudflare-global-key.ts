import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Cloudflare Global API key',
  why: 'With the e-mail address of its owner it does everything in all their accounts: names, certificates, firewall, workers, members.',
  revoke: 'Change it at https://dash.cloudflare.com/profile/api-tokens, and use tokens with fewer rights instead.',
  link: 'https://developers.cloudflare.com/fundamentals/api/get-started/keys/',
  keywords: ['cfk_', 'cloudflare', 'cf_api_key', 'cf_key', 'x-auth-key'],
  pattern: new RegExp(
    String.raw`\bcfk_[A-Za-z0-9]{44,52}\b|${assigned('(?:cloudflare|\\bcf)[._-]?(?:global[._-]?)?(?:api[._-]?)?key|x-auth-key', '[0-9a-f]{37}').source}`,
    'gi',
  ),
  prefix: /^cfk_/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `cfk_${sampleText(40)}${sampleText(8, hex)}`,
      `CLOUDFLARE_API_KEY=${sampleText(37, hex)}`,
      `X-Auth-Key: ${sampleText(37, hex, 2)}`,
    ],
    not: () => [
      'X-Auth-Key: <API_KEY>',
      `CLOUDFLARE_API_KEY=${sampleText(30, hex)}`,
      'X-Auth-Key: 1234567893feefc5f0q5000bfo0c38d90bbeb',
    ],
  },
} satisfies Detector
