import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Symmetric key (JWK)',
  why: 'Whoever has it signs or decrypts tokens as the service itself does.',
  revoke: 'Make a new key, and give it to all services that share this one.',
  link: 'https://www.rfc-editor.org/rfc/rfc7518#section-6.4',
  keywords: ['"oct"'],
  // Those of RFC 7515 and 7517 are everybody’s.
  pattern: /"k"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9_-]{22,171})"/g,
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && !/^(?:AyM1SysP|GawgguFy|hJtXIZ2u)/.test(secret),
  samples: {
    real: () => [`{"kty":"oct","k":"${sampleText(43)}"}`, `{"kty":"oct","alg":"HS512","k": "${sampleText(86, undefined, 2)}"}`],
    not: () => [
      `{"kty":"oct","k":"${'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQ'}Lr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`,
      `{"kty":"oct","k":"short"}`,
    ],
  },
} satisfies Detector
