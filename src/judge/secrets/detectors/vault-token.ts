import { type Detector, sampleText } from '../detector.ts'

/** Those of the documentation: https://developer.hashicorp.com/vault/docs/concepts/tokens#token-formats */
const samples = ['hvs.R0670sAqZnKX3yW40NddrPVk', 'hvb.aYnhlZjetM09MRRc11FSLVk1']

export default {
  name: 'HashiCorp Vault token',
  why: 'It reads the secrets that its policies allow, and a root token all of them.',
  revoke: 'Run vault token revoke TOKEN, then rotate the secrets that it could read.',
  link: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  keywords: ['hvs.', 'hvb.', 'hvr.'],
  // Those that carry the state of a replicated server, and batch tokens, are longer than 24 characters.
  pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{24,800}/g,
  prefix: /^hv[sbr]\./,
  isReal: secret => !samples.includes(secret),
  samples: {
    real: () => [
      `hvs.${sampleText(24)}`,
      `hvs.CAESI${sampleText(90, undefined, 2)}`,
      `hvb.AAAAAQ${sampleText(150, undefined, 3)}`,
    ],
    not: () => [...samples, 'hvs.your-vault-token-goes-here-now', 'hvs.short'],
  },
} satisfies Detector
