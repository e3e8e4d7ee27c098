import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Duo secret key',
  why: 'It answers for the second factor: whoever has it lets himself in, or changes who has to show one.',
  revoke: 'Reset it on the page of the application in the Duo Admin Panel.',
  link: 'https://duo.com/docs/protecting-applications',
  keywords: ['duo_s', 'duo-s', 'pam_duo', 'duosecurity', '[duo]'],
  pattern: assigned('(?:duo[_.-]?(?:secret[_.-]?key|skey)|(?<![A-Za-z0-9])skey)', '[A-Za-z0-9]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`DUO_SECRET_KEY=${sampleText(40, undefined, 1)}`, `"duo-secret-key": "${sampleText(40, undefined, 2)}"`],
    not: () => [
      `DUO_SECRET_KEY=${sampleText(39)}`,
      `DUO_SECRET_KEY=${'0'.repeat(4)}…your-key`,
      'DUO_SECRET_KEY=${DUO_SECRET_KEY}',
    ],
  },
} satisfies Detector
