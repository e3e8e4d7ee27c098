import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Secret key in a Sentry DSN',
  why: 'It sends errors into your project, and on old servers reads from it. New addresses have no such part.',
  revoke: 'Take the part between the colon and the @ out of the address, and rotate the client key of the project.',
  link: 'https://docs.sentry.io/concepts/key-terms/dsn-explainer/',
  keywords: ['sentry'],
  pattern: /https?:\/\/[0-9a-f]{32}:(?<secret>[0-9a-f]{32})@[\w.-]{1,100}(?::\d{2,5})?\/[\w/-]{0,40}\d{1,20}/g,
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `SENTRY_DSN=https://${sampleText(32, hex, 1)}:${sampleText(32, hex, 2)}@sentry.corp/1`,
      `SENTRY_DSN=https://${sampleText(32, hex, 3)}:${sampleText(32, hex, 4)}@sentry.corp/3`,
    ],
    not: () => [
      `SENTRY_DSN=https://${sampleText(32, hex)}@o1.ingest.sentry.io/2`,
      `SENTRY_DSN=https://${sampleText(32, hex)}:${'0'.repeat(32)}@sentry.corp/3`,
    ],
  },
} satisfies Detector
