import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'LaunchDarkly API access token',
  why: 'It changes feature flags: it turns on what nobody should see, and off what protects.',
  revoke: 'Delete it under Authorization.',
  link: 'https://launchdarkly.com/docs/home/account/api',
  keywords: ['launchdarkly', 'ld_api', 'ld-api'],
  pattern: /(?<![\w-])api-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/g,
  prefix: /^api-/,
  isReal: looksRandom,
  samples: {
    real: () => [`LAUNCHDARKLY_ACCESS_TOKEN=api-${sampleUuid(1)}`, `LD_API_TOKEN=api-${sampleUuid(2)}`],
    not: () => [`api-${sampleUuid(1)}`, 'LAUNCHDARKLY_ACCESS_TOKEN=api-00000000-0000-0000-0000-000000000000'],
  },
} satisfies Detector
