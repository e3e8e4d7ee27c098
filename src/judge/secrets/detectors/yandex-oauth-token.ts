import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Yandex OAuth token',
  why: 'It acts as the person in the services that the application was allowed: mail, disk, cloud.',
  revoke: 'Revoke it at https://id.yandex.ru/profile/access.',
  link: 'https://yandex.com/dev/id/doc/en/tokens/debug-token',
  keywords: ['y0_a', 'y1_a', 'y2_a', 'y3_a'],
  pattern: /(?<![\w-])y[0-3]_A[A-Za-z0-9_-]{54,58}(?![\w-])/g,
  prefix: /^y\d_/,
  isReal: looksRandom,
  samples: {
    real: () => [`y0_A${sampleText(57)}`, `y0_A${sampleText(55, undefined, 2)}`],
    not: () => ['y0_Ayour-token', `y0_A${sampleText(30)}`],
  },
} satisfies Detector
