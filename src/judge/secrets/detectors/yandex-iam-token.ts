import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Yandex Cloud IAM token',
  why: 'For at most twelve hours it acts as the account that it was made for.',
  revoke: 'Call iam.api.cloud.yandex.net/iam/v1/tokens:revoke.',
  link: 'https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token',
  keywords: ['t1.'],
  pattern: /(?<![\w.-])t1\.[A-Za-z0-9_-]{20,400}={0,2}\.[A-Za-z0-9_-]{86}={0,2}(?![\w-])/g,
  prefix: /^t1\./,
  isReal: looksRandom,
  samples: {
    real: () => [
      `t1.${sampleText(60)}==.${sampleText(86, undefined, 2)}==`,
      `t1.${sampleText(64, undefined, 3)}.${sampleText(86, undefined, 4)}`,
    ],
    not: () => ['t1.your.token', `t1.${sampleText(60)}.${sampleText(40)}`],
  },
} satisfies Detector
