import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Cloudflare Origin CA key',
  why: 'It makes certificates for the origins of your sites, which Cloudflare trusts.',
  revoke: 'Change it at https://dash.cloudflare.com/profile/api-tokens under Origin CA Key.',
  link: 'https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/',
  keywords: ['v1.0-'],
  pattern: /\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b/g,
  prefix: /^v1\.0-/,
  samples: {
    real: () => [
      `v1.0-${sampleText(24, hex)}-${sampleText(146, hex)}`,
      `X-Auth-User-Service-Key: v1.0-${sampleText(24, hex, 2)}-${sampleText(146, hex, 2)}`,
    ],
    not: () => ['v1.0-beta', `v1.0-${sampleText(24, hex)}-${sampleText(100, hex)}`],
  },
} satisfies Detector
