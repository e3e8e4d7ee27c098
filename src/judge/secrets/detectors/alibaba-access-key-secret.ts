import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Alibaba Cloud AccessKey secret',
  why: 'With its id it acts as the account or RAM user that made it: data, machines, and the bill.',
  revoke: 'Disable and delete the pair at https://ram.console.aliyun.com/manage/ak.',
  link: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
  keywords: ['alibaba', 'alicloud', 'aliyun', 'accesskeysecret', 'access_key_secret'],
  pattern: assigned(
    '(?:alibaba(?:[._-]?cloud)?|alicloud|aliyun|oss)[._-]?(?:access[._-]?key[._-]?)?secret(?:[._-]?key)?|access[._-]?key[._-]?secret',
    '[A-Za-z0-9]{30}',
  ),
  prefix: /^$/,
  isReal: secret => looksRandom(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret),
  samples: {
    real: () => [`ALIBABA_CLOUD_ACCESS_KEY_SECRET=${sampleText(30)}`, `accessKeySecret: '${sampleText(30, undefined, 2)}'`],
    not: () => ['accessKeySecret: <yourAccessKeySecret>', `ALIBABA_CLOUD_ACCESS_KEY_SECRET=${sampleText(20)}`],
  },
} satisfies Detector
