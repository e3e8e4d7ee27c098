import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'HashiCorp Vault token (before 1.10)',
  why: 'It reads the secrets that its policies allow, and a root token all of them.',
  revoke: 'Run vault token revoke TOKEN, then rotate the secrets that it could read.',
  link: 'https://developer.hashicorp.com/vault/docs/concepts/tokens#token-formats',
  keywords: ['vault_token', 'vault-token', 'vaulttoken', 'vault_root_token', 'root token'],
  pattern: assigned('vault[_-]?(?:root[_-]?|dev[_-]?root[_-]?)?token(?:[_-]id)?|root token', String.raw`[sbr]\.[A-Za-z0-9]{24}`),
  prefix: /^[sbr]\./,
  isReal: looksRandom,
  samples: {
    real: () => [`VAULT_TOKEN=s.${sampleText(24)}`, `X-Vault-Token: s.${sampleText(24, undefined, 2)}`],
    not: () => ['VAULT_TOKEN=s.your-token', `s.${sampleText(24)}`],
  },
} satisfies Detector
