import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Private key (JWK)',
  why: 'Whoever has it signs tokens that everyone who knows the public key believes.',
  revoke: 'Make a new pair, and take the old key out of the published set.',
  link: 'https://www.rfc-editor.org/rfc/rfc7517',
  keywords: ['"kty"'],
  // Those of RFC 7515 to 7520, 8032 and 8037 are everybody’s.
  pattern: /"d"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9_-]{43,700})"/g,
  prefix: /^$/,
  reach: { before: 2048, after: 2048 },
  isKey: true,
  isReal: secret =>
    looksRandom(secret) && !/^(?:nWGxne_9|870MB6gf|X4cTteJY|jpsQnnGQ|AY5pb7A0|Eq5xpGnN|0_NxaRPU|VEmDZpDX|bWUC9B-E)/.test(secret),
  samples: {
    real: () => [
      `{"kty":"EC","crv":"P-256","d":"${sampleText(43)}"}`,
      `{"kty":"RSA","e":"AQAB","d": "${sampleText(342, undefined, 2)}"}`,
    ],
    not: () => [`{"kty":"EC","x":"${sampleText(43)}"}`, `{"kty":"OKP","d":"${'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZ'}cDusAxyuf2A"}`],
  },
} satisfies Detector
