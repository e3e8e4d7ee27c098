import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Sentry user or integration token',
  why: 'It reads the errors of all projects that its owner can see, with what people entered, and changes their settings.',
  revoke: 'Delete it at https://sentry.io/settings/account/api/auth-tokens/.',
  link: 'https://docs.sentry.io/security-legal-pii/security/token-formats/',
  keywords: ['sntryu_', 'sntrya_', 'sntryi_'],
  pattern: /\bsntry[uai]_[0-9a-f]{64}\b/g,
  prefix: /^sntry[uai]_/,
  isReal: looksRandom,
  samples: {
    real: () => [`sntryu_${sampleText(64, hex)}`, `sntryi_${sampleText(64, hex, 2)}`],
    not: () => ['sntryu_YOUR_TOKEN_HERE', `sntryu_${sampleText(60, hex)}`],
  },
} satisfies Detector
