import { looksRandom } from '../assigned.ts'
import { type Detector, entropy, hex, sampleText } from '../detector.ts'

export default {
  name: 'HTTP bearer token',
  why: 'Whoever shows it is taken for the one it was made for.',
  revoke: 'Find out from the address beside it who issued it, and revoke it there.',
  link: 'https://www.rfc-editor.org/rfc/rfc6750',
  keywords: ['authorization'],
  // What has a prefix of its issuer is left to the detector of that issuer.
  pattern:
    /\bauthorization["']?(?:\s{0,4}[:=,]\s{0,4}["'`]?|\s{1,8}["'])bearer\s{1,4}(?<secret>(?!eyJ|AIza|EAA|ya29|[A-Za-z0-9]{1,12}[_-])[A-Za-z0-9._~+/-]{24,400}={0,2})(?![\w.~+/=-])/gi,
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && entropy(secret) > 3.2 && !/AAAA|\.\w{1,4}\./.test(secret),
  samples: {
    real: () => [`Authorization: Bearer ${sampleText(40)}`, `'Authorization': 'Bearer ${sampleText(64, hex, 2)}'`],
    not: () => [
      'Authorization: Bearer mF_9.B5f-4.1JqM',
      'Authorization: Bearer ${TOKEN}',
      'Authorization: Bearer abcdefghijklmnopqrstuvwxyz1234',
      `Authorization: Bearer AAAA${sampleText(20)}`,
    ],
  },
} satisfies Detector
