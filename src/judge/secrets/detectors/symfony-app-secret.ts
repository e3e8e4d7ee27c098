import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Symfony APP_SECRET',
  why: 'It signs links, forms and remember-me cookies; with fragments enabled, whoever has it runs his own code.',
  revoke: 'Set a new APP_SECRET.',
  link: 'https://symfony.com/doc/current/reference/configuration/framework.html#secret',
  keywords: ['app_secret'],
  pattern: assigned('(?<![A-Za-z0-9_.-])app_secret', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`APP_SECRET=${sampleText(32, hex, 1)}`, `"app_secret": "${sampleText(32, hex, 2)}"`],
    not: () => [`APP_SECRET=${sampleText(31, hex)}`, `APP_SECRET=${'0'.repeat(4)}…your-key`, 'APP_SECRET=${APP_SECRET}'],
  },
} satisfies Detector
