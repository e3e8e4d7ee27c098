import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Yandex Cloud API key',
  why: 'It uses the services of the folder on its bill.',
  revoke: 'Delete it in the service account, under API keys.',
  link: 'https://yandex.cloud/en/docs/iam/concepts/authorization/api-key',
  keywords: ['aqvn'],
  pattern: /(?<![\w-])AQVN[A-Za-z0-9_-]{35,38}(?![\w-])/g,
  prefix: /^AQVN/,
  isReal: looksRandom,
  samples: {
    real: () => [`AQVN${sampleText(36)}`, `AQVN${sampleText(35, undefined, 2)}`],
    not: () => ['AQVNyour-key', `AQVN${sampleText(20)}`],
  },
} satisfies Detector
