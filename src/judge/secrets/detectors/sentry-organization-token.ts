import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string =>
  `sntrys_${btoa(JSON.stringify({ iat: 1700000000 + seed, url: 'https://sentry.io', region_url: 'https://de.sentry.io', org: 'acme' }))}_${sampleText(43, undefined, seed)}`

export default {
  name: 'Sentry organization token',
  why: 'It uploads releases and source maps in the name of the organization.',
  revoke: 'Delete it under Settings → Auth tokens of the organization.',
  link: 'https://docs.sentry.io/security-legal-pii/security/token-formats/',
  keywords: ['sntrys_'],
  pattern: /\bsntrys_eyJ[A-Za-z0-9+/=]{40,400}_[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])/g,
  prefix: /^sntrys_/,
  samples: {
    real: () => [token(1), token(2)],
    not: () => ['sntrys_YOUR_TOKEN_HERE', `sntrys_eyJ${sampleText(80)}`],
  },
} satisfies Detector
