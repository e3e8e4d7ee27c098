import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText, upper } from '../detector.ts'

export default {
  name: 'New Relic user key',
  why: 'It reads and changes what its owner can: data, dashboards, alarms, keys.',
  revoke: 'Delete it at https://one.newrelic.com/api-keys.',
  link: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
  keywords: ['nrak-'],
  pattern: /\bNRAK-[A-Z0-9]{27}\b/g,
  prefix: /^NRAK-/,
  isReal: looksRandom,
  samples: {
    real: () => [`NRAK-${sampleText(27, upper)}`, `NRAK-${sampleText(27, upper, 2)}`],
    not: () => ['NRAK-YOUR-KEY', `NRAK-${sampleText(20, upper)}`],
  },
} satisfies Detector
