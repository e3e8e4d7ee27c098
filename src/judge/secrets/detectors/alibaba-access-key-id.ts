import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Alibaba Cloud AccessKey id',
  why: 'With its secret, which is usually beside it, it acts as the account or RAM user that made it: data, machines, and the bill.',
  revoke: 'Disable and delete the pair at https://ram.console.aliyun.com/manage/ak.',
  link: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
  keywords: ['ltai'],
  pattern: /\bLTAI(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{16}|[A-Za-z0-9]{20})(?![A-Za-z0-9_-])/g,
  prefix: /^LTAI/,
  isReal: secret => /\d/.test(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret.slice(4)),
  samples: {
    real: () => [`LTAI5t${sampleText(18)}`, `LTAI${sampleText(12, undefined, 2)}`],
    not: () => ['LTAIxxxxxxxxxxxx', `LTAI${'A'.repeat(12)}`, 'LTAI4short'],
  },
} satisfies Detector
