import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Vercel token',
  why: 'It deploys to your projects, and reads their settings and secrets; a key of the AI Gateway runs models on your bill.',
  revoke: 'Delete it at https://vercel.com/account/settings/tokens, or remove the integration or gateway key.',
  link: 'https://vercel.com/changelog/new-token-formats-and-secret-scanning',
  keywords: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
  pattern: /\bvc[pciark]_[A-Za-z0-9]{24,80}\b/g,
  prefix: /^vc[a-z]_/,
  isReal: secret => looksRandom(secret.slice(4)) && /[a-z]/.test(secret.slice(4)) && /[A-Z]/.test(secret.slice(4)),
  samples: {
    real: () => [`vcp_${sampleText(56)}`, `vck_${sampleText(56, undefined, 2)}`],
    not: () => ['vcp_token', `vcp_${'a'.repeat(30)}`, 'vci_some_function_name'],
  },
} satisfies Detector
