import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Tencent Cloud SecretId',
  why: 'With its key, which is usually beside it, it acts as the account or user that made it: data, machines, and the bill.',
  revoke: 'Disable and delete the pair at https://console.cloud.tencent.com/cam/capi.',
  link: 'https://www.tencentcloud.com/document/product/598/34228',
  keywords: ['akid'],
  pattern: /\bAKID[A-Za-z0-9]{32}(?![A-Za-z0-9_-])/g,
  prefix: /^AKID/,
  isReal: secret => /\d/.test(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret.slice(4)),
  samples: {
    real: () => [`AKID${sampleText(32)}`, `TENCENTCLOUD_SECRET_ID=AKID${sampleText(32, undefined, 2)}`],
    not: () => [`AKID${'x'.repeat(32)}`, 'AKIDshort', `AKID${'EXAMPLE'.repeat(4)}abcd`],
  },
} satisfies Detector
