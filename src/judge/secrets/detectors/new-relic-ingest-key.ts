import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'New Relic licence or insert key',
  why: 'It sends data into your account: it hides an attack under false ones, on your bill.',
  revoke: 'Delete it at https://one.newrelic.com/api-keys.',
  link: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/#license-key',
  keywords: ['nrii-', 'nral'],
  // Licence keys are 40 characters long and end with NRAL.
  pattern: /\b(?:NRII-[A-Za-z0-9_-]{32}|(?:eu01xx|[0-9a-f]{6})[0-9a-f]{30}(?:FFFF)?NRAL)(?![\w-])/g,
  prefix: /^NRII-/,
  isReal: looksRandom,
  samples: {
    real: () => [`NRII-${sampleText(32)}`, `${sampleText(36, hex, 2)}NRAL`],
    not: () => ['NRII-your-key', `${sampleText(20, hex)}NRAL`],
  },
} satisfies Detector
