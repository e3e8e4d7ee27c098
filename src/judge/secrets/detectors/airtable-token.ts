import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Airtable personal access token',
  why: 'It reads and changes the bases that it was given.',
  revoke: 'Delete it at https://airtable.com/create/tokens.',
  link: 'https://airtable.com/developers/web/guides/personal-access-tokens',
  keywords: ['airtable'],
  pattern: /\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b/g,
  prefix: /^pat/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `AIRTABLE_TOKEN=pat${sampleText(14)}.${sampleText(64, hex)}`,
      `airtable: 'pat${sampleText(14, undefined, 2)}.${sampleText(64, hex, 2)}'`,
    ],
    not: () => ['AIRTABLE_TOKEN=patXXXXXXXXXXXXXX.your-token', `AIRTABLE_TOKEN=pat${sampleText(14)}.${sampleText(60, hex)}`],
  },
} satisfies Detector
