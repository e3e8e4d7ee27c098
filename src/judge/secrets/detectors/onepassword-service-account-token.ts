import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string =>
  `ops_${btoa(JSON.stringify({ signInAddress: 'my.1password.com', secretKey: sampleText(40, undefined, seed), deviceUuid: sampleText(200, undefined, seed + 1) })).replace(/=+$/, '')}`

export default {
  name: '1Password service account token',
  why: 'It reads the vaults that the service account was given: passwords, keys and cards.',
  revoke: 'Rotate or delete the service account at https://my.1password.com under Developer → Directory.',
  link: 'https://developer.1password.com/docs/service-accounts/security/',
  keywords: ['ops_eyj'],
  // JSON in base 64.
  pattern: /\bops_eyJ[A-Za-z0-9+/_-]{240,2500}={0,2}/g,
  prefix: /^ops_/,
  reach: { before: 64, after: 3000 },
  samples: { real: () => [token(1), token(5)], not: () => ['ops_eyJzaWduSW5BZGRyZXNzIjo', 'ops_token'] },
} satisfies Detector
