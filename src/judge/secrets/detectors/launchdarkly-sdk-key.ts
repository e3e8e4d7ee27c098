import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'LaunchDarkly SDK key',
  why: 'It reads all feature flags and their rules, with whoever is named in them.',
  revoke: 'Reset it in the environment, under SDK keys.',
  link: 'https://launchdarkly.com/docs/home/account/environment/keys',
  keywords: ['sdk-'],
  pattern: /(?<![\w-])sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/g,
  prefix: /^sdk-/,
  isReal: looksRandom,
  samples: {
    real: () => [`sdk-${sampleUuid(1)}`, `sdk-${sampleUuid(2)}`],
    not: () => [`mob-${sampleUuid(1)}`, 'sdk-00000000-0000-0000-0000-000000000000'],
  },
} satisfies Detector
