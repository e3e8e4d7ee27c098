import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Neon API key',
  why: 'It makes, reads and deletes the projects and databases of its owner or organisation.',
  revoke: 'Revoke it at https://console.neon.tech/app/settings/api-keys.',
  link: 'https://neon.com/docs/manage/api-keys',
  keywords: ['napi_'],
  pattern: /\bnapi_[a-z0-9]{60,68}(?![A-Za-z0-9_])/g,
  prefix: /^napi_/,
  samples: {
    real: () => [
      `napi_${sampleText(64, 'abcdefghijklmnopqrstuvwxyz0123456789')}`,
      `NEON_API_KEY=napi_${sampleText(64, 'z0y1x2w3v4u5t6s7', 2)}`,
    ],
    not: () => ['napi_create_function', `napi_${sampleText(30, 'abcdefghijklmnopqrstuvwxyz0123456789')}`],
  },
} satisfies Detector
