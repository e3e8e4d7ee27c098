import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Hugging Face organization token',
  why: 'It reads the private models and data sets of the organization, and with write access replaces models that others load.',
  revoke: 'Delete it in the settings of the organization.',
  link: 'https://huggingface.co/docs/hub/security-tokens',
  keywords: ['api_org_'],
  pattern: /\bapi_org_[A-Za-z]{34}\b/g,
  prefix: /^api_org_/,
  isReal: secret => entropy(secret.slice(8)) > 3.5,
  samples: {
    real: () => [
      `api_org_${sampleText(34, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')}`,
      `api_org_${sampleText(34, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 2)}`,
    ],
    not: () => ['api_org_name', `api_org_${sampleText(30, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')}`],
  },
} satisfies Detector
