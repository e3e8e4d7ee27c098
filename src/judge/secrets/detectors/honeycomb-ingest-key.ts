import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

export default {
  name: 'Honeycomb ingest key',
  why: 'It sends events into your account: it hides an attack under false ones, on your bill.',
  revoke: 'Delete it under Environment settings → API keys.',
  link: 'https://docs.honeycomb.io/api/authentication',
  keywords: ['hcaik_', 'hcbik_', 'hccik_', 'hcxik_', 'ik_01'],
  // The id and the secret of the key, one behind the other.
  pattern: /\bhc[a-z]ik_[0-9a-z]{58}\b/g,
  prefix: /^hc[a-z]ik_/,
  isReal: looksRandom,
  samples: {
    real: () => [`hcaik_01${sampleText(56, letters)}`, `hcbik_01${sampleText(56, letters, 2)}`],
    not: () => ['hcxik_1234567890123456789012345612345678901234567890123456789012', 'hcaik_short'],
  },
} satisfies Detector
