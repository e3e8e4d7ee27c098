import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Hugging Face token',
  why: 'It reads private models and data sets, and with write access replaces models that others load.',
  revoke: 'Delete it at https://huggingface.co/settings/tokens.',
  link: 'https://huggingface.co/docs/hub/security-tokens',
  keywords: ['hf_'],
  pattern: /\bhf_[A-Za-z]{34}\b/g,
  prefix: /^hf_/,
  samples: {
    real: () => [`hf_${sampleText(34, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')}`],
    not: () => ['hf_hub_download'],
  },
} satisfies Detector
