import { looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Trello token',
  why: 'Together with the public API key, it reads and changes the boards of its owner.',
  revoke: 'Revoke it at https://trello.com/my/account.',
  link: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
  keywords: ['trello'],
  pattern: /\bATTA[0-9a-f]{64}[0-9A-F]{8}\b/g,
  prefix: /^ATTA/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `TRELLO_TOKEN=ATTA${sampleText(64, hex)}${sampleText(8, '0123456789ABCDEF')}`,
      `trello: 'ATTA${sampleText(64, hex, 2)}${sampleText(8, '0123456789ABCDEF', 2)}'`,
    ],
    not: () => ['TRELLO_TOKEN=ATTAyour-token', `TRELLO_TOKEN=ATTA${sampleText(64, hex)}`],
  },
} satisfies Detector
