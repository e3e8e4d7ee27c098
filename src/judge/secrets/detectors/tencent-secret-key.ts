import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Tencent Cloud SecretKey',
  why: 'With its id it acts as the account or user that made it: data, machines, and the bill.',
  revoke: 'Disable and delete the pair at https://console.cloud.tencent.com/cam/capi.',
  link: 'https://www.tencentcloud.com/document/product/598/34228',
  keywords: ['tencent', 'qcloud'],
  pattern: assigned('(?:tencent(?:[._-]?cloud)?|qcloud)[._-]?secret[._-]?key', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`TENCENTCLOUD_SECRET_KEY=${sampleText(32)}`, `qcloud_secret_key: "${sampleText(32, undefined, 2)}"`],
    not: () => ['TENCENTCLOUD_SECRET_KEY=your-secret-key', `TENCENTCLOUD_SECRET_KEY=${sampleText(20)}`],
  },
} satisfies Detector
