import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Shopify app secret',
  why: 'It signs in as the app, and forges its webhooks, in every shop that installed it.',
  revoke: 'Rotate it under Settings of the app in the Partner Dashboard.',
  link: 'https://shopify.dev/changelog/app-secret-key-length-has-increased',
  keywords: ['shpss_'],
  pattern: /\bshpss_[0-9a-fA-F]{32}\b/g,
  prefix: /^shpss_/,
  isReal: looksRandom,
  samples: {
    real: () => [`shpss_${sampleText(32, hex)}`, `shpss_${sampleText(32, hex, 2)}`],
    not: () => ['shpss_your_secret', `shpss_${sampleText(31, hex)}`],
  },
} satisfies Detector
