import { looksRandom, sampleUuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Langfuse secret key',
  why: 'It reads the traces of the application: all that people asked and were answered.',
  revoke: 'Delete it in the settings of the project.',
  link: 'https://langfuse.com/docs/api-and-data-platform/features/public-api',
  keywords: ['sk-lf-'],
  pattern: /\bsk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  prefix: /^sk-lf-/,
  isReal: looksRandom,
  samples: {
    real: () => [`sk-lf-${sampleUuid(1)}`, `sk-lf-${sampleUuid(2)}`],
    not: () => ['sk-lf-1234567890', 'sk-lf-00000000-0000-0000-0000-000000000000'],
  },
} satisfies Detector
