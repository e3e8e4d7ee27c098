import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Asana access token',
  why: 'It reads and changes everything that its owner can see.',
  revoke: 'Revoke it at https://app.asana.com/0/my-apps.',
  link: 'https://developers.asana.com/docs/personal-access-token',
  keywords: ['asana'],
  pattern: assigned(
    'asana[_.-]?(?:personal[_.-]?)?(?:access[_.-]?|api[_.-]?)?(?:token|pat|key)',
    String.raw`[012]\/\d{10,20}(?:\/\d{10,20})?:[0-9a-f]{32}`,
  ),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `ASANA_ACCESS_TOKEN=1/1204738291650483:${sampleText(32, hex, 1)}`,
      `"asana-access-token": "1/1204738291650483:${sampleText(32, hex, 2)}"`,
    ],
    not: () => [
      `ASANA_ACCESS_TOKEN=1/1204738291650483:${sampleText(31, hex)}`,
      `ASANA_ACCESS_TOKEN=1/1204738291650483:${'0'.repeat(4)}…your-key`,
      'ASANA_ACCESS_TOKEN=${ASANA_ACCESS_TOKEN}',
    ],
  },
} satisfies Detector
