import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'WakaTime API key',
  why: 'It reads what its owner worked on, and when.',
  revoke: 'Regenerate it at https://wakatime.com/settings/api-key.',
  link: 'https://wakatime.com/developers#authentication',
  keywords: ['waka_'],
  pattern: /\bwaka_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g,
  prefix: /^waka_/,
  isReal: looksRandom,
  samples: {
    real: () => [`waka_${sampleUuid(1)}`, `waka_${sampleUuid(2)}`],
    not: () => ['waka_00000000-0000-4000-8000-000000000000', 'waka_your-key'],
  },
} satisfies Detector
