import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Postman API key',
  why: 'It reads the collections and environments of its owner, with the credentials in them.',
  revoke: 'Delete it at https://go.postman.co/settings/me/api-keys.',
  link: 'https://learning.postman.com/docs/reference/postman-api/authentication/',
  keywords: ['pmak-'],
  pattern: /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/g,
  prefix: /^PMAK-/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `PMAK-${sampleText(24, hex)}-${sampleText(34, hex, 2)}`,
      `PMAK-${sampleText(24, hex, 3)}-${sampleText(34, hex, 4)}`,
    ],
    not: () => ['PMAK-your-key', `PMAK-${sampleText(24, hex)}-${sampleText(20, hex)}`],
  },
} satisfies Detector
