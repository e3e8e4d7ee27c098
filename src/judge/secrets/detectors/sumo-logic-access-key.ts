import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Sumo Logic access key',
  why: 'Together with the access id beside it, it reads your logs and changes what is monitored.',
  revoke: 'Delete it under Administration → Security → Access keys.',
  link: 'https://help.sumologic.com/docs/manage/security/access-keys/',
  keywords: ['sumo'],
  pattern: assigned('sumo(?:[_.-]?logic)?[_.-]?access[_.-]?key', '[A-Za-z0-9]{64}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `SUMOLOGIC_ACCESS_KEY=${sampleText(64, undefined, 1)}`,
      `"sumologic-access-key": "${sampleText(64, undefined, 2)}"`,
    ],
    not: () => [
      `SUMOLOGIC_ACCESS_KEY=${sampleText(60)}`,
      `SUMOLOGIC_ACCESS_KEY=${'0'.repeat(4)}…your-key`,
      'SUMOLOGIC_ACCESS_KEY=${SUMOLOGIC_ACCESS_KEY}',
    ],
  },
} satisfies Detector
