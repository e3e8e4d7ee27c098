import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Shopify access token',
  why: 'It reads and changes the shop: customers, orders, prices.',
  revoke: 'Uninstall the app in the shop, or rotate its credentials in the Partner Dashboard.',
  link: 'https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing',
  keywords: ['shpat_', 'shpca_', 'shppa_', 'shpua_'],
  pattern: /\bshp(?:at|ca|pa|ua)_[0-9a-fA-F]{32}\b/g,
  prefix: /^shp[a-z]{2}_/,
  isReal: looksRandom,
  samples: {
    real: () => [`shpat_${sampleText(32, hex)}`, `shppa_${sampleText(32, hex, 2)}`],
    not: () => ['shpat_your_token', `shpat_${sampleText(31, hex)}`],
  },
} satisfies Detector
