import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Honeycomb configuration key',
  why: 'It sends events into your account and changes what is monitored there.',
  revoke: 'Delete it under Environment settings → API keys.',
  link: 'https://docs.honeycomb.io/api/authentication',
  keywords: ['honeycomb'],
  pattern: assigned('(?:honeycomb[_.-]?(?:api[_.-]?|write[_.-]?)?key|x-honeycomb-team)', '(?:[A-Za-z0-9]{22}|[0-9a-f]{32})'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`HONEYCOMB_API_KEY=${sampleText(22, undefined, 1)}`, `"honeycomb-api-key": "${sampleText(22, undefined, 2)}"`],
    not: () => [
      `HONEYCOMB_API_KEY=${sampleText(21)}`,
      `HONEYCOMB_API_KEY=${'0'.repeat(4)}…your-key`,
      'HONEYCOMB_API_KEY=${HONEYCOMB_API_KEY}',
    ],
  },
} satisfies Detector
