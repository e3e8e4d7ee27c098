import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Packagist token',
  why: 'It reads the packages of an organisation, or updates what Composer installs from them.',
  revoke: 'Delete it at https://packagist.com under API Access or Authentication Tokens, or at https://packagist.org/profile/.',
  link: 'https://packagist.com/docs/api-authentication',
  keywords: ['packagist_'],
  pattern: /\bpackagist_[a-z]{3}_[0-9a-f]{40,100}\b/g,
  prefix: /^packagist_[a-z]{3}_/,
  samples: {
    real: () => [`packagist_uut_${sampleText(68, hex)}`, `packagist_acs_${sampleText(68, hex, 2)}`],
    not: () => ['packagist_api_token', `packagist_ack_${sampleText(20, hex)}`],
  },
} satisfies Detector
